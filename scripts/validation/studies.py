"""All studies, in the order of docs/intervals.md."""

from typing import Final

from scripts.validation import (
    comparisons,
    contrasts,
    control_arms,
    disparity,
    floors,
    joint_contrasts,
    means,
    partial_means,
    patient_clusters,
    power,
    reader_agreement,
    refusals,
    secondary,
    symmetric_forms,
)
from scripts.validation.study import Study

__all__ = ["STUDIES"]

STUDIES: Final[tuple[Study, ...]] = (
    *means.STUDIES,
    *partial_means.STUDIES,
    *floors.STUDIES,
    *symmetric_forms.STUDIES,
    *patient_clusters.STUDIES,
    *comparisons.STUDIES,
    *contrasts.STUDIES,
    *refusals.STUDIES,
    *secondary.STUDIES,
    *reader_agreement.STUDIES,
    *disparity.STUDIES,
    *joint_contrasts.STUDIES,
    *control_arms.STUDIES,
    *power.STUDIES,
)
