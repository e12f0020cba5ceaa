"""Severity language of a report: a secondary measure."""

from typing import Final

from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import SEVERITY_TERMS

__all__ = ["extract_severity_score"]

_MATCHER: Final = TermMatcher(SEVERITY_TERMS)


def extract_severity_score(text: str) -> int:
    """The highest severity level with a term in `text`, 1 (minimal) to 4 (critical); 0 if there is none."""
    return max(map(int, _MATCHER.categories(text)), default=0)
