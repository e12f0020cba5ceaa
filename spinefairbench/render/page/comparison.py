"""Which models of a panel differ: rank intervals, and the matrix of all differences."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.compare import CompareRow, Comparison, DifferenceRow, LostRow
from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup, table
from spinefairbench.render.page.charts import RANKS_MEAN, rank_chart
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.heat_figure import LESS, MORE, SHADES, HeatCell, heat_figure
from spinefairbench.render.page.parts import (
    MODEL,
    SIGNIFICANT,
    Section,
    folded_table,
    section,
    sentences,
    side_by_side,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import (
    ENDPOINT_TITLES,
    clipped,
    p_value,
    signed,
)

__all__ = [
    "HEADING",
    "NOT_ALIKE",
    "comparison_section",
    "cost_words",
    "difference_table",
    "is_separated",
    "of_endpoint",
]

HEADING: Final = ("comparison", "Which models differ")
NOT_ALIKE: Final = "A difference that is not separated from zero does not show that two models are alike"
_MATRIX_NOTE: Final = (
    "bold, tinted: separated from zero (p below 0.05 after Holm's adjustment over all pairs of models)"
)


def comparison_section(contents: PageContents) -> Section | None:
    """Rank intervals, and the matrix of all differences."""
    found = contents.audit.comparison
    if found is None:
        return None
    return section(
        *HEADING,
        sentences(_common_words(found), _separated_words(found)),
        side_by_side(
            rank_chart(endpoint, [(row.model, row.ranks.at(endpoint)) for row in found.rows]) for endpoint in ENDPOINTS
        ),
        _order_table(found.rows),
        side_by_side(_matrix(found, endpoint) for endpoint in ENDPOINTS),
        difference_table(
            found.differences, "All differences on the common pairs; each interval holds at 95% on its own"
        ),
        method=[RANKS_MEAN, EXCESS_ORDER_NOTE, NOT_ALIKE],
    )


def _common_words(found: Comparison) -> str:
    common = found.rows[0].common_pairs
    words = f"On the {common:,} of {counted(found.pairs.pairs_in_any, 'pair')} that all {len(found.rows)} models have usable"
    most = max(found.pairs.lost, key=lambda row: row.due_to_this_model_alone)
    if found.pairs.pairs_in_any > common and most.due_to_this_model_alone:
        words += f" ({cost_words(most)})"
    return f"{words}:"


def cost_words(row: LostRow) -> str:
    """How many pairs are compared nowhere because of one model alone."""
    return f"{clipped(row.model)} alone accounts for {counted(row.due_to_this_model_alone, 'lost pair')}"


def _separated_words(found: Comparison) -> str:
    of_each = ByEndpoint.of(lambda endpoint: of_endpoint(found.differences, endpoint))
    change, labels = (sum(map(is_separated, differences)) for differences in of_each)
    return (
        f"recommendation change separates {change} of {counted(len(of_each.recommendation), 'pair')} of models, "
        f"diagnostic-label consistency {labels}."
    )


def _order_table(rows: Sequence[CompareRow]) -> Markup:
    """The ranks by both endpoints and, beside them, the order by excess."""
    columns: list[Column[CompareRow]] = [MODEL]
    for endpoint in ENDPOINTS:
        columns += _order_columns(endpoint)
    caption = (
        "Ranks by endpoint, and the order by excess on the same pairs (1: the smallest; an order of estimates alone)"
    )
    return table(caption, columns, rows, classes="sortable")


def _order_columns(endpoint: Endpoint) -> list[Column[CompareRow]]:
    return [
        Column(f"Rank by {endpoint.first_rank}", lambda row: row.ranks.at(endpoint).rank, str),
        Column("Excess", lambda row: row.excess.at(endpoint), signed),
        Column("Order by excess", lambda row: row.excess_ranks.at(endpoint), str),
    ]


def of_endpoint(differences: Sequence[DifferenceRow], endpoint: Endpoint) -> list[DifferenceRow]:
    """The differences in one endpoint."""
    return [row for row in differences if row.endpoint == endpoint.name]


def is_separated(row: DifferenceRow) -> bool:
    """Whether a difference is separated from zero after Holm's adjustment."""
    return row.p_holm < SIGNIFICANT


def _matrix(found: Comparison, endpoint: Endpoint) -> Markup:
    rows = {(row.a, row.b): row for row in of_endpoint(found.differences, endpoint)}
    models = {row.model: clipped(row.model) for row in found.rows}

    def cell(first: str, second: str) -> HeatCell:
        if first == second:
            return HeatCell()
        row, sign = (rows[first, second], 1) if (first, second) in rows else (rows[second, first], -1)
        difference = sign * row.difference
        shown = signed(difference, 2)
        if not is_separated(row):
            return HeatCell(shown, SHADES[0], faint=True)
        return HeatCell(shown, MORE if difference > 0 else LESS, strong=True)

    title = f"{endpoint.title}: the row's model minus the column's"
    return heat_figure(f"{endpoint.short_name}-matrix", title, _MATRIX_NOTE, models, models, cell)


def difference_table(differences: Sequence[DifferenceRow], caption: str) -> Markup:
    """All differences with their intervals and p values, folded away."""
    columns: list[Column[DifferenceRow]] = [
        Column("Endpoint", lambda row: ENDPOINT_TITLES[row.endpoint]),
        Column("Models", lambda row: f"{clipped(row.a)} minus {clipped(row.b)}"),
        Column("Difference [95% interval]", lambda row: row.estimate, signed_estimate_cell),
        Column("p", lambda row: row.p_value, p_value),
        Column("p, Holm", lambda row: row.p_holm, p_value),
    ]
    return folded_table(caption, columns, differences)
