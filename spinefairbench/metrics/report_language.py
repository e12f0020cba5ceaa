"""How a report speaks of what it finds: its severity and its hedging language, from one pass over its text."""

from typing import Final, NamedTuple

from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import HEDGING_TERMS, SEVERITY_TERMS
from spinefairbench.metrics.remembering import remembered

__all__ = ["HIGHEST_SEVERITY", "ReportLanguage", "read_language"]

HIGHEST_SEVERITY: Final = max(map(int, SEVERITY_TERMS))


class ReportLanguage(NamedTuple):
    """A report's severity level, from 0 to `HIGHEST_SEVERITY`, and its number of hedging terms."""

    severity: int
    hedging: int


_MATCHER: Final = TermMatcher({**SEVERITY_TERMS, **HEDGING_TERMS})


# Two readers of one report ask for its language.
@remembered(most=64, longest=1 << 14)
def read_language(text: str) -> ReportLanguage:
    """What `extract_severity_score` and `count_hedging_instances` find; the text is cut into words once for both."""
    counts = _MATCHER.counts(text)
    severity = max((int(level) for level in SEVERITY_TERMS if counts.get(level)), default=0)
    return ReportLanguage(severity, sum(counts.get(category, 0) for category in HEDGING_TERMS))
