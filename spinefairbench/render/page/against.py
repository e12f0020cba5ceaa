"""Which models differ, on the page of a submission: the submission against each model of the bundle's panel."""

import math
from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.compare import DifferenceRow, LostRow
from spinefairbench.render.html import Column, Markup, details, element, table
from spinefairbench.render.page.charts import ChartRow, Key, Scale, dot, row_chart, whisker
from spinefairbench.render.page.comparison import ENDPOINT_TITLES, SIGNIFICANT, difference_table
from spinefairbench.render.page.contents import AgainstPanel, PageContents
from spinefairbench.render.page.layout_parts import Section, notes, section, sentences
from spinefairbench.render.page.words import clipped, count, interval, listed, signed

__all__ = ["against_section"]

_TICK: Final = 0.1
_MORE_AND_LESS: Final = {
    "recommendation_change": ("changes more than", "less than"),
    "diagnostic_consistency": ("is more consistent than", "less than"),
}


def against_section(contents: PageContents) -> Section | None:
    found = contents.against
    if found is None:
        return None
    heading = ("comparison", "Which models differ")
    if found.missing is not None:
        return section(*heading, sentences(f"Not compared with the models of the bundle's panel: {found.missing}."))
    return section(
        *heading,
        sentences(_pairs_words(found)),
        *(sentences(_endpoint_words(found, endpoint, title)) for endpoint, title in ENDPOINT_TITLES.items()),
        *(_chart(found, endpoint, title) for endpoint, title in ENDPOINT_TITLES.items()),
        difference_table(
            found.differences, "The submission less each model, on the common pairs; intervals are unadjusted"
        ),
        _lost_table(found.lost),
        notes(
            [
                "Holm's adjustment is over the models of the panel, for each endpoint",
                "That a difference is not separated from zero does not show that two models are alike",
                *found.notes,
            ]
        ),
    )


def _pairs_words(found: AgainstPanel) -> str:
    own, *others = found.lost
    words = (
        f"Compared with {count(len(others), 'model')} of the bundle's panel on the {count(found.common_pairs, 'pair')} that "
        f"it and all of them have usable, of {found.pairs_in_any:,} that any of them has."
    )
    reasons = []
    if own.not_reported:
        reasons.append(f"{own.not_reported:,} are not in the submission")
    if own.full_refusal:
        reasons.append(f"{own.full_refusal:,} are full refusals of the submission")
    most = max(others, key=lambda row: row.due_to_this_model_alone)
    if most.due_to_this_model_alone:
        reasons.append(f"{clipped(most.model)} alone costs {most.due_to_this_model_alone:,}")
    return f"{words} Of the rest, {listed(reasons)}." if reasons else words


def _endpoint_words(found: AgainstPanel, endpoint: str, title: str) -> str:
    rank = found.ranks[endpoint]
    apart = [row for row in found.differences if row.endpoint == endpoint and row.p_holm < SIGNIFICANT]
    ranks = f"the ranks {rank.best_rank} to {rank.worst_rank}"
    if rank.best_rank == rank.worst_rank:
        ranks = "no other"
    words = f"{title}: rank {rank.rank} of {len(found.lost)}, and it may truly have {ranks}."
    more, less = ([clipped(row.b) for row in apart if (row.difference > 0) == above] for above in (True, False))
    verb, otherwise = _MORE_AND_LESS[endpoint]
    if more and less:
        return f"{words} The submission {verb} {listed(more)}, and {otherwise} {listed(less)}."
    if more:
        return f"{words} The submission {verb} {listed(more)}."
    if less:
        return f"{words} The submission {verb.replace('more', 'less')} {listed(less)}."
    return f"{words} It is separated from no model."


def _chart(found: AgainstPanel, endpoint: str, title: str) -> Markup:
    rows = [row for row in found.differences if row.endpoint == endpoint]
    scale = _scale(rows)
    chart_rows = []
    for row in sorted(rows, key=lambda row: row.difference):
        marks = [] if row.ci95 is None else [whisker(scale, *row.ci95)]
        marks.append(dot(scale, row.difference, hollow=row.p_holm >= SIGNIFICANT))
        chart_rows.append(
            ChartRow(clipped(row.b), f"{signed(row.difference)} {interval(row.ci95, sign=True)}", tuple(marks))
        )
    middle = Scale(0.0, 1.0, ())
    keys = [
        Key(dot(middle, 0.5, height=16), "separated from zero"),
        Key(dot(middle, 0.5, hollow=True, height=16), "not separated (p 0.05 or more after Holm)"),
    ]
    return row_chart(f"{title}: the submission less the model", "difference", scale, chart_rows, keys)


def _scale(rows: Sequence[DifferenceRow]) -> Scale:
    """Zero in the middle, wide enough for all intervals."""
    reach = max(abs(value) for row in rows for value in (row.difference, *(row.ci95 or ())))
    end = max(math.ceil(reach / _TICK), 1) * _TICK
    return Scale(-end, end, (-end, -end / 2, 0.0, end / 2, end), 2)


def _lost_table(lost: Sequence[LostRow]) -> Markup:
    columns = [
        Column("Model"), Column("Not reported", True), Column("Full refusals", True), Column("Lost by this model alone", True),
    ]  # fmt: skip
    cells = [
        [clipped(row.model), f"{row.not_reported:,}", f"{row.full_refusal:,}", f"{row.due_to_this_model_alone:,}"]
        for row in lost
    ]
    return element(
        "div",
        None,
        details(
            "The pairs lost, and to what",
            table("Pairs that are not compared, by what each model did with them", columns, cells),
        ),
    )
