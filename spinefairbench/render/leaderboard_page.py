"""A leaderboard as a page: both endpoints beside what would differ anyway, how certain the order is, and what stands apart."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE
from spinefairbench.analysis.noise_floor import EndpointFloor
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.problems import counted
from spinefairbench.release.leaderboard import BoardRow, Leaderboard
from spinefairbench.render.html import (
    LONG_NAME,
    SYNTHETIC_NOTICE,
    Cell,
    Column,
    Markup,
    TableCell,
    asset,
    element,
    page,
    table,
)
from spinefairbench.render.page.axes import CHANGE
from spinefairbench.render.page.charts import ChartRow, Key, adjusted_key, rank_chart, row_chart
from spinefairbench.render.page.drawing import cited
from spinefairbench.render.page.excess_words import EXCESS_MEANS, excess_words
from spinefairbench.render.page.finding_figure import finding_figure
from spinefairbench.render.page.finding_rows import FindingRow
from spinefairbench.render.page.main_results import refusal_chart
from spinefairbench.render.page.marks import estimate, interval_marks
from spinefairbench.render.page.parts import (
    Section,
    badge,
    contents_list,
    estimate_cell,
    folded_table,
    footer,
    notes,
    section,
    sentences,
    side_by_side,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import clipped, grouped, listed, number, percent, with_interval
from spinefairbench.statistics.ranks import RankSet

__all__ = ["leaderboard_page", "ranks_of"]

_STYLES: Final = ("page.css", "figures.css", "tables.css", "leaderboard.css")
_SCRIPTS: Final = ("sort.js", "figures.js", "take.js", "contents.js")
_FIGURES: Final = ByEndpoint("finding", "diagnostic-labels")
_SCRIPTS_OFF: Final = (
    "Scripts are off in this browser: tables cannot be sorted, and nothing can be saved. All else is here."
)


def leaderboard_page(board: Leaderboard, notes: Sequence[str], *, synthetic: bool) -> str:
    """One HTML file that needs nothing else; `notes` are what the builder of the board has to say."""
    title = f"SpineFairBench leaderboard: {board.scope}"
    models = len(board.rows) + len(board.not_comparable)
    header = [
        element("h1", None, title),
        element("p", {"class": "muted"}, f"{counted(models, 'score')}, made with the same settings"),
        *_summary(board),
        element("noscript", None, element("p", {"class": "panel small"}, _SCRIPTS_OFF)),
    ]
    unreadable = [row for row in board.not_comparable if not row.candidate.reports.quality.readable]
    others = [row for row in board.not_comparable if row.candidate.reports.quality.readable]
    sections: list[Section] = []
    if board.rows:
        sections += [_endpoint_section(board, endpoint) for endpoint in ENDPOINTS]
        sections.append(_usable_section(board))
    if board.ranking.reason is None:
        sections.append(_rank_charts(board))
    if unreadable:
        sections.append(_unreadable(unreadable))
    if others:
        sections.append(_not_comparable(others))
    sections += [_how_to_read(board, notes), _signatures(board)]
    signature = "|".join(f"{key}:{value}" for key, value in board.settings.items())
    notice = SYNTHETIC_NOTICE if synthetic else None
    return page(
        title,
        [contents_list(sections, {}), *(cited(each.content, signature, notice) for each in sections)],
        header=header,
        footer=[footer()],
        styles=list(map(asset, _STYLES)),
        scripts=list(map(asset, _SCRIPTS)),
        synthetic=synthetic,
    )


def ranks_of(row: BoardRow, endpoint: Endpoint) -> RankSet | None:
    """The rank of a row by an endpoint, with its interval; None where there are no ranks."""
    return None if row.ranks is None else row.ranks.at(endpoint)


# --- one endpoint ----------------------------------------------------------------------------------------------


def _name(row: BoardRow) -> TableCell:
    candidate = row.candidate
    about = ", ".join(clipped(each) for each in (candidate.version, candidate.organization) if each)
    small = element("span", {"class": "muted small"}, about) if about else None
    name = element("span", {"class": "model"}, clipped(candidate.model), small)
    return TableCell(name, "long" if max(map(len, (candidate.model, about))) > LONG_NAME else "")


_MODEL: Final[Column[BoardRow]] = Column("Model", _name)
_USABLE_PAIRS: Final[Column[BoardRow]] = Column("Usable pairs", lambda row: row.candidate.reports.usable_pairs, grouped)


def _value_column(endpoint: Endpoint) -> Column[BoardRow]:
    return Column(f"{endpoint.title} [95%]", partial(_estimate, endpoint=endpoint), estimate_cell)


def _estimate(row: BoardRow, endpoint: Endpoint) -> Estimate:
    return row.endpoints.at(endpoint).estimate


def _summary(board: Leaderboard) -> list[Markup]:
    """What the tables come to, in words."""
    words = []
    for endpoint in ENDPOINTS:
        first = [clipped(row.candidate.label) for row in board.rows if _may_be_first(ranks_of(row, endpoint))]
        if len(first) == 1:
            words.append(f"{endpoint.title}: {first[0]} has {endpoint.first_rank}, separated from all others.")
        elif first:
            words.append(f"{endpoint.title}: {listed(first)} are not separated from {endpoint.first_rank}.")
    if board.ranking.reason is not None:
        words.append(f"There are no ranks: {board.ranking.reason}.")
    return [element("p", {"class": "headline"}, each) for each in words]


def _may_be_first(ranks: RankSet | None) -> bool:
    return ranks is not None and ranks.not_separated_from_best


def _rank_cell(ranks: RankSet) -> Cell:
    certain = ranks.best_rank == ranks.worst_rank
    text = str(ranks.rank) if certain else f"{ranks.rank} ({ranks.best_rank}\u2013{ranks.worst_rank})"
    if not ranks.not_separated_from_best:
        return text
    # The badge comes first, so that the ranks of a column stay aligned.
    return element("span", None, badge("first" if certain else "may be first"), " ", text)


def _endpoint_section(board: Leaderboard, endpoint: Endpoint) -> Section:
    """Value, floor, excess and rank of each model beside one another."""
    floor_of = partial(_floor, endpoint=endpoint)
    columns: list[Column[BoardRow]] = [
        _MODEL,
        _value_column(endpoint),
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
        notes([_excess_words(board.rows, endpoint), EXCESS_MEANS, EXCESS_ORDER_NOTE]),
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


# --- refusals and ranks ----------------------------------------------------------------------------------------


def _usable_section(board: Leaderboard) -> Section:
    columns: list[Column[BoardRow]] = [
        _MODEL,
        _USABLE_PAIRS,
        Column("Full refusals", _full_refusals, str),
        Column("Partial refusals", lambda row: row.candidate.reports.partial_refusal_pairs, grouped),
    ]
    return section(
        "refusals",
        "Refusals",
        refusal_chart([(row.candidate.label, row.candidate.reports) for row in board.rows]),
        table("Usable pairs and refusals by model", columns, board.rows, classes="sortable"),
    )


def _full_refusals(row: BoardRow) -> str:
    reports = row.candidate.reports
    return f"{reports.full_refusal_pairs:,} ({percent(reports.full_refusal_pairs, len(reports.pairs))})"


def _rank_charts(board: Leaderboard) -> Section:
    charts = [
        rank_chart(
            endpoint,
            [(row.candidate.label, ranks) for row in board.rows if (ranks := ranks_of(row, endpoint)) is not None],
        )
        for endpoint in ENDPOINTS
    ]
    return section(
        "ranks",
        "How certain the order is",
        sentences(board.ranking.basis, "The rank intervals of an endpoint hold for all models at once, at 95%."),
        side_by_side(charts),
        notes(
            [
                (
                    "A model whose interval includes rank 1 is not separated from the least change (or the most "
                    "consistency), which does not show that it has it"
                )
            ]
        ),
    )


# --- what stands apart -----------------------------------------------------------------------------------------


def _unreadable(rows: Sequence[BoardRow]) -> Section:
    """Reports that the parsers cannot read have no values: what was counted says nothing of what they say."""
    columns: list[Column[BoardRow]] = [_MODEL, Column("Why it cannot be read", lambda row: row.reason), _USABLE_PAIRS]
    return section("unreadable", "Unreadable", table("Entries whose reports cannot be read", columns, rows))


def _not_comparable(rows: Sequence[BoardRow]) -> Section:
    columns: list[Column[BoardRow]] = [
        _MODEL,
        Column("Why it is not comparable", lambda row: row.reason),
        _USABLE_PAIRS,
        *(_value_column(endpoint) for endpoint in ENDPOINTS),
    ]
    return section("apart", "Not comparable", table("Scores that are not ranked", columns, rows))


def _how_to_read(board: Leaderboard, notes: Sequence[str]) -> Section:
    paragraphs = [
        (
            "Recommendation change is the share of usable pairs whose recommendations differ between original and edit. "
            "Smaller is not better in itself: a model that recommends the same to everybody changes nothing. Nor is a change "
            "the effect of the edit: reports on one image differ too (F)."
        ),
        (
            "Diagnostic-label consistency is the share of labels that the two reports have in common; two reports without "
            "any label count as fully consistent."
        ),
        "A pair with a full refusal is not usable. A model that often refuses is measured on the rest, which may be easier.",
        *notes,
    ]
    if board.scope not in PANEL_SCOPES:
        paragraphs.append(f"The scope {board.scope} has no published panel.")
    return section("reading", "How to read this page", *map(sentences, paragraphs))


def _signatures(board: Leaderboard) -> Section:
    columns: list[Column[BoardRow]] = [
        _MODEL,
        Column("Source", lambda row: clipped(row.candidate.origin)),
        Column("Signature", lambda row: element("code", None, row.candidate.signature)),
    ]
    rows = (*board.rows, *board.not_comparable)
    return section(
        "signatures",
        "Signatures",
        folded_table("Sources and signatures", columns, rows, "Where each row comes from, and its signature"),
    )
