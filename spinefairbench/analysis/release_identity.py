"""Whether this is the released bundle, and which of its two archives: by the SHA-256 of files that pin the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.published import published
from spinefairbench.bundle.reader_study import reviewer_files
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, Reference, expect

__all__ = ["AnchorRow", "check"]


@dataclass(frozen=True)
class AnchorRow:
    """A file whose SHA-256 was published; `actual` is None where the file cannot be read."""

    path: str
    expected: str
    actual: str | None


def check(inputs: Inputs) -> CheckResult:
    """Compare files with the release's: seven anchors, then the frozen inputs and the reader study's files.

    The anchors are those of the archive, anonymous or public, of which more are here; what the two share is expected of
    either. Of a demo bundle the anchors are listed and not compared, which the result's `not_checked` says.
    """
    bundle = inputs.bundle
    release = published("release")
    anchors: Mapping[str, str] = release["variants"][bundle.nearest_variant]["anchors"]
    expected = dict(anchors)
    if bundle.held_to_release:
        expected |= release["frozen_files"] | _by_path(bundle, release["reader_files"])
    bundle.note(path for path, actual in bundle.anchors.items() if actual is not None)
    rows: list[AnchorRow] = []
    errors: list[Problem] = []
    problems: list[Problem] = []
    for path, wanted in expected.items():
        actual = bundle.anchors.get(path)
        try:
            actual = actual or bundle.sha256(path)
        except BundleError as error:
            errors += error.problems
        rows.append(AnchorRow(path, wanted, actual))
        if actual is not None and bundle.held_to_release:
            problems += expect(actual, wanted, name="SHA-256", place=path, reference=Reference.RELEASE)
    if not bundle.held_to_release:
        said = "the anchors: a demo bundle is not the release, so this check is not applicable"
        return CheckResult(tuple(rows), {"applicable": False, "variant": None}, not_checked=(said,))
    problems += _mixture(bundle)
    notes = () if bundle.variant is None else (f"this is the {bundle.variant} variant of the release",)
    summary = {"applicable": True, "variant": bundle.variant}
    return CheckResult(tuple(rows), summary, tuple(problems), tuple(errors), notes=notes)


def _by_path(bundle: Bundle, hashes: Mapping[str, str]) -> dict[str, str]:
    """The reader study's files, which were published by name, by their path in this bundle."""
    try:
        paths = reviewer_files(bundle)
    except BundleError:
        paths = []
    paths += [layout.PAIR_RESULTS, layout.HIDDEN_REPEATS, layout.DETECTABILITY, layout.READER_EXCLUSIONS]
    place = {path.rpartition("/")[2]: path for path in paths}
    return {
        place.get(name, f"{layout.VALIDATION_PUBLIC}/per_reviewer/{name}"): digest for name, digest in hashes.items()
    }


def _mixture(bundle: Bundle) -> list[Problem]:
    """A problem where some files are of one archive only and others of the other only."""
    variants = published("release")["variants"]
    own: dict[str, list[str]] = {}
    for path, actual in bundle.anchors.items():
        holders = [name for name, variant in variants.items() if variant["anchors"].get(path) == actual]
        if len(holders) == 1:
            own.setdefault(holders[0], []).append(path)
    if len(own) < 2:
        return []
    said = "; ".join(f"of the {name} variant: {', '.join(paths)}" for name, paths in own.items())
    return [Problem("", f"files of both archives of the release are mixed ({said})")]
