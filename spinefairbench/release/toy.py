"""The bundle's toy submission, scored and compared with the published values, which no bundle changes."""

from typing import Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.published import Figures, published
from spinefairbench.problems import TOLERANCE
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import submission_from_json
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["check"]

_PLACE: Final = "toy submission"
_BOOTSTRAP: Final = Bootstrap(1_000)
"""It stands here too, so that a published number of resamples that is another one is told as such."""


def check(inputs: Inputs) -> CheckResult:
    """Score the toy submission, for `all`. Raises SubmissionError and BundleError where it cannot be scored."""
    bundle = inputs.bundle
    if not bundle.exists(layout.TOY_SUBMISSION):
        return CheckResult(not_checked=(f"the toy submission: this bundle has no {layout.TOY_SUBMISSION}",))
    expected = Figures(published("toy_submission"), inputs.ledger, ("toy_submission",))
    submission = submission_from_json(bundle.json(layout.TOY_SUBMISSION), bundle)
    row = score_submission(submission, _BOOTSTRAP).table2_row()
    compared = ("recommendation_change", "recommendation_ci95", "diagnostic_consistency", "diagnostic_ci95")
    problems = [
        *expected.expect("pairs", len(submission.pairs), place=_PLACE),
        *expected.expect("bootstrap_iterations", _BOOTSTRAP.iterations, place=_PLACE),
        *expected.expect_each(compared, row, TOLERANCE, place=_PLACE),
    ]
    return CheckResult((row,), {}, tuple(problems))
