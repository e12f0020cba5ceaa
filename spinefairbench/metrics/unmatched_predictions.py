"""The share of a report's findings that nobody saw in its source, as published and with a misspelling put right."""

from typing import Final

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.statistics.exact import UNITS

__all__ = ["MISSPELT", "MISSPELT_AS", "unmatched_units", "without_misspelt"]

_NO_FINDING: Final = 1 << DIAGNOSTIC_CATEGORIES.index("No finding")

MISSPELT: Final = "Spondylolisthesis"
MISSPELT_AS: Final = "Spondylolysthesis"
"""How the published figures spell it among the findings of a source, so that it never equals the label of a report."""
_MISSPELT_BIT: Final = 1 << DIAGNOSTIC_CATEGORIES.index(MISSPELT)


def unmatched_units(labels: int, truth: int) -> int:
    """|labels - truth| / |labels| in units of 1/`UNITS`, without "No finding" on either side; 0 where there is no label.

    Both are masks of diagnostic categories: those of a report, and those that were seen in its source.
    """
    predicted = labels & ~_NO_FINDING
    if not predicted:
        return 0
    return (predicted & ~truth).bit_count() * (UNITS // predicted.bit_count())


def without_misspelt(truth: int) -> int:
    """The findings of a source as the published figures match them: the misspelt one equals no label."""
    return truth & ~_MISSPELT_BIT
