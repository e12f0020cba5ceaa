"""Recommendations of a report: 7 categories found by keyword, deliberately blind to negation."""

from typing import Final

from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import RECOMMENDATION_TERMS

__all__ = ["RECOMMENDATION_CATEGORIES", "RECOMMENDATION_MATCHER", "classify_recommendations"]

RECOMMENDATION_CATEGORIES: Final[tuple[str, ...]] = tuple(RECOMMENDATION_TERMS)
"""The categories in their frozen order."""
RECOMMENDATION_MATCHER: Final = TermMatcher(RECOMMENDATION_TERMS)


def classify_recommendations(text: str) -> frozenset[str]:
    """The recommendation categories with a term in `text`."""
    return RECOMMENDATION_MATCHER.categories(text)
