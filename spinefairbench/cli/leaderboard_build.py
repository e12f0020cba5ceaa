"""leaderboard build: score files side by side, as a page, as CSV and as JSON."""

import os
from pathlib import Path

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import new_folder, outside_bundle, require_unread
from spinefairbench.errors import ErrorCollector, OutputError, SubmissionError, UsageError
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem
from spinefairbench.release.leaderboard import build_leaderboard, candidates_of_panel, score_candidate
from spinefairbench.release.score_file import ScoreFile, read_score
from spinefairbench.render.leaderboard_files import LEADERBOARD_FILES, leaderboard_rows, write_leaderboard

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `leaderboard build`. Raises UsageError, SubmissionError, BundleError or OutputError."""
    options = inputs.options
    if not options.scores and not options.panel:
        raise UsageError("nothing to build from: give score files, or --panel for the models of the bundle")
    folder = new_folder(options.output)
    outside_bundle(inputs, options.output)
    outputs = {f"output {name}": str(folder / name) for name in LEADERBOARD_FILES}
    require_unread(outputs, [("a score file that is read", name) for name in options.scores])
    _check_folder(folder, force=options.force)
    scores: list[ScoreFile] = []
    collector = ErrorCollector(SubmissionError)
    for path in options.scores:
        with collector:
            scores.append(read_score(Path(path), inputs.standard_input))
    collector.raise_if_any()
    candidates = [score_candidate(score) for score in scores]
    if options.panel:
        candidates += candidates_of_panel(inputs, candidates)
    board = build_leaderboard(candidates, inputs.bootstrap)
    notes = ["The panel's models were measured from the bundle's saved reports."] if options.panel else []
    if board.ranking.reason is None:
        notes.append(f"{board.ranking.basis} Each model may have any rank of its range.")
    unknown = [each.label for each in candidates if each.reports.quality.texts is None]
    if unknown:
        notes.append(
            "Whether the parsers can read the reports is not known where a score file does not say (an earlier version wrote "
            f"it): {', '.join(unknown)}."
        )
    # Whoever wrote a score file knew its bundle; one synthetic row makes the whole board synthetic.
    of_panel = options.panel and inputs.bundle_kind == "demo"
    synthetic = of_panel or any(score.score.bundle == "demo" for score in scores)
    rows = leaderboard_rows(board)
    write_leaderboard(folder, board, rows, notes, synthetic=synthetic)
    summary = {
        "output": str(folder),
        "scope": board.scope,
        "not_comparable": [f"{row.candidate.label}: {row.reason}" for row in board.not_comparable],
        "no_ranks_because": board.ranking.reason,
    }
    return CheckResult(tuple(rows), summary, notes=tuple(notes))


def _check_folder(folder: Path, *, force: bool) -> None:
    """Raise OutputError where the folder holds anything and is not to be overwritten, or is no folder."""
    try:
        held = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "not a usable path"
        raise OutputError(Problem(str(folder), f"cannot be written to: {why}")) from None
    if held and not force:
        shown = ", ".join(held[:5]) + (", …" if len(held) > 5 else "")
        message = (
            f"not empty ({shown}); give a new or empty folder, or use --force to overwrite "
            f"{', '.join(LEADERBOARD_FILES)} and leave the rest"
        )
        raise OutputError(Problem(str(folder), message))
