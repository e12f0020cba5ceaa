"""The bundle's toy submission, scored and compared with the published values, which no bundle changes."""

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.problems import TOLERANCE, expect_each
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import submission_from_json
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Score the toy submission, for `all`. Raises SubmissionError and BundleError where it cannot be scored."""
    bundle = inputs.bundle
    if not bundle.exists(layout.TOY_SUBMISSION):
        return CheckResult(not_checked=(f"the toy submission: this bundle has no {layout.TOY_SUBMISSION}",))
    expected = published()["toy_submission"]
    submission = submission_from_json(bundle.json(layout.TOY_SUBMISSION), bundle)
    row = score_submission(submission, Bootstrap(expected["bootstrap_iterations"])).table2_row()
    compared = ("recommendation_change", "recommendation_ci95", "diagnostic_consistency", "diagnostic_ci95")
    return CheckResult((row,), {}, tuple(expect_each(compared, row, expected, TOLERANCE, place="toy submission")))
