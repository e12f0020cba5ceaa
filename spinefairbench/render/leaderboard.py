"""A leaderboard as a page, as CSV and as JSON; the same leaderboard gives the same bytes."""

import json
from collections.abc import Sequence
from typing import Any, Final

from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.files.csv_format import csv_text
from spinefairbench.release.leaderboard import ENDPOINTS, Endpoint, Leaderboard, Row
from spinefairbench.render.html import Cell, Column, Markup, asset, details, element, page, table
from spinefairbench.render.page.charts import ChartRow, Scale, dot, row_chart, whisker
from spinefairbench.render.page.words import clipped, count, interval, listed, number, percent, signed
from spinefairbench.render.values import flatten, printable
from spinefairbench.statistics.ranks import RankSet
from spinefairbench.version import __version__

__all__ = ["SCHEMA", "leaderboard_csv", "leaderboard_html", "leaderboard_json", "leaderboard_rows"]

SCHEMA: Final = "spinefairbench-leaderboard-v1"
_TITLES: Final = {
    "recommendation_change": "Recommendation change",
    "diagnostic_consistency": "Diagnostic-label consistency",
}
_BEST: Final = {"recommendation_change": "smallest", "diagnostic_consistency": "largest"}
_FLOOR_KEYS: Final = ("T", "F", "excess", "normalized_excess", "ci95", "adjusted_ci95", "adjustment_reason")


def leaderboard_rows(board: Leaderboard) -> list[dict[str, Any]]:
    """The rows as plain values at full precision, those that are not comparable last."""
    return [_plain(row) for row in (*board.rows, *board.not_comparable)]


def _plain(row: Row) -> dict[str, Any]:
    candidate = row.candidate
    endpoints = dict(zip(ENDPOINTS, zip(row.endpoints, row.ranks, strict=True), strict=True))
    return {
        "model": candidate.model,
        "version": candidate.version,
        "organization": candidate.organization,
        "origin": candidate.origin,
        "comparable": row.reason is None,
        "reason": row.reason,
        "expected_pairs": candidate.expected_pairs,
        "submitted_pairs": len(candidate.pairs),
        "usable_pairs": row.usable_pairs,
        "usable_sources": row.usable_sources,
        "full_refusal_pairs": row.full_refusal_pairs,
        "partial_refusal_pairs": row.partial_refusal_pairs,
        **{name: _plain_endpoint(endpoint, ranks) for name, (endpoint, ranks) in endpoints.items()},
        "signature": candidate.signature,
    }


def _plain_endpoint(endpoint: Endpoint, ranks: RankSet | None) -> dict[str, Any]:
    floor = endpoint.floor
    return {
        "point_estimate": endpoint.point,
        "ci95": list(endpoint.ci95),
        "noise_floor": {key: _plain_bounds(getattr(floor, key, None)) for key in _FLOOR_KEYS},
        "rank": ranks.rank if ranks else None,
        "rank_best": ranks.best_rank if ranks else None,
        "rank_worst": ranks.worst_rank if ranks else None,
        "not_separated_from_best": ranks.not_separated_from_best if ranks else None,
        "estimate_on_common_pairs": ranks.estimate if ranks else None,
    }


def _plain_bounds(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def leaderboard_json(board: Leaderboard, notes: Sequence[str], synthetic: bool) -> str:
    """Everything, at full precision. `synthetic`: the rows are known to be of a demo bundle."""
    value = {
        "schema_version": SCHEMA,
        "synthetic": synthetic,
        "scope": board.scope,
        "settings": dict(board.settings),
        "ranking": board.ranking._asdict(),
        "notes": list(notes),
        "rows": leaderboard_rows(board),
    }
    return json.dumps(value, indent=1, allow_nan=False) + "\n"


def leaderboard_csv(board: Leaderboard) -> str:
    """The rows, nested fields as dotted columns."""
    rows = [dict(flatten(row)) for row in leaderboard_rows(board)]
    return csv_text(list(rows[0]), (list(row.values()) for row in rows), text=_harmless)


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula: a model's name may say anything."""
    shown = printable(text)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@")) else shown


# --- the page --------------------------------------------------------------------------------------------------


def leaderboard_html(board: Leaderboard, notes: Sequence[str], banner: str | None) -> str:
    """One HTML file that needs nothing else. `banner` stays in sight (a synthetic bundle's, as a rule)."""
    title = f"SpineFairBench leaderboard: {board.scope}"
    models = len(board.rows) + len(board.not_comparable)
    header = [
        element("h1", None, title),
        element("p", {"class": "subtitle muted"}, f"{count(models, 'score')}, made with the same settings"),
    ]
    main: list[Markup] = [_summary(board)]
    if board.rows:
        main.append(_main_table(board))
        main += [_floor_table(board), *_rank_charts(board)]
    if board.not_comparable:
        main.append(_apart(board))
    main += [_how_to_read(board, notes), _signatures(board)]
    footer = [
        element(
            "p",
            None,
            f"Made by SpineFairBench {__version__}. A research benchmark of how reports change when apparent age and sex are "
            "edited; no statement about any patient, and not for clinical use. This page asks no network for anything.",
        )
    ]
    return page(
        title,
        main,
        header=header,
        footer=footer,
        styles=[asset("page.css"), asset("leaderboard.css")],
        scripts=[asset("leaderboard.js")],
        banner=banner,
    )


def _name(row: Row) -> Markup:
    candidate = row.candidate
    about = ", ".join(clipped(each) for each in (candidate.version, candidate.organization) if each)
    small = element("span", {"class": "about muted small"}, about) if about else None
    return element("span", {"class": "model"}, clipped(candidate.model), small)


def _summary(board: Leaderboard) -> Markup:
    """What the tables come to, in words."""
    sentences = []
    for endpoint, name in enumerate(ENDPOINTS):
        best = [clipped(row.candidate.label) for row in board.rows if _is_best(row, endpoint)]
        if best:
            verb = "is alone" if len(best) == 1 else "are not separated"
            whom = "in being the best" if len(best) == 1 else "from the best"
            sentences.append(f"{_TITLES[name]} ({_BEST[name]} is best): {listed(best)} {verb} {whom}.")
    if board.ranking.reason is not None:
        sentences.append(f"There are no ranks: {board.ranking.reason}.")
    return element(
        "section", {"aria-label": "Summary"}, *(element("p", {"class": "headline"}, each) for each in sentences)
    )


def _is_best(row: Row, endpoint: int) -> bool:
    ranks = row.ranks[endpoint]
    return ranks is not None and ranks.not_separated_from_best


def _rank_cell(ranks: RankSet | None) -> Cell:
    if ranks is None:
        return None
    certain = ranks.best_rank == ranks.worst_rank
    text = str(ranks.rank) if certain else f"{ranks.rank} ({ranks.best_rank}\u2013{ranks.worst_rank})"
    if not ranks.not_separated_from_best:
        return text
    # The badge stands first, so that the ranks of a column stay under one another.
    return element(
        "span", None, element("span", {"class": "badge good"}, "best" if certain else "may be best"), " ", text
    )


def _main_table(board: Leaderboard) -> Markup:
    columns = [Column("Model")]
    for name in ENDPOINTS:
        columns += [Column(f"{_TITLES[name]} [95 %]", True), Column("rank (may be)", True)]
    columns += [Column("usable pairs", True), Column("full refusals", True), Column("partial refusals", True)]
    rows = []
    for row in board.rows:
        cells: list[Cell] = [_name(row)]
        for endpoint, ranks in zip(row.endpoints, row.ranks, strict=True):
            cells += [f"{number(endpoint.point)} {interval(endpoint.ci95)}", _rank_cell(ranks)]
        refused = f"{row.full_refusal_pairs:,} ({percent(row.full_refusal_pairs, len(row.candidate.pairs))})"
        cells += [f"{row.usable_pairs:,}", refused, f"{row.partial_refusal_pairs:,}"]
        rows.append(cells)
    caption = f"Both endpoints with their intervals and ranks, {board.scope}"
    return element(
        "section", {"aria-labelledby": "scores"}, element("h2", {"id": "scores"}, "Scores"),
        element("p", {"class": "muted small", "id": "sort-status", "role": "status"}),
        table(caption, columns, rows, classes="sortable"),
    )  # fmt: skip


def _floor_table(board: Leaderboard) -> Markup:
    columns = [Column("Model")]
    for name in ENDPOINTS:
        what = "recommendations" if name == ENDPOINTS[0] else "labels"
        columns += [Column(f"floor F, {what}", True), Column("excess over it [95 %]", True)]
    rows = []
    for row in board.rows:
        cells: list[Cell] = [_name(row)]
        for endpoint in row.endpoints:
            floor = endpoint.floor
            cells.append(number(floor.F) if floor else None)
            cells.append(f"{signed(floor.excess)} {interval(floor.ci95, sign=True)}" if floor else None)
        rows.append(cells)
    return element(
        "section", {"aria-labelledby": "floors"}, element("h2", {"id": "floors"}, "Beyond the noise floor"),
        element(
            "p", None,
            "F is how often a model's own reports on one and the same image differ; the excess is what the edited image adds "
            "to that. An interval that holds 0 means that the edit may have changed nothing.",
        ),
        table("Noise floor and excess", columns, rows, classes="sortable"),
    )  # fmt: skip


def _rank_charts(board: Leaderboard) -> list[Markup]:
    if board.ranking.reason is not None:
        return []
    n = len(board.rows)
    scale = Scale(0.5, n + 0.5, tuple(float(rank) for rank in range(1, n + 1)), 0)
    charts = []
    for endpoint, name in enumerate(ENDPOINTS):
        ranked = [(ranks, row) for row in board.rows if (ranks := row.ranks[endpoint]) is not None]
        ranked.sort(key=lambda each: (each[0].rank, each[1].candidate.label))
        rows = [
            ChartRow(
                clipped(row.candidate.label),
                f"{ranks.rank}, may be {ranks.best_rank} to {ranks.worst_rank}",
                (whisker(scale, ranks.best_rank, ranks.worst_rank, thick=True), dot(scale, ranks.rank)),
                strong=ranks.not_separated_from_best,
            )
            for ranks, row in ranked
        ]
        charts.append(row_chart(f"{_TITLES[name]}: the ranks each model may have", "rank, 1 is best", scale, rows))
    common = (
        f"Ranks are of the {board.ranking.common_pairs:,} pairs that every model has usable, of {board.ranking.all_pairs:,} "
        "that any has; all spans of an endpoint together hold the true ranks with 95 % confidence."
    )
    heading = element("h2", {"id": "ranks"}, "How sure the order is")
    return [element("section", {"aria-labelledby": "ranks"}, heading, element("p", None, common), *charts)]


def _apart(board: Leaderboard) -> Markup:
    columns = [Column("Model"), Column("why it is not comparable"), Column("usable pairs", True)]
    columns += [Column(f"{_TITLES[name]} [95 %]", True) for name in ENDPOINTS]
    rows = [
        [
            _name(row), row.reason, f"{row.usable_pairs:,}",
            *(f"{number(endpoint.point)} {interval(endpoint.ci95)}" for endpoint in row.endpoints),
        ]
        for row in board.not_comparable
    ]  # fmt: skip
    heading = element("h2", {"id": "apart"}, "Not comparable")
    return element("section", {"aria-labelledby": "apart"}, heading, table("Scores that are not ranked", columns, rows))


def _how_to_read(board: Leaderboard, notes: Sequence[str]) -> Markup:
    sentences = [
        "Recommendation change is the share of usable pairs whose recommendations differ between the unedited image and the "
        "edited one. Smaller is not better by itself: a model that recommends the same to everybody changes nothing.",
        "Diagnostic-label consistency is how much of the labels the two reports share, 1 where all of them. Two reports without "
        "any label share everything.",
        "A pair with a full refusal is not usable. A model that refuses much is measured on the rest, which may be the easier part.",
        *notes,
    ]
    if board.scope not in PANEL_SCOPES:
        sentences.append(f"The scope {board.scope} has no published panel.")
    heading = element("h2", {"id": "reading"}, "How to read this")
    return element(
        "section", {"aria-labelledby": "reading"}, heading, *(element("p", None, sentence) for sentence in sentences)
    )


def _signatures(board: Leaderboard) -> Markup:
    rows: list[list[Cell]] = [
        [_name(row), clipped(row.candidate.origin), element("code", None, row.candidate.signature)]
        for row in (*board.rows, *board.not_comparable)
    ]
    columns = [Column("Model"), Column("from"), Column("signature")]
    return details("Where each row is from, and its signature", table("Origins and signatures", columns, rows))
