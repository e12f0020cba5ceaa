"""All studies, in the order of docs/intervals.md."""

from typing import Final

from scripts.validation import comparisons, contrasts, means, refusals
from scripts.validation.study import Study

__all__ = ["STUDIES"]

STUDIES: Final[tuple[Study, ...]] = (
    *means.STUDIES,
    *comparisons.STUDIES,
    *contrasts.STUDIES,
    *refusals.STUDIES,
)
