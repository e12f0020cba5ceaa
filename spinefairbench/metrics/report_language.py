"""How a report speaks of what it finds: its severity and its hedging language."""

from functools import lru_cache
from typing import Final, NamedTuple

from spinefairbench.metrics.report_terms import read_terms

__all__ = ["ReportLanguage", "read_language"]


class ReportLanguage(NamedTuple):
    """A report's severity level, from 0 to `HIGHEST_SEVERITY`, and its number of hedging terms."""

    severity: int
    hedging: int


# Of tens of thousands of reports few speak differently; one that is shared is sent to another process once.
_language: Final = lru_cache(maxsize=1 << 10)(ReportLanguage)


def read_language(text: str) -> ReportLanguage:
    """What `extract_severity_score` and `count_hedging_instances` find."""
    terms = read_terms(text)
    return _language(terms.severity, terms.hedging)
