"""A leaderboard as a page, as CSV and as JSON; the same leaderboard gives the same bytes."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from spinefairbench.analysis.estimates import NO_ESTIMATE
from spinefairbench.analysis.noise_floor import EndpointFloor
from spinefairbench.files.writing import write_whole
from spinefairbench.release.leaderboard import BoardRow, Leaderboard, Measured
from spinefairbench.render.leaderboard_endpoint import ranks_of
from spinefairbench.render.leaderboard_page import leaderboard_page
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
            endpoint.name: _plain_endpoint(measured, ranks_of(row, endpoint))
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
        leaderboard_page(board, notes, synthetic=synthetic),
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
