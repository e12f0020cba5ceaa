"""One endpoint of a leaderboard: value, what would differ anyway, excess and rank of each model beside one another."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE
from spinefairbench.analysis.noise_floor import EndpointFloor
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.release.leaderboard import BoardRow, Leaderboard
from spinefairbench.render.html import (
    LONG_NAME,
    Cell,
    Column,
    Markup,
    TableCell,
    element,
    table,
)
from spinefairbench.render.page.axes import CHANGE
from spinefairbench.render.page.charts import ChartRow, Key, adjusted_key, row_chart
from spinefairbench.render.page.excess_words import EXCESS_MEANS, excess_words
from spinefairbench.render.page.finding_figure import finding_figure
from spinefairbench.render.page.finding_rows import FindingRow
from spinefairbench.render.page.marks import estimate, interval_marks
from spinefairbench.render.page.parts import (
    Section,
    badge,
    estimate_cell,
    notes,
    section,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import clipped, number, with_interval
from spinefairbench.statistics.ranks import RankSet

__all__ = ["MODEL_OF_ROW", "endpoint_section", "ranks_of", "value_column"]

_FIGURES: Final = ByEndpoint("finding", "diagnostic-labels")


def ranks_of(row: BoardRow, endpoint: Endpoint) -> RankSet | None:
    """The rank of a row by an endpoint, with its interval; None where there are no ranks."""
    return None if row.ranks is None else row.ranks.at(endpoint)


def _name(row: BoardRow) -> TableCell:
    candidate = row.candidate
    about = ", ".join(clipped(each) for each in (candidate.version, candidate.organization) if each)
    small = element("span", {"class": "muted small"}, about) if about else None
    name = element("span", {"class": "model"}, clipped(candidate.model), small)
    return TableCell(name, "long" if max(map(len, (candidate.model, about))) > LONG_NAME else "")


_MEANS: Final = ByEndpoint(
    (
        "Recommendation change is the share of usable pairs whose recommendations differ between original and edit. "
        "Smaller is not better in itself: a model that recommends the same to everybody changes nothing. Nor is a change "
        "the effect of the edit: reports on one image differ too (F)"
    ),
    (
        "Diagnostic-label consistency is the share of labels that the two reports have in common; two reports without "
        "any label count as fully consistent"
    ),
)
MODEL_OF_ROW: Final[Column[BoardRow]] = Column("Model", _name)
"""The first column of every table."""


def value_column(endpoint: Endpoint) -> Column[BoardRow]:
    """An endpoint with the interval that it is judged by."""
    return Column(f"{endpoint.title} [95%]", partial(_estimate, endpoint=endpoint), estimate_cell)


def _estimate(row: BoardRow, endpoint: Endpoint) -> Estimate:
    return row.endpoints.at(endpoint).estimate


def _rank_cell(ranks: RankSet) -> Cell:
    certain = ranks.best_rank == ranks.worst_rank
    text = str(ranks.rank) if certain else f"{ranks.rank} ({ranks.best_rank}\u2013{ranks.worst_rank})"
    if not ranks.not_separated_from_best:
        return text
    # The badge comes first, so that the ranks of a column stay aligned.
    return element("span", None, badge("first" if certain else "may be first"), " ", text)


def endpoint_section(board: Leaderboard, endpoint: Endpoint) -> Section:
    """Value, floor, excess and rank of each model beside one another."""
    floor_of = partial(_floor, endpoint=endpoint)
    columns: list[Column[BoardRow]] = [
        MODEL_OF_ROW,
        value_column(endpoint),
        Column("With the edit, T", floor_of, lambda floor: number(floor.T)),
        Column("Anyway, F", floor_of, lambda floor: number(floor.F)),
        Column("Excess [95%]", floor_of, lambda floor: signed_estimate_cell(floor.excess)),
        Column(f"Rank by {endpoint.first_rank} (95%)", partial(ranks_of, endpoint=endpoint), _rank_cell),
        Column("Order by excess", partial(_excess_rank, endpoint=endpoint), str),
    ]
    floors = _finding_rows(board.rows, endpoint)
    return section(
        endpoint.short_name,
        endpoint.title,
        table(f"{endpoint.title} by model, {board.scope}", columns, board.rows, classes="sortable"),
        _value_chart(board.rows, endpoint),
        finding_figure(floors, endpoint, _FIGURES.at(endpoint)) if floors else None,
        notes([_excess_words(board.rows, endpoint)]),
        method=[_MEANS.at(endpoint), EXCESS_MEANS, EXCESS_ORDER_NOTE],
    )


def _value_chart(rows: Sequence[BoardRow], endpoint: Endpoint) -> Markup:
    found = [(row.candidate.label, _estimate(row, endpoint)) for row in rows]
    chart_rows = [
        ChartRow(label, with_interval(each), [*interval_marks(each), *estimate(each.value, None)])
        for label, each in found
    ]
    keys = [
        Key("value, with its percentile 95% interval", estimate(0.5, (0.0, 1.0))),
        *adjusted_key(each for _, each in found),
    ]
    unit = f"{endpoint.unit}; more change to the right"
    return row_chart(endpoint.name.replace("_", "-"), endpoint.title, unit, CHANGE.at(endpoint), chart_rows, keys)


def _finding_rows(rows: Sequence[BoardRow], endpoint: Endpoint) -> list[FindingRow]:
    """The rows that have a floor; one whose repeated reports never differ in what is counted is no measure of others."""
    found = []
    for row in rows:
        floor = _floor(row, endpoint)
        if floor is None or floor.T is None or floor.F is None or floor.excess.value is None:
            continue
        varies = any(each.floor is not None and each.floor.F for each in row.endpoints)
        found.append(FindingRow(row.candidate.label, floor.T, floor.F, floor.excess, varies))
    return found


def _excess_words(rows: Sequence[BoardRow], endpoint: Endpoint) -> str | None:
    known = [(row.candidate.label, floor.excess) for row in rows if (floor := _floor(row, endpoint)) is not None]
    return excess_words(endpoint, known) if known else None


def _excess_rank(row: BoardRow, endpoint: Endpoint) -> int | None:
    return row.endpoints.at(endpoint).excess_rank


def _floor(row: BoardRow, endpoint: Endpoint) -> EndpointFloor | None:
    return row.endpoints.at(endpoint).floor
