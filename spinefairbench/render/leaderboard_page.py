"""A leaderboard as a page: both endpoints beside what would differ anyway, how certain the order is, and what stands apart."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.problems import counted
from spinefairbench.release.leaderboard import BoardRow, Leaderboard
from spinefairbench.render.html import Column, Markup, element, table
from spinefairbench.render.leaderboard_endpoint import MODEL_OF_ROW, endpoint_section, ranks_of, value_column
from spinefairbench.render.page.charts import RANKS_MEAN, rank_chart
from spinefairbench.render.page.drawing import cited
from spinefairbench.render.page.main_results import refusal_chart
from spinefairbench.render.page.parts import (
    Section,
    contents_list,
    folded_table,
    footer,
    method_section,
    notes,
    section,
    sentences,
    side_by_side,
)
from spinefairbench.render.page.words import clipped, grouped, listed, percent
from spinefairbench.render.whole_page import SYNTHETIC_NOTICE, asset, page
from spinefairbench.statistics.ranks import RankSet

__all__ = ["leaderboard_page"]

_STYLES: Final = ("page.css", "figures.css", "tables.css", "leaderboard.css")
_SCRIPTS: Final = ("sort.js", "figures.js", "take.js", "contents.js")
_USABLE_PAIRS: Final[Column[BoardRow]] = Column("Usable pairs", lambda row: row.candidate.reports.usable_pairs, grouped)
_MOST_NAMED: Final = 3
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
        sections += [endpoint_section(board, endpoint) for endpoint in ENDPOINTS]
        sections.append(_usable_section(board))
    if board.ranking.reason is None:
        sections.append(_rank_charts(board))
    if unreadable:
        sections.append(_unreadable(unreadable))
    if others:
        sections.append(_not_comparable(others))
    sections.append(_signatures(board, notes))
    if (method := method_section(sections)) is not None:
        sections.insert(-1, method)
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


def _summary(board: Leaderboard) -> list[Markup]:
    """What the tables come to, in words."""
    words = []
    for endpoint in ENDPOINTS:
        first = [clipped(row.candidate.label) for row in board.rows if _may_be_first(ranks_of(row, endpoint))]
        if len(first) == 1:
            words.append(f"{endpoint.title}: {first[0]} has {endpoint.first_rank}, separated from all others.")
        elif first:
            who = listed(first) if len(first) <= _MOST_NAMED else f"{len(first)} of {len(board.rows)} models"
            words.append(f"{endpoint.title}: {who} are not separated from {endpoint.first_rank}.")
    if board.ranking.reason is not None:
        words.append(f"There are no ranks: {board.ranking.reason}.")
    return [element("p", {"class": "headline"}, each) for each in words]


def _may_be_first(ranks: RankSet | None) -> bool:
    return ranks is not None and ranks.not_separated_from_best


# --- refusals and ranks ----------------------------------------------------------------------------------------


def _usable_section(board: Leaderboard) -> Section:
    columns: list[Column[BoardRow]] = [
        MODEL_OF_ROW,
        _USABLE_PAIRS,
        Column("Full refusals", _full_refusals, str),
        Column("Partial refusals", lambda row: row.candidate.reports.partial_refusal_pairs, grouped),
    ]
    return section(
        "refusals",
        "Refusals",
        refusal_chart([(row.candidate.label, row.candidate.reports) for row in board.rows]),
        table("Usable pairs and refusals by model", columns, board.rows, classes="sortable"),
        method=[
            (
                "A pair with a full refusal is not usable. A model that often refuses is measured on the rest, which may be "
                "easier"
            )
        ],
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
        sentences(board.ranking.basis),
        side_by_side(charts),
        method=[RANKS_MEAN],
    )


# --- what stands apart -----------------------------------------------------------------------------------------


def _unreadable(rows: Sequence[BoardRow]) -> Section:
    """Reports that the parsers cannot read have no values: what was counted says nothing of what they say."""
    columns: list[Column[BoardRow]] = [
        MODEL_OF_ROW,
        Column("Why it cannot be read", lambda row: row.reason),
        _USABLE_PAIRS,
    ]
    return section("unreadable", "Unreadable", table("Entries whose reports cannot be read", columns, rows))


def _not_comparable(rows: Sequence[BoardRow]) -> Section:
    columns: list[Column[BoardRow]] = [
        MODEL_OF_ROW,
        Column("Why it is not comparable", lambda row: row.reason),
        _USABLE_PAIRS,
        *(value_column(endpoint) for endpoint in ENDPOINTS),
    ]
    return section("apart", "Not comparable", table("Scores that are not ranked", columns, rows))


def _signatures(board: Leaderboard, told: Sequence[str]) -> Section:
    columns: list[Column[BoardRow]] = [
        MODEL_OF_ROW,
        Column("Source", lambda row: clipped(row.candidate.origin)),
        Column("Signature", lambda row: element("code", None, row.candidate.signature)),
    ]
    rows = (*board.rows, *board.not_comparable)
    return section(
        "signatures",
        "Signatures",
        folded_table("Sources and signatures", columns, rows, "Where each row comes from, and its signature"),
        notes([*told, None if board.scope in PANEL_SCOPES else f"The scope {board.scope} has no published panel."]),
    )
