"""Whether this is the released bundle: seven files that pin all the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.artifacts import Bundle, sha256_of
from spinefairbench.errors import BundleError

__all__ = ["AnchorRow", "release_identity"]


@dataclass(frozen=True)
class AnchorRow:
    """One anchor file; `actual` is None where it cannot be read."""

    path: str
    expected: str
    actual: str | None


def release_identity(bundle: Bundle, anchors: Mapping[str, str]) -> CheckResult:
    """Compare the SHA-256 of each anchor. For a demo bundle nothing is compared, and that is said."""
    rows: list[AnchorRow] = []
    errors: list[str] = []
    problems: list[str] = []
    applicable = bundle.kind != "demo"
    for path, expected in anchors.items():
        try:
            actual = sha256_of(bundle, path)
        except BundleError as error:
            actual = None
            errors += error.problems
        rows.append(AnchorRow(path, expected, actual))
        if actual is not None and actual != expected:
            problems.append(f"{path}: SHA-256 {actual}; the release has {expected}")
    if not applicable:
        return CheckResult(
            tuple(rows),
            {"applicable": False},
            not_checked=("the anchors: a demo bundle is not the release, so this check is not applicable",),
        )
    return CheckResult(tuple(rows), {"applicable": True}, tuple(problems), tuple(errors))
