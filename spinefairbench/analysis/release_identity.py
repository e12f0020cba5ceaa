"""Whether this is the released bundle, by the SHA-256 of seven files that pin all the others."""

from dataclasses import dataclass

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.published import published
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, Reference, expect

__all__ = ["AnchorRow", "check"]


@dataclass(frozen=True)
class AnchorRow:
    """One anchor file and its SHA-256; `actual` is None where the file cannot be read."""

    path: str
    expected: str
    actual: str | None


def check(inputs: Inputs) -> CheckResult:
    """Compare the SHA-256 of each anchor file with the release's.

    For a demo bundle the hashes are listed and not compared, which the result's `not_checked` says.
    """
    bundle = inputs.bundle
    rows: list[AnchorRow] = []
    errors: list[Problem] = []
    problems: list[Problem] = []
    for path, expected in published("release")["variants"]["anonymous"]["anchors"].items():
        try:
            actual = bundle.sha256(path)
        except BundleError as error:
            actual = None
            errors += error.problems
        rows.append(AnchorRow(path, expected, actual))
        if actual is not None and bundle.held_to_release:
            problems += expect(actual, expected, name="SHA-256", place=path, reference=Reference.RELEASE)
    if not bundle.held_to_release:
        return CheckResult(
            tuple(rows),
            {"applicable": False},
            not_checked=("the anchors: a demo bundle is not the release, so this check is not applicable",),
        )
    return CheckResult(tuple(rows), {"applicable": True}, tuple(problems), tuple(errors))
