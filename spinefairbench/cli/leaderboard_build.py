"""leaderboard build: score files side by side, as a page, as CSV and as JSON."""

from pathlib import Path

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import new_folder, outside_bundle, require_free_folder, require_unread
from spinefairbench.errors import ErrorCollector, SubmissionError, UsageError
from spinefairbench.release.leaderboard import Candidate, build_leaderboard, candidates_of_panel, score_candidate
from spinefairbench.release.score_file import read_score
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
    require_free_folder(folder, ", ".join(LEADERBOARD_FILES), force=options.force)
    candidates: list[Candidate] = []
    kinds: set[str | None] = set()
    collector = ErrorCollector(SubmissionError)
    for number, path in enumerate(options.scores, 1):
        inputs.progress(f"score {number:,} of {len(options.scores):,}")
        with collector:
            # Of a thousand files, the contents would take gigabytes.
            file = read_score(Path(path), inputs.standard_input)
            candidates.append(score_candidate(file))
            kinds.add(file.score.bundle)
    collector.raise_if_any()
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
    synthetic = of_panel or "demo" in kinds
    rows = leaderboard_rows(board)
    write_leaderboard(folder, board, rows, notes, synthetic=synthetic)
    summary = {
        "output": str(folder),
        "scope": board.scope,
        "not_comparable": [f"{row.candidate.label}: {row.reason}" for row in board.not_comparable],
        "no_ranks_because": board.ranking.reason,
    }
    return CheckResult(tuple(rows), summary, notes=tuple(notes))
