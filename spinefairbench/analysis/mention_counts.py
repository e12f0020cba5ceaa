"""How the mentions of each category are meant, counted over all reports of a model."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.parser_variants import categories_of_reports
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES

__all__ = ["CategoryAuditRow", "category_rows"]

_CATEGORIES: Final = tuple(
    [("diagnostic", name) for name in DIAGNOSTIC_CATEGORIES]
    + [("recommendation", name) for name in RECOMMENDATION_CATEGORIES]
)
_NO_FINDING: Final = "No finding"
_NO_FINDING_BIT: Final = 1 << DIAGNOSTIC_CATEGORIES.index(_NO_FINDING)


@dataclass(frozen=True)
class CategoryAuditRow:
    """How one model's mentions of one category are meant, over all its reports.

    `mentions` counts places in texts, plural forms included, and is the sum of the five counts that follow;
    `missed_plurals` are those that the frozen registry does not see. `contradictions` counts the reports that have No
    finding beside this category under the frozen variant (for No finding itself: beside any finding),
    `contradictions_both` those under the variant `both`.
    """

    model: str
    kind: str
    category: str
    mentions: int
    affirmed: int
    negated: int
    uncertain: int
    recommended: int
    descriptive: int
    missed_plurals: int
    contradictions: int
    contradictions_both: int


def category_rows(model: str, collector: MentionCollector) -> list[CategoryAuditRow]:
    """The mentions of every category in all reports of a model."""
    by_status: dict[tuple[str, str], Counter[str]] = {key: Counter() for key in _CATEGORIES}
    plurals: Counter[tuple[str, str]] = Counter()
    for (kind, category, status, plural), times in collector.counts_of(model).items():
        by_status[kind, category][status] += times
        plurals[kind, category] += times * plural
    reports = collector.bits_of_all(model)
    frozen, both = (
        _contradictory(categories_of_reports(variant, reports).diagnostic) for variant in ("frozen", "both")
    )
    return [
        CategoryAuditRow(
            model=model,
            kind=kind,
            category=category,
            mentions=counts.total(),
            affirmed=counts["affirmed"],
            negated=counts["negated"],
            uncertain=counts["uncertain"],
            recommended=counts["recommended"],
            descriptive=counts["descriptive"],
            missed_plurals=plurals[kind, category],
            contradictions=frozen[category] if kind == "diagnostic" else 0,
            contradictions_both=both[category] if kind == "diagnostic" else 0,
        )
        for (kind, category), counts in by_status.items()
    ]


def _contradictory(reports: Iterable[int]) -> dict[str, int]:
    """How many reports, given by their labels, have No finding beside each category; that itself beside any."""
    contradictory = Counter(
        labels & ~_NO_FINDING_BIT for labels in reports if labels & _NO_FINDING_BIT and labels != _NO_FINDING_BIT
    )
    beside = {
        category: sum(times for labels, times in contradictory.items() if labels & 1 << place)
        for place, category in enumerate(DIAGNOSTIC_CATEGORIES)
    }
    return {**beside, _NO_FINDING: contradictory.total()}
