"""The first screen: what the page is about, the finding in a sentence, and the figure that shows it."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.metrics.endpoint import RECOMMENDATION_CHANGE
from spinefairbench.render.html import Column, Markup, element
from spinefairbench.render.page.contents import FloorRow, PageContents
from spinefairbench.render.page.excess_words import EXCESS_MEANS
from spinefairbench.render.page.finding_figure import finding_figure
from spinefairbench.render.page.finding_rows import FindingRow, by_what_is_told, finding_rows
from spinefairbench.render.page.finding_words import Finding, alarms_of
from spinefairbench.render.page.parts import MODEL, Section, folded_table, remark, signed_estimate_cell
from spinefairbench.render.page.words import number

__all__ = ["finding_section", "first_lines", "shown_floors"]

_ENDPOINT_MEANS: Final = (
    "Recommendations change where the sets of recommendations of the two reports differ; the consistency of diagnostic "
    "labels is the Jaccard index of the two sets, 1 where both are empty, and their distance is one minus it"
)
_INTERVALS: Final = (
    "Intervals are from resampled sources, and each holds at 95% on its own; where the percentile interval may be too "
    "short, the adjusted one decides"
)


def first_lines(contents: PageContents, finding: Finding) -> list[Markup]:
    """What stands above the figure: one slim line, what must be read first, the finding, and what qualifies it."""
    alarms = [element("li", None, f"{alarm[:1].upper()}{alarm[1:]}.") for alarm in finding.alarms]
    unranked = element("li", None, "It therefore has no rank here.") if alarms and contents.is_submission else None
    return [
        element("p", {"class": "slim"}, f"{contents.title} \u00b7 {contents.subtitle}"),
        *([element("ul", {"class": "alarm plain"}, *alarms, unranked)] if alarms else []),
        element("h1", None, f"{finding.headline}."),
        *([element("p", {"class": "beside"}, " ".join(finding.beside))] if finding.beside else []),
    ]


def shown_floors(contents: PageContents) -> Sequence[FloorRow]:
    """The models of the figure: published ones stand in it only where a submission can be compared with them.

    A submission with an alarm stands alone: a place among others would be a rank.
    """
    if contents.comparison_caveat is None and not (contents.is_submission and alarms_of(contents)):
        return contents.floors
    return [row for row in contents.floors if not row.published]


def finding_section(contents: PageContents) -> Section:
    """The figure and its numbers; no figure where no image has two usable reports."""
    rows = by_what_is_told(finding_rows(shown_floors(contents)))
    heading_id = "finding-heading"
    content = element(
        "section",
        {"id": "finding", "aria-labelledby": heading_id},
        element("h2", {"id": heading_id, "class": "unseen"}, "The finding"),
        finding_figure(rows, RECOMMENDATION_CHANGE, "finding", first=True) if rows else None,
        _table(rows) if rows else None,
        remark("An excess is not the size of the edit\u2019s effect.") if rows else None,
    )
    return Section("finding", "The finding", content, method=[_ENDPOINT_MEANS, EXCESS_MEANS, _INTERVALS])


def _table(rows: Sequence[FindingRow]) -> Markup:
    columns: list[Column[FindingRow]] = [
        MODEL,
        Column("Changed, T", lambda row: row.changed, number),
        Column("Anyway, F", lambda row: row.repeated, number),
        Column("Excess [95% interval]", lambda row: row.excess, signed_estimate_cell),
        Column("What the interval says", lambda row: row.told.value),
    ]
    return folded_table(
        "Recommendations that differ, as shares of report pairs; each source has the same weight", columns, rows
    )
