"""Diagnostic labels of a report: 13 categories found by keyword, deliberately blind to negation."""

from collections.abc import Set as AbstractSet
from typing import Final

from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, STRICT_DIAGNOSTIC_TERMS

__all__ = [
    "DIAGNOSTIC_CATEGORIES",
    "DIAGNOSTIC_MATCHER",
    "compute_jaccard",
    "extract_labels",
    "extract_labels_strict",
]

DIAGNOSTIC_CATEGORIES: Final[tuple[str, ...]] = tuple(DIAGNOSTIC_TERMS)
"""The categories in their frozen order."""
DIAGNOSTIC_MATCHER: Final = TermMatcher(DIAGNOSTIC_TERMS)
_STRICT_DIAGNOSTIC_MATCHER: Final = TermMatcher(STRICT_DIAGNOSTIC_TERMS)


def extract_labels(text: str) -> frozenset[str]:
    """The diagnostic categories with a term in `text`."""
    return DIAGNOSTIC_MATCHER.categories(text)


def extract_labels_strict(text: str) -> frozenset[str]:
    """As `extract_labels`, but with `fracture` as the only term of Fracture; for audits, never for scores."""
    return _STRICT_DIAGNOSTIC_MATCHER.categories(text)


def compute_jaccard(a: AbstractSet[str], b: AbstractSet[str]) -> float:
    """The Jaccard index of two sets, shared over all members, in [0, 1]; 1.0 if both are empty."""
    union = len(a | b)
    return len(a & b) / union if union else 1.0
