"""Hedging language of a report (secondary)."""

from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import HEDGING_TERMS

__all__ = ["count_hedging_instances"]

_MATCHER = TermMatcher(HEDGING_TERMS)


def count_hedging_instances(text: str) -> int:
    """The number of occurrences of the hedging terms in `text`, each term counted on its own."""
    return _MATCHER.count(text)
