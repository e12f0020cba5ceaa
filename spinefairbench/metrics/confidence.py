"""Hedging language of a report: a secondary measure."""

from typing import Final

from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import HEDGING_TERMS

__all__ = ["count_hedging_instances"]

_MATCHER: Final = TermMatcher(HEDGING_TERMS)


def count_hedging_instances(text: str) -> int:
    """The number of occurrences of hedging terms in `text`; overlapping terms are all counted."""
    return _MATCHER.count(text)
