"""Which models differ: all models of a panel with one another, or a submission with each of them."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.compare import AgainstOthers, CompareRow, Comparison, DifferenceRow, LostRow
from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup, table
from spinefairbench.render.page.axes import Scale, symmetric_scale
from spinefairbench.render.page.charts import RANKS_MEAN, ChartRow, Key, adjusted_key, rank_chart, row_chart
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.drawing import MUTED, VALUE
from spinefairbench.render.page.finding_words import alarms_of
from spinefairbench.render.page.heat_figure import LESS, MORE, SHADES, HeatCell, heat_figure
from spinefairbench.render.page.marks import Mark, dot, interval_ends, interval_marks
from spinefairbench.render.page.parts import (
    MODEL,
    SIGNIFICANT,
    Section,
    folded_table,
    notes,
    section,
    sentences,
    side_by_side,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import (
    ENDPOINT_TITLES,
    clipped,
    grouped,
    listed,
    p_value,
    signed,
    signed_with_interval,
)

__all__ = ["against_section", "comparison_section"]

_HEADING: Final = ("comparison", "Which models differ")
_MORE_AND_LESS: Final = ByEndpoint(
    ("changes more than", "changes less than"), ("is more consistent than", "is less consistent than")
)
_NOT_ALIKE: Final = "A difference that is not separated from zero does not show that two models are alike"
_MATRIX_NOTE: Final = (
    "bold, tinted: separated from zero (p below 0.05 after Holm's adjustment over all pairs of models)"
)
_LEAST_REACH: Final = 0.1
_STEPS: Final = 4
_DIFFERENCE: Final = "difference; more change to the right"


# --- the models of a panel -------------------------------------------------------------------------------------


def comparison_section(contents: PageContents) -> Section | None:
    """Rank intervals, and the matrix of all differences."""
    found = contents.audit.comparison
    if found is None:
        return None
    return section(
        *_HEADING,
        sentences(_common_words(found), _separated_words(found)),
        side_by_side(
            rank_chart(endpoint, [(row.model, row.ranks.at(endpoint)) for row in found.rows]) for endpoint in ENDPOINTS
        ),
        _order_table(found.rows),
        side_by_side(_matrix(found, endpoint) for endpoint in ENDPOINTS),
        _difference_table(
            found.differences, "All differences on the common pairs; each interval holds at 95% on its own"
        ),
        method=[RANKS_MEAN, EXCESS_ORDER_NOTE, _NOT_ALIKE],
    )


def _common_words(found: Comparison) -> str:
    common = found.rows[0].common_pairs
    words = f"On the {common:,} of {counted(found.pairs.pairs_in_any, 'pair')} that all {len(found.rows)} models have usable"
    most = max(found.pairs.lost, key=lambda row: row.due_to_this_model_alone)
    if found.pairs.pairs_in_any > common and most.due_to_this_model_alone:
        words += f" ({_cost_words(most)})"
    return f"{words}:"


def _cost_words(row: LostRow) -> str:
    return f"{clipped(row.model)} alone accounts for {counted(row.due_to_this_model_alone, 'lost pair')}"


def _separated_words(found: Comparison) -> str:
    of_each = ByEndpoint.of(lambda endpoint: _of_endpoint(found.differences, endpoint))
    change, labels = (sum(map(_is_separated, differences)) for differences in of_each)
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


def _of_endpoint(differences: Sequence[DifferenceRow], endpoint: Endpoint) -> list[DifferenceRow]:
    return [row for row in differences if row.endpoint == endpoint.name]


def _is_separated(row: DifferenceRow) -> bool:
    return row.p_holm < SIGNIFICANT


def _matrix(found: Comparison, endpoint: Endpoint) -> Markup:
    rows = {(row.a, row.b): row for row in _of_endpoint(found.differences, endpoint)}
    models = {row.model: clipped(row.model) for row in found.rows}

    def cell(first: str, second: str) -> HeatCell:
        if first == second:
            return HeatCell()
        row, sign = (rows[first, second], 1) if (first, second) in rows else (rows[second, first], -1)
        difference = sign * row.difference
        shown = signed(difference, 2)
        if not _is_separated(row):
            return HeatCell(shown, SHADES[0], faint=True)
        return HeatCell(shown, MORE if difference > 0 else LESS, strong=True)

    title = f"{endpoint.title}: the row's model minus the column's"
    return heat_figure(f"{endpoint.short_name}-matrix", title, _MATRIX_NOTE, models, models, cell)


def _difference_table(differences: Sequence[DifferenceRow], caption: str) -> Markup:
    columns: list[Column[DifferenceRow]] = [
        Column("Endpoint", lambda row: ENDPOINT_TITLES[row.endpoint]),
        Column("Models", lambda row: f"{clipped(row.a)} minus {clipped(row.b)}"),
        Column("Difference [95% interval]", lambda row: row.estimate, signed_estimate_cell),
        Column("p", lambda row: row.p_value, p_value),
        Column("p, Holm", lambda row: row.p_holm, p_value),
    ]
    return folded_table(caption, columns, differences)


# --- a submission against the models of the panel --------------------------------------------------------------


def against_section(contents: PageContents) -> Section | None:
    """The submission's rank among the models of the panel, and its difference from each of them."""
    told, found, alarms = contents.against, contents.audit.against, alarms_of(contents)
    if told is None:
        return None
    if told.missing is not None or found is None:
        return section(*_HEADING, sentences(f"Not compared with the models of the bundle's panel: {told.missing}."))
    return section(
        *_HEADING,
        sentences(_lost_words(found)),
        *(sentences(_rank_words(found, endpoint)) for endpoint in ENDPOINTS if not alarms),
        *(_difference_chart(_of_endpoint(found.differences, endpoint), endpoint) for endpoint in ENDPOINTS),
        _difference_table(
            found.differences,
            "The submission minus each model, on the common pairs; each interval holds at 95% on its own",
        ),
        _lost_table(found.pairs.lost),
        notes(told.notes),
        method=["Holm's adjustment is over the models of the panel, for each endpoint", _NOT_ALIKE],
    )


def _lost_words(found: AgainstOthers) -> str:
    own, *others = found.pairs.lost
    words = (
        f"Compared with {counted(len(others), 'model')} of the bundle's panel on the {found.pairs.common:,} of "
        f"{counted(found.pairs.pairs_in_any, 'pair')} that all have usable."
    )
    reasons = []
    if own.not_reported:
        reasons.append(f"{own.not_reported:,} are not in the submission")
    if own.full_refusal:
        reasons.append(f"{own.full_refusal:,} are full refusals of the submission")
    most = max(others, key=lambda row: row.due_to_this_model_alone)
    if most.due_to_this_model_alone:
        reasons.append(_cost_words(most))
    return f"{words} Of the rest, {listed(reasons)}." if reasons else words


def _rank_words(found: AgainstOthers, endpoint: Endpoint) -> str:
    rank = found.ranks[endpoint.name]
    words = (
        f"{endpoint.title}: rank {rank.rank} of {len(found.pairs.lost)} (1 is {endpoint.first_rank}; 95% interval "
        f"{rank.best_rank} to {rank.worst_rank})."
    )
    separated = [row for row in _of_endpoint(found.differences, endpoint) if _is_separated(row)]
    above = [clipped(row.b) for row in separated if row.difference > 0]
    below = [clipped(row.b) for row in separated if row.difference <= 0]
    verbs = _MORE_AND_LESS.at(endpoint)
    said = [f"{verb} {listed(names)}" for verb, names in zip(verbs, (above, below), strict=True) if names]
    return f"{words} The submission {' and '.join(said)}." if said else f"{words} It is not separated from any model."


def _difference_chart(rows: Sequence[DifferenceRow], endpoint: Endpoint) -> Markup:
    scale = _symmetric_scale(rows, endpoint)
    chart_rows = [
        ChartRow(
            row.b,
            signed_with_interval(row.estimate),
            _difference_marks(row),
        )
        for row in rows
    ]
    keys = [
        Key("separated from zero", [dot(0.5)]),
        Key("not separated (p 0.05 or more after Holm's adjustment)", [dot(0.5, hollow=True, colour=MUTED)]),
        *adjusted_key(row.estimate for row in rows),
    ]
    name = f"{endpoint.short_name}-differences"
    return row_chart(name, f"{endpoint.title}: the submission minus the model", _DIFFERENCE, scale, chart_rows, keys)


def _difference_marks(row: DifferenceRow) -> list[Mark]:
    """What is not separated is hollow and grey."""
    separated = _is_separated(row)
    colour = VALUE if separated else MUTED
    return [*interval_marks(row.estimate, colour=colour), dot(row.difference, hollow=not separated, colour=colour)]


def _symmetric_scale(rows: Sequence[DifferenceRow], endpoint: Endpoint) -> Scale:
    """Zero in the middle, wide enough for all intervals, with more change to the right."""
    reach = [*(row.difference for row in rows), *interval_ends(row.estimate for row in rows)]
    scale = symmetric_scale(reach, least=_LEAST_REACH, steps=_STEPS)
    return scale.mirrored if endpoint.higher_is_better else scale


def _lost_table(lost: Sequence[LostRow]) -> Markup:
    columns: list[Column[LostRow]] = [
        MODEL,
        Column("Not reported", lambda row: row.not_reported, grouped),
        Column("Full refusals", lambda row: row.full_refusal, grouped),
        Column("Lost because of this model alone", lambda row: row.due_to_this_model_alone, grouped),
    ]
    return folded_table("Pairs that are not compared, by model and reason", columns, lost, "Pairs lost, and why")
