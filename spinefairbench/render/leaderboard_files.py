"""A leaderboard as a page, as CSV and as JSON; the same leaderboard gives the same bytes."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

from spinefairbench.analysis.estimates import NO_ESTIMATE
from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE
from spinefairbench.analysis.noise_floor import EndpointFloor
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.files.writing import write_whole
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.problems import counted
from spinefairbench.release.leaderboard import BoardRow, Leaderboard, Measured
from spinefairbench.render.html import Cell, Column, Markup, asset, element, page, table
from spinefairbench.render.page.charts import rank_chart
from spinefairbench.render.page.excess_words import EXCESS_MEANS, excess_words
from spinefairbench.render.page.parts import (
    badge,
    estimate_cell,
    folded_table,
    footer,
    notes,
    section,
    sentences,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import clipped, grouped, listed, number, percent
from spinefairbench.render.values import rows_as_csv
from spinefairbench.statistics.ranks import RankSet

__all__ = ["LEADERBOARD_FILES", "leaderboard_rows", "write_leaderboard"]

LEADERBOARD_FILES: Final = ("leaderboard.html", "leaderboard.csv", "leaderboard.json")
"""The files of a leaderboard's folder."""

_SCHEMA: Final = "spinefairbench-leaderboard-v1"
_NO_FLOOR: Final = EndpointFloor(None, None, NO_ESTIMATE, None)


def leaderboard_rows(board: Leaderboard) -> list[dict[str, Any]]:
    """The rows as plain values at full precision, those that are not comparable last."""
    return [_plain(row) for row in (*board.rows, *board.not_comparable)]


def _plain(row: BoardRow) -> dict[str, Any]:
    candidate, reports = row.candidate, row.candidate.reports
    return {
        "model": candidate.model,
        "version": candidate.version,
        "organization": candidate.organization,
        "origin": candidate.origin,
        "comparable": row.reason is None,
        "reason": row.reason,
        "readable": reports.quality.readable,
        "expected_pairs": candidate.expected_pairs,
        "submitted_pairs": len(reports.pairs),
        "usable_pairs": reports.usable_pairs,
        "usable_sources": reports.usable_sources,
        "full_refusal_pairs": reports.full_refusal_pairs,
        "partial_refusal_pairs": reports.partial_refusal_pairs,
        **{
            endpoint.name: _plain_endpoint(measured, _ranks(row, endpoint))
            for endpoint, measured in row.endpoints.each()
        },
        "signature": candidate.signature,
    }


def _plain_endpoint(measured: Measured, ranks: RankSet | None) -> dict[str, Any]:
    return {
        "point_estimate": measured.estimate.value,
        "ci95": measured.estimate.ci95,
        "adjusted_ci95": measured.estimate.adjusted_ci95,
        "adjustment_reason": measured.estimate.adjustment_reason,
        "noise_floor": (measured.floor or _NO_FLOOR).to_json(),
        "rank": ranks.rank if ranks else None,
        "rank_best": ranks.best_rank if ranks else None,
        "rank_worst": ranks.worst_rank if ranks else None,
        "not_separated_from_best": ranks.not_separated_from_best if ranks else None,
        "estimate_on_common_pairs": ranks.estimate if ranks else None,
        "excess_rank": measured.excess_rank,
    }


def write_leaderboard(
    folder: Path, board: Leaderboard, rows: Sequence[Mapping[str, Any]], notes: Sequence[str], *, synthetic: bool
) -> None:
    """Write `LEADERBOARD_FILES` to a folder: all of them or none. Raises OutputError.

    `rows` are the `leaderboard_rows` of the board. `synthetic`: they are known to be of a demo bundle.
    """
    contents = (
        _html(board, notes, synthetic=synthetic),
        rows_as_csv(rows),
        _json(board, rows, notes, synthetic=synthetic),
    )
    # Each appears under its name only when all are written beside it.
    with ExitStack() as stack:
        for name, content in zip(LEADERBOARD_FILES, contents, strict=True):
            stack.enter_context(write_whole(folder / name)).write(content)


def _json(board: Leaderboard, rows: Sequence[Mapping[str, Any]], notes: Sequence[str], *, synthetic: bool) -> str:
    """Everything, at full precision."""
    value = {
        "schema_version": _SCHEMA,
        "synthetic": synthetic,
        "scope": board.scope,
        "settings": dict(board.settings),
        "ranking": board.ranking._asdict(),
        "notes": list(notes),
        "rows": rows,
    }
    return json.dumps(value, indent=1, allow_nan=False) + "\n"


# --- the page --------------------------------------------------------------------------------------------------


def _html(board: Leaderboard, notes: Sequence[str], *, synthetic: bool) -> str:
    """One HTML file that needs nothing else."""
    title = f"SpineFairBench leaderboard: {board.scope}"
    models = len(board.rows) + len(board.not_comparable)
    header = [
        element("h1", None, title),
        element("p", {"class": "muted"}, f"{counted(models, 'score')}, made with the same settings"),
    ]
    main = [_summary(board)]
    if board.rows:
        main += [_score_table(board), _floor_table(board)]
    if board.ranking.reason is None:
        main.append(_rank_charts(board))
    if board.not_comparable:
        main.append(_not_comparable(board))
    main += [_how_to_read(board, notes), _signatures(board)]
    return page(
        title,
        main,
        header=header,
        footer=[footer()],
        styles=[asset("page.css"), asset("figures.css"), asset("leaderboard.css")],
        scripts=[asset("leaderboard.js")],
        synthetic=synthetic,
    )


def _name(row: BoardRow) -> Markup:
    candidate = row.candidate
    about = ", ".join(clipped(each) for each in (candidate.version, candidate.organization) if each)
    small = element("span", {"class": "muted small"}, about) if about else None
    return element("span", {"class": "model"}, clipped(candidate.model), small)


_MODEL: Final[Column[BoardRow]] = Column("Model", _name)
_USABLE_PAIRS: Final[Column[BoardRow]] = Column("Usable pairs", lambda row: row.candidate.reports.usable_pairs, grouped)


def _value_column(endpoint: Endpoint) -> Column[BoardRow]:
    return Column(f"{endpoint.title} [95%]", lambda row: row.endpoints.at(endpoint).estimate, estimate_cell)


def _summary(board: Leaderboard) -> Markup:
    """What the tables come to, in words."""
    words = []
    for endpoint in ENDPOINTS:
        first = [clipped(row.candidate.label) for row in board.rows if _may_be_first(_ranks(row, endpoint))]
        if len(first) == 1:
            words.append(f"{endpoint.title}: {first[0]} has {endpoint.first_rank}, separated from all others.")
        elif first:
            words.append(f"{endpoint.title}: {listed(first)} are not separated from {endpoint.first_rank}.")
    if board.ranking.reason is not None:
        words.append(f"There are no ranks: {board.ranking.reason}.")
    return element("section", {"aria-label": "Summary"}, *(element("p", {"class": "headline"}, each) for each in words))


def _may_be_first(ranks: RankSet | None) -> bool:
    return ranks is not None and ranks.not_separated_from_best


def _rank_cell(ranks: RankSet) -> Cell:
    certain = ranks.best_rank == ranks.worst_rank
    text = str(ranks.rank) if certain else f"{ranks.rank} ({ranks.best_rank}\u2013{ranks.worst_rank})"
    if not ranks.not_separated_from_best:
        return text
    # The badge comes first, so that the ranks of a column stay aligned.
    return element("span", None, badge("first" if certain else "may be first"), " ", text)


def _score_table(board: Leaderboard) -> Markup:
    columns = [_MODEL]
    for endpoint in ENDPOINTS:
        rank = Column(f"Rank by {endpoint.first_rank} (95%)", partial(_ranks, endpoint=endpoint), _rank_cell)
        columns += [_value_column(endpoint), rank]
    columns += [
        _USABLE_PAIRS,
        Column("Full refusals", _full_refusals, str),
        Column("Partial refusals", lambda row: row.candidate.reports.partial_refusal_pairs, grouped),
    ]
    caption = f"Both endpoints with their intervals and ranks, {board.scope}"
    status = element("p", {"class": "muted small", "id": "sort-status", "role": "status"})
    return section("scores", "Scores", status, table(caption, columns, board.rows, classes="sortable")).content


def _ranks(row: BoardRow, endpoint: Endpoint) -> RankSet | None:
    return None if row.ranks is None else row.ranks.at(endpoint)


def _full_refusals(row: BoardRow) -> str:
    reports = row.candidate.reports
    return f"{reports.full_refusal_pairs:,} ({percent(reports.full_refusal_pairs, len(reports.pairs))})"


def _floor_table(board: Leaderboard) -> Markup:
    columns = [_MODEL]
    for endpoint, what in ByEndpoint("recommendations", "labels").each():
        floor_of = partial(_floor, endpoint=endpoint)
        columns += [
            Column(f"Floor F, {what}", floor_of, lambda floor: number(floor.F)),
            Column("Excess [95%]", floor_of, lambda floor: signed_estimate_cell(floor.excess)),
            Column("Order by excess", partial(_excess_rank, endpoint=endpoint), str),
        ]
    return section(
        "floors",
        "Noise floor and excess",
        sentences(
            "T is how often (for labels, how much) the reports on original and edit differ, F how often two reports on the "
            "original differ, with the same weight for every source.",
            EXCESS_MEANS,
        ),
        *(sentences(_excess_words(board.rows, endpoint)) for endpoint in ENDPOINTS),
        table("The floor and the excess of each model", columns, board.rows, classes="sortable"),
        notes([EXCESS_ORDER_NOTE]),
    ).content


def _excess_words(rows: Sequence[BoardRow], endpoint: Endpoint) -> str | None:
    known = [(row.candidate.label, floor.excess) for row in rows if (floor := _floor(row, endpoint)) is not None]
    return excess_words(endpoint, known) if known else None


def _excess_rank(row: BoardRow, endpoint: Endpoint) -> int | None:
    return row.endpoints.at(endpoint).excess_rank


def _floor(row: BoardRow, endpoint: Endpoint) -> EndpointFloor | None:
    return row.endpoints.at(endpoint).floor


def _rank_charts(board: Leaderboard) -> Markup:
    charts = [
        rank_chart(
            endpoint,
            [(row.candidate.label, ranks) for row in board.rows if (ranks := _ranks(row, endpoint)) is not None],
        )
        for endpoint in ENDPOINTS
    ]
    return section(
        "ranks",
        "How certain the order is",
        sentences(
            board.ranking.basis,
            "The rank intervals of an endpoint hold for all models at once, with 95% confidence. A model whose interval "
            "includes rank 1 is not separated from the least change (or the most consistency), which does not show that it has "
            "it.",
        ),
        *charts,
    ).content


def _not_comparable(board: Leaderboard) -> Markup:
    columns: list[Column[BoardRow]] = [
        _MODEL,
        Column("Why it is not comparable", lambda row: row.reason),
        _USABLE_PAIRS,
        *(_value_column(endpoint) for endpoint in ENDPOINTS),
    ]
    return section(
        "apart", "Not comparable", table("Scores that are not ranked", columns, board.not_comparable)
    ).content


def _how_to_read(board: Leaderboard, notes: Sequence[str]) -> Markup:
    paragraphs = [
        (
            "Recommendation change is the share of usable pairs whose recommendations differ between the original image and the "
            "edited one. Smaller is not better in itself: a model that recommends the same to everybody changes nothing. Nor is "
            "a change the effect of the edit: a model\u2019s reports on one image differ too."
        ),
        (
            "Diagnostic-label consistency is the share of labels that the two reports have in common: 1 where they have the same "
            "labels. Two reports without any label count as fully consistent."
        ),
        "A pair with a full refusal is not usable. A model that often refuses is measured on the rest, which may be easier.",
        *notes,
    ]
    if board.scope not in PANEL_SCOPES:
        paragraphs.append(f"The scope {board.scope} has no published panel.")
    return section("reading", "How to read this page", *map(sentences, paragraphs)).content


def _signatures(board: Leaderboard) -> Markup:
    columns: list[Column[BoardRow]] = [
        _MODEL,
        Column("Source", lambda row: clipped(row.candidate.origin)),
        Column("Signature", lambda row: element("code", None, row.candidate.signature)),
    ]
    rows = (*board.rows, *board.not_comparable)
    return folded_table("Sources and signatures", columns, rows, "Where each row comes from, and its signature")
