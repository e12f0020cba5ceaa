"""Every frozen term of a report: those of both registries, and those of its language, from one pass over its text."""

from typing import Final, NamedTuple

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.letters import lower_and_fold
from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import may_refuse_folded
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, HEDGING_TERMS, RECOMMENDATION_TERMS, SEVERITY_TERMS
from spinefairbench.metrics.remembering import RememberedSentences, remembered

__all__ = ["HIGHEST_SEVERITY", "ReportTerms", "read_terms"]

HIGHEST_SEVERITY: Final = max(map(int, SEVERITY_TERMS))


class ReportTerms(NamedTuple):
    """What a text names: categories as bits in their frozen order, a severity level, the number of hedging terms.

    `severity` is from 0 to `HIGHEST_SEVERITY`. `may_refuse`: whether the text has the beginning of a refusal cue;
    without one it is no refusal, unless it is blank.
    """

    labels: int
    recommendations: int
    may_refuse: bool
    severity: int
    hedging: int


# One matcher for all, so that a text is cut into words once. Its categories are the low bits of what is found.
_MATCHER: Final = TermMatcher({**DIAGNOSTIC_TERMS, **RECOMMENDATION_TERMS, **SEVERITY_TERMS, **HEDGING_TERMS})
_HEDGING: Final = TermMatcher(HEDGING_TERMS)
_RECOMMENDATIONS_AT: Final = len(DIAGNOSTIC_CATEGORIES)
_SEVERITY_AT: Final = _RECOMMENDATIONS_AT + len(RECOMMENDATION_CATEGORIES)
_HEDGING_AT: Final = _SEVERITY_AT + len(SEVERITY_TERMS)
_REFUSAL_AT: Final = _HEDGING_AT + len(HEDGING_TERMS)
_COUNT_AT: Final = _REFUSAL_AT + 1
_LABELS: Final = (1 << _RECOMMENDATIONS_AT) - 1
_RECOMMENDATIONS: Final = (1 << len(RECOMMENDATION_CATEGORIES)) - 1
_LEVELS: Final = (1 << HIGHEST_SEVERITY) - 1


def _found_in(sentences: str) -> int:
    """What some sentences name: bits, and above them the number of hedging terms."""
    lowered, folded = lower_and_fold(sentences)
    found = _MATCHER.mask_lowered(lowered)
    if found >> _HEDGING_AT:
        found |= _HEDGING.count(sentences) << _COUNT_AT
    return found | may_refuse_folded(folded) << _REFUSAL_AT


# No term, and no beginning of a refusal cue, goes beyond a full stop or the end of a line, or has a digit.
_found_in_sentences: Final = RememberedSentences(_found_in)


# A report is asked for what is scored of it and for its language.
@remembered(most=64, longest=1 << 14)
def read_terms(text: str) -> ReportTerms:
    """The frozen terms of a text, in time linear in its length."""
    bits = hedging = 0
    for found in _found_in_sentences(text):
        bits |= found
        hedging += found >> _COUNT_AT
    return ReportTerms(
        bits & _LABELS,
        bits >> _RECOMMENDATIONS_AT & _RECOMMENDATIONS,
        bool(bits >> _REFUSAL_AT & 1),
        # The levels are numbered from 1 in the order of their bits.
        (bits >> _SEVERITY_AT & _LEVELS).bit_length(),
        hedging,
    )
