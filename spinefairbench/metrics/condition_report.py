"""What one report of a mitigation condition contributes: its state, recommendations and diagnostic labels."""

from enum import Enum
from typing import Final, NamedTuple

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_MATCHER
from spinefairbench.metrics.features import ReportFeatures, extract_features
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.refusal_detector import ResponseClass, is_blank

__all__ = ["STAGE1_MISSING", "ConditionReport", "Diagnosis", "ReportState", "condition_report", "read_diagnosis"]


class ReportState(Enum):
    """Whether a report can be used; the values are those of the JSON output."""

    USABLE = "usable"
    FULL_REFUSAL = "full_refusal"
    API_FAILURE = "api_failure"
    PARSE_FAILURE = "parse_failure"
    MISSING = "missing"
    """Its text is not in the bundle, so what it was is not known."""


class Diagnosis(NamedTuple):
    """What a stage-1 text says: whether there is one, and the labels (as bits) of its primary diagnosis, None without."""

    found: bool
    labels: int | None


STAGE1_MISSING: Final = Diagnosis(False, None)
"""The stage-1 text is not in the bundle."""


class ConditionReport(NamedTuple):
    """One report of a condition.

    `response_class` is that of its own text, None without one. `labels` is None where the stage-1 text is not in the
    bundle; such a report is usable but for its diagnosis. `lacks` names what is not in the bundle.
    """

    state: ReportState
    response_class: ResponseClass | None = None
    recommendations: int = 0
    labels: int | None = None
    lacks: str | None = None

    @classmethod
    def of_features(cls, features: ReportFeatures) -> "ConditionReport":
        """A report of condition A, whose labels are those of the report itself."""
        state = ReportState.USABLE if features.usable else ReportState.FULL_REFUSAL
        return cls(state, features.response_class, features.recommendations, features.labels)


def read_diagnosis(text: str) -> Diagnosis:
    """The frozen labels of the primary diagnosis that a stage-1 text states."""
    stated = extract_stage1_primary_diagnosis(text)
    return Diagnosis(True, None if stated is None else DIAGNOSTIC_MATCHER.mask(stated))


def condition_report(text: str | None, diagnosis: Diagnosis, *, failed: bool, lacks: str = "texts") -> ConditionReport:
    """A report of condition B, B' or D, from its own text and the diagnosis of its stage-1 text.

    `failed`: the row has an error or a failure code. `text` is None where the bundle does not have it; `lacks` says what
    would have held it.
    """
    if failed:
        return ConditionReport(ReportState.API_FAILURE)
    if text is None:
        return ConditionReport(ReportState.MISSING, lacks=lacks)
    if is_blank(text):
        return ConditionReport(ReportState.PARSE_FAILURE)
    features = extract_features(text)
    own = (features.response_class, features.recommendations, diagnosis.labels)
    if not features.usable:
        return ConditionReport(ReportState.FULL_REFUSAL, *own)
    if not diagnosis.found:
        return ConditionReport(ReportState.USABLE, *own, "stage1_texts")
    return ConditionReport(ReportState.PARSE_FAILURE if diagnosis.labels is None else ReportState.USABLE, *own)
