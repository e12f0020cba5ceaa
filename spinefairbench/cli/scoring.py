"""score: from a submission to a score file; and the toy submission as a check of `all`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run, different_files, positive_int, seed
from spinefairbench.cli.report import add_pairs_option, write_page

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.bundle.reports import PanelReports
    from spinefairbench.errors import BundleError

__all__ = ["COMMANDS", "TOY_CHECK"]

_SCOPES: Final = ("common-core-1000", "all-model-intersection-2166", "qc-passed", "toy")


def _score(run: Run) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.errors import UsageError
    from spinefairbench.release.scoring import score_submission, write_score
    from spinefairbench.release.submission import read_submission

    args = run.args
    different_files(submission=args.submission, output=args.output, report=args.report)
    if args.pairs is not None and args.report is None:
        raise UsageError("--pairs is for the page of --report, which was not asked for")
    submission = read_submission(Path(args.submission), run.bundle, scope=args.scope, allow_partial=args.allow_partial)
    score = score_submission(submission, run.bootstrap)
    write_score(score, Path(args.output))
    if args.report is not None:
        from spinefairbench.files.writing import write_whole
        from spinefairbench.render.page.submission import submission_contents

        contents = submission_contents(
            submission,
            score,
            _panel(run),
            pairs=args.pairs,
            bootstrap=run.bootstrap,
            progress=run.progress.show,
        )
        with write_whole(Path(args.report)) as handle:
            write_page(contents, handle, args.report)
    summary = {
        "scope": score.scope,
        "comparable_to_panel_scope": score.comparable_to_panel_scope,
        "output": args.output,
        "signature": score.signature,
        "noise_floor": {
            endpoint.short_name: {"T": floor.T, "F": floor.F, "excess": floor.excess.value, "ci95": floor.excess.ci95}
            for endpoint, floor in score.floor.endpoints.each()
        },
    }
    notes = (*(f"warning: {text}" for text in score.warnings), *score.notes)
    return CheckResult((score.table2_row(),), summary, notes=notes)


def _panel(run: Run) -> "PanelReports | BundleError":
    """The bundle's own reports, or why they cannot be read: a page says so and does without them."""
    from spinefairbench.errors import BundleError

    try:
        return run.panels_of(None)
    except BundleError as error:
        return error


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--submission", required=True, metavar="F", help="the submission, a JSON file")
    parser.add_argument("--output", required=True, metavar="F", help="the score file to write")
    parser.add_argument("--report", metavar="F", help="also write an HTML page about this submission")
    add_pairs_option(parser)
    parser.add_argument("--scope", choices=_SCOPES, help="score for this scope instead of the submission's own")
    parser.add_argument("--allow-partial", action="store_true", help="score although pairs of the scope are missing")
    parser.add_argument("--bootstrap-iterations", type=positive_int, metavar="N", help="default 10,000")
    parser.add_argument("--seed", type=seed, metavar="S", help="default 42, for both endpoints")


def _toy(run: Run) -> "CheckResult":
    from spinefairbench.release.toy import toy_check

    return toy_check(run.bundle)


TOY_CHECK: Final = Command("score", "score the bundle's toy submission", "all", _toy)
COMMANDS: Final = (
    Command(
        "score",
        "score a submission",
        "score --submission submission.json --output score.json --artifacts artifacts",
        _score,
        _configure,
    ),
)
