"""Which models differ: rank intervals, and the matrix of all differences."""

from collections.abc import Callable, Sequence

from spinefairbench.analysis.compare import CompareRow, DifferenceRow
from spinefairbench.render.html import Column, Markup, element
from spinefairbench.render.page.charts import ChartRow, Key, Scale, dot, row_chart, whisker
from spinefairbench.render.page.contents import Comparison, PageContents
from spinefairbench.render.page.heat import HeatCell, heat_table
from spinefairbench.render.page.layout_parts import Section, notes, numbers, section, sentences
from spinefairbench.render.page.words import clipped, count, interval, listed, number, signed

__all__ = ["ENDPOINT_TITLES", "SIGNIFICANT", "comparison_section", "difference_table"]

SIGNIFICANT = 0.05
_ENDPOINTS = (
    ("recommendation_change", "Recommendation change", "rank, 1 is the least change"),
    ("diagnostic_consistency", "Diagnostic-label consistency", "rank, 1 is the most consistent"),
)
ENDPOINT_TITLES = {endpoint: title for endpoint, title, _ in _ENDPOINTS}
_RANKS: dict[str, Callable[[CompareRow], tuple[int, tuple[int, int], bool]]] = {
    "recommendation_change": lambda row: (
        row.recommendation_rank, row.recommendation_rank_interval, row.recommendation_not_separated_from_best,
    ),
    "diagnostic_consistency": lambda row: (
        row.diagnostic_rank, row.diagnostic_rank_interval, row.diagnostic_not_separated_from_best,
    ),
}  # fmt: skip


def comparison_section(contents: PageContents) -> Section | None:
    found = contents.comparison
    if found is None:
        return None
    charts = [_rank_chart(found.rows, *endpoint) for endpoint in _ENDPOINTS]
    return section(
        "comparison",
        "Which models differ",
        *map(sentences, _words(found)),
        element("div", {"class": "pair-of-charts"}, *charts),
        *(_matrix(found, endpoint, title) for endpoint, title, _ in _ENDPOINTS),
        element(
            "p",
            {"class": "small muted"},
            "In bold on a tint: separated from zero after Holm's adjustment over all pairs of models of the endpoint (below 0.05). "
            "The sign is that of the row's model less the column's.",
        ),
        difference_table(found.differences, "All differences on the common pairs; intervals are unadjusted"),
        notes(
            [
                "Rank intervals hold at 95 % for all models of an endpoint at once. A model whose interval holds rank 1 is not "
                "separated from the best, which does not show that it is as good",
                "That a difference is not separated from zero does not show that two models are alike",
                *found.notes,
            ]
        ),
    )


def _words(found: Comparison) -> list[str]:
    rows = found.rows
    words = [
        f"Compared on the {count(rows[0].common_pairs, 'pair')} that all {len(rows)} models have usable, of "
        f"{found.pairs_in_any:,}" + (_lost_words(found) if found.pairs_in_any > rows[0].common_pairs else "") + "."
    ]
    for endpoint, title, _ in _ENDPOINTS:
        best = [clipped(row.model) for row in rows if _RANKS[endpoint](row)[2]]
        its = [row for row in found.differences if row.endpoint == endpoint]
        apart = sum(row.p_holm < SIGNIFICANT for row in its)
        words.append(
            f"{title}: {apart} of {count(len(its), 'pair')} of models are separated; not separated from the best: {listed(best)}."
        )
    return words


def _lost_words(found: Comparison) -> str:
    most = max(found.lost, key=lambda row: row.due_to_this_model_alone)
    if not most.due_to_this_model_alone:
        return ""
    return f"; {clipped(most.model)} alone costs {most.due_to_this_model_alone:,} of them"


def _rank_chart(rows: Sequence[CompareRow], endpoint: str, title: str, unit: str) -> Markup:
    last = float(max(len(rows), 2))
    scale = Scale(1.0, last, tuple(float(rank) for rank in range(1, len(rows) + 1)), 0)
    chart_rows = []
    for row in sorted(rows, key=lambda row: _RANKS[endpoint](row)[0]):
        rank, (low, high), _ = _RANKS[endpoint](row)
        marks = (whisker(scale, low, high, thick=True), dot(scale, rank))
        chart_rows.append(ChartRow(clipped(row.model), f"rank {rank}, from {low} to {high}", marks))
    middle = Scale(0.0, 1.0, ())
    keys = [
        Key(
            Markup(whisker(middle, 0, 1, height=16, thick=True) + dot(middle, 0.5, height=16)),
            "rank, and the ranks it may truly have",
        )
    ]
    return row_chart(title, unit, scale, chart_rows, keys)


def _matrix(found: Comparison, endpoint: str, title: str) -> Markup:
    by_place = {(row.a, row.b): row for row in found.differences if row.endpoint == endpoint}
    models = [row.model for row in found.rows]
    lines = []
    for first in models:
        cells = []
        for second in models:
            if first == second:
                cells.append(HeatCell("", title="the same model"))
                continue
            row, sign = (by_place[first, second], 1) if (first, second) in by_place else (by_place[second, first], -1)
            difference = sign * row.difference
            apart = row.p_holm < SIGNIFICANT
            classes = ("more" if difference > 0 else "less") if apart else "alike"
            cells.append(
                HeatCell(
                    signed(difference, 2), 0, f"{first} less {second}: p {number(row.p_holm, 4)} after Holm", classes
                )
            )
        lines.append((clipped(first), cells))
    return heat_table(
        f"{title}: the row's model less the column's", "Model", [clipped(model) for model in models], lines
    )


def difference_table(differences: Sequence[DifferenceRow], caption: str) -> Markup:
    """The differences of both endpoints in figures."""
    columns = [
        Column("Endpoint"), Column("Models"), Column("Difference", True), Column("95 % interval", True),
        Column("p", True), Column("p, Holm", True),
    ]  # fmt: skip
    cells = [
        [
            ENDPOINT_TITLES.get(row.endpoint, row.endpoint), f"{clipped(row.a)} less {clipped(row.b)}", signed(row.difference),
            interval(row.ci95, sign=True), number(row.p_value, 4), number(row.p_holm, 4),
        ]
        for row in differences
    ]  # fmt: skip
    return numbers(caption, columns, cells)
