"""leaderboard build: score files side by side, as a page, as CSV and as JSON."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.release.leaderboard import Candidate

__all__ = ["COMMANDS"]

_NAMES: Final = ("leaderboard.html", "leaderboard.csv", "leaderboard.json")


def _check_folder(folder: Path, *, force: bool) -> None:
    """Raises OutputError where the folder holds anything and --force was not given, or is no folder."""
    from spinefairbench.errors import OutputError
    from spinefairbench.files.reading import reason

    try:
        held = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "not a usable path"
        raise OutputError(f"{folder}: cannot be written to: {why}") from None
    if held and not force:
        shown = ", ".join(held[:5]) + (", …" if len(held) > 5 else "")
        raise OutputError(
            f"{folder}: holds files already ({shown}); give a new or empty folder, or --force to replace "
            f"{', '.join(_NAMES)} there and leave the rest"
        )


def _panel(run: Run, scores: "list[Candidate]") -> "list[Candidate]":
    """The panel's models for the scope and settings of the scores, or the frozen ones where there is no score."""
    from spinefairbench.bundle.scopes import COMMON_CORE, PANEL_SCOPES, scope_pairs
    from spinefairbench.errors import BundleError, UsageError
    from spinefairbench.release.leaderboard import panel_candidates
    from spinefairbench.release.signature import signature_parts
    from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

    scope = scores[0].scope if scores else COMMON_CORE
    if scope not in PANEL_SCOPES:
        raise UsageError(f"--panel: the scope {scope} has no published panel; expected {' or '.join(PANEL_SCOPES)}")
    pairs = scope_pairs(run.bundle, scope)
    assert pairs is not None, "the panel's scopes have pairs"
    parts = signature_parts(scores[0].signature) if scores else {}
    reports = run.panels()
    if reports.problems:
        raise BundleError(reports.problems)
    return panel_candidates(
        reports.models,
        scope,
        pairs,
        Bootstrap(int(parts.get("iter", FROZEN.iterations)), int(parts.get("seed", FROZEN.seed))),
    )


def _build(run: Run) -> "CheckResult":
    from contextlib import ExitStack

    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.errors import ErrorCollector, SubmissionError, UsageError
    from spinefairbench.files.writing import write_whole
    from spinefairbench.release.leaderboard import build_leaderboard, score_candidate
    from spinefairbench.release.score_file import ScoreFile, read_score
    from spinefairbench.render.leaderboard_files import (
        leaderboard_csv,
        leaderboard_html,
        leaderboard_json,
        leaderboard_rows,
    )
    from spinefairbench.render.page.panel import SYNTHETIC

    args = run.args
    if not args.scores and not args.panel:
        raise UsageError("nothing to build from: give score files, or --panel for the models of the bundle")
    folder = Path(args.output)
    _check_folder(folder, force=args.force)
    scores: list[ScoreFile] = []
    collector = ErrorCollector(SubmissionError)
    for path in args.scores:
        with collector:
            scores.append(read_score(Path(path)))
    collector.raise_if_any()
    candidates = [score_candidate(score) for score in scores]
    if args.panel:
        candidates += _panel(run, candidates)
    board = build_leaderboard(
        candidates, progress=lambda done, of: run.progress.show(f"bootstrap: {done:,} of {of:,} resamples")
    )
    notes = ["The panel's models were measured from the bundle's saved reports."] if args.panel else []
    if board.ranking.reason is None:
        notes.append(
            f"Ranks are of the {board.ranking.common_pairs:,} pairs that every model has usable, of "
            f"{board.ranking.all_pairs:,}; each may be any rank of its span."
        )
    # Whoever wrote a score file knew its bundle; one synthetic row makes the whole board synthetic.
    of_panel = args.panel and run.bundle.kind == "demo"
    synthetic = of_panel or any(score.content.get("bundle") == "demo" for score in scores)
    contents = (
        leaderboard_html(board, notes, SYNTHETIC if synthetic else None),
        leaderboard_csv(board),
        leaderboard_json(board, notes, synthetic),
    )
    # Each appears under its name only when all are written beside it.
    with ExitStack() as stack:
        for name, content in zip(_NAMES, contents, strict=True):
            stack.enter_context(write_whole(folder / name)).write(content)
    summary = {
        "output": str(folder),
        "scope": board.scope,
        "not_comparable": [f"{row.candidate.label}: {row.reason}" for row in board.not_comparable],
        "no_ranks_because": board.ranking.reason,
    }
    return CheckResult(tuple(leaderboard_rows(board)), summary, notes=tuple(notes))


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scores", nargs="*", metavar="SCORE", help="score files, as `score` writes them")
    parser.add_argument("--output", required=True, metavar="DIR", help="the folder to write; new or empty")
    parser.add_argument("--panel", action="store_true", help="add the models of the bundle's panel")
    parser.add_argument("--force", action="store_true", help="replace a leaderboard that is there already")


COMMANDS: Final = (
    Command(
        "leaderboard build",
        "put score files side by side, with ranks, as a page, CSV and JSON",
        "leaderboard build mine.json theirs.json --panel --output leaderboard",
        _build,
        _configure,
    ),
)
