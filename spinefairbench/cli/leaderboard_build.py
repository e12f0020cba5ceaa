"""leaderboard build: score files side by side, as a page, as CSV and as JSON."""

from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import new_folder, outside_bundle, require_free_folder, require_unread
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT
from spinefairbench.parallel import in_order
from spinefairbench.problems import Problem
from spinefairbench.release.leaderboard import Candidate, build_leaderboard, candidates_of_panel, score_candidate
from spinefairbench.release.score_file import read_score
from spinefairbench.render.leaderboard_files import LEADERBOARD_FILES, leaderboard_rows, write_leaderboard

__all__ = ["check"]

_WORTH_PROCESSES: Final = 50
"""From so many score files on, several processes read them."""


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
    candidates, kinds = _read_scores(inputs)
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


def _read_scores(inputs: Inputs) -> tuple[list[Candidate], set[str | None]]:
    """The candidates of the score files in the order given, and the kinds of bundle they were scored on.

    Raises SubmissionError. Of a thousand files, the whole contents would take gigabytes.
    """
    paths = inputs.options.scores
    jobs = inputs.jobs if len(paths) >= _WORTH_PROCESSES and STANDARD_INPUT not in paths else 1
    candidates: list[Candidate] = []
    kinds: set[str | None] = set()
    problems: list[Problem] = []
    read = partial(_candidate_of, standard_input=None if jobs > 1 else inputs.standard_input)
    for number, (candidate, kind, faults) in enumerate(in_order(read, paths, jobs), 1):
        inputs.progress(f"score {number:,} of {len(paths):,}")
        problems += faults
        if candidate is not None:
            candidates.append(candidate)
            kinds.add(kind)
    if problems:
        raise SubmissionError(dict.fromkeys(problems))
    return candidates, kinds


def _candidate_of(
    path: str, standard_input: BinaryIO | None
) -> tuple[Candidate | None, str | None, tuple[Problem, ...]]:
    """The candidate of a score file, the kind of its bundle, and what is wrong with the file."""
    try:
        file = read_score(Path(path), standard_input)
        return score_candidate(file), file.score.bundle, ()
    except SubmissionError as error:
        return None, None, error.problems
