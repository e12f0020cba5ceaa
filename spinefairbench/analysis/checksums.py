"""Check several SHA-256 manifests: one row each, with missing and changed files counted apart."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from spinefairbench.analysis.inputs import CODE_ROOT, Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import looks_like_bundle
from spinefairbench.bundle.checksum_manifest import ManifestCheck, check_manifest, files_below
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT
from spinefairbench.problems import Problem

if TYPE_CHECKING:
    from spinefairbench.problems import ProblemLike

__all__ = ["ChecksumRow", "ManifestRequest", "check", "checksums"]

NOT_RELEASED: Final = frozenset({".git", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""What tools leave in a checkout; no manifest lists it. In a bundle nothing is left out."""


_BUNDLE_MANIFEST: Final = f"bundle: {layout.SHA256SUMS}"
_READER_MANIFEST: Final = f"bundle: {layout.READER_SUMS}"


class ManifestRequest(NamedTuple):
    """A manifest to check.

    `name` is what reports call it. `of` says in a word or two what the manifest as a whole vouches for ("release",
    "bundle"), so that the report can say that this is damaged; None where nobody knows. With `own_code` the files
    are this program's, and a git checkout of them may have been edited since its last commit.
    """

    path: Path
    name: str
    of: str | None = None
    own_code: bool = False

    @property
    def in_checkout(self) -> bool:
        """Whether the manifest is that of a git checkout. A worktree's `.git` is a file; no git program is needed."""
        return self.own_code and os.path.lexists(self.path.parent / ".git")


@dataclass(frozen=True)
class ChecksumRow:
    """How many files one manifest lists, and how many of them are missing or changed."""

    manifest: str
    files: int
    missing: int
    changed: int


def _untold(*_: object) -> None:
    """Progress that nobody asked for."""


def checksums(
    requests: Sequence[ManifestRequest],
    *,
    list_unlisted: bool = False,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] = _untold,
    not_checked: Sequence[str] = (),
    edits_fail: bool = True,
) -> CheckResult:
    """Check each manifest; every missing, changed, unreadable or malformed entry is a problem of its own.

    With `list_unlisted` files that no manifest lists are problems too. `jobs` files are hashed at once;
    `progress` is told the manifest's name, the files done and their number. `not_checked` is passed on to the result.

    A checkout of this program's own code whose files differ from its manifest was edited, and an unpacked release
    that does is damaged; the problems say which. Without `edits_fail` the former is no problem: the result says under
    `not_checked` that the edited files are not those of a commit. A manifest that cannot be read is an error.
    """
    rows = []
    problems: list[str] = []
    errors: list[ProblemLike] = []
    listed_below: dict[Path, set[str]] = {}
    for request in requests:
        name = request.name
        try:
            found = check_manifest(request.path, jobs=jobs, progress=partial(progress, name))
        except BundleError as error:
            errors += [f"{name}: {problem}" for problem in error.problems]
            continue
        rows.append(ChecksumRow(name, len(found.listed), len(found.missing), len(found.changed)))
        errors += [f"{name}: {fault}" for fault in (*found.malformed, *found.unreadable)]
        if request.in_checkout and not edits_fail and (found.missing or found.changed):
            not_checked = (*not_checked, f"{name}: {_edited(found)}")
        else:
            problems += [f"{name}: {problem}" for problem in _differences(request, found)]
        # Several manifests may share a folder; a file is unlisted where none of them has it.
        listed_below.setdefault(request.path.parent, set()).update(found.listed, {request.path.name})
    summary = {}
    if list_unlisted:
        summary["unlisted"] = 0
        for root, listed in listed_below.items():
            try:
                unlisted = [path for path in files_below(root, _left_out_below(root)) if path not in listed]
            except BundleError as error:
                errors += error.problems
                continue
            summary["unlisted"] += len(unlisted)
            problems += [f"not listed: {path}" for path in unlisted]
    else:
        not_checked = (*not_checked, "whether files lie there that no manifest lists (--unlisted names them)")
    return CheckResult(tuple(rows), summary, tuple(problems), tuple(errors), not_checked=tuple(not_checked))


def _differences(request: ManifestRequest, found: ManifestCheck) -> list[str]:
    """The files that differ from their manifest, and in one sentence what that means."""
    problems = [f"missing: {path}" for path in found.missing]
    problems += [f"changed: {path}" for path in found.changed]
    if problems and request.in_checkout:
        problems.append(_edited(found))
    elif problems and request.of is not None:
        problems.append(f"this {request.of} is damaged: {_tally(found)}")
    return problems


def _edited(found: ManifestCheck) -> str:
    return f"this checkout was edited since its last commit: {_tally(found)}"


def _tally(found: ManifestCheck) -> str:
    differ = len(found.missing) + len(found.changed)
    return f"{differ:,} of its {len(found.listed):,} files {'is' if differ == 1 else 'are'} missing or changed"


def _left_out_below(root: Path) -> Callable[[Path], bool]:
    if looks_like_bundle(root):
        return lambda path: False
    # A release that was unpacked beside the code has manifests of its own.
    return lambda path: path.name in NOT_RELEASED or (path.parent == root and looks_like_bundle(path))


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `checksums`: the manifests named, or those of the code and of the bundle.

    Raises UsageError for standard input as a manifest, BundleError.
    """
    options = inputs.options
    if STANDARD_INPUT in options.manifests:
        raise UsageError(
            "manifest -: the files that a manifest lists lie beside it; expected a file, not standard input"
        )
    requests = [ManifestRequest(Path(name), name) for name in options.manifests]
    not_checked = []
    if not requests:
        own = CODE_ROOT / layout.SHA256SUMS
        if own.exists():
            requests.append(ManifestRequest(own, f"code: {layout.SHA256SUMS}", "release", own_code=True))
        else:
            not_checked.append("the code's own files: an installed package has no manifest")
        root = inputs.bundle.root
        # Every file that they list is hashed; these two say which.
        inputs.bundle.note(name for name in (layout.SHA256SUMS, layout.READER_SUMS) if inputs.bundle.exists(name))
        requests += [
            ManifestRequest(root / layout.SHA256SUMS, _BUNDLE_MANIFEST, "bundle"),
            ManifestRequest(root / layout.READER_SUMS, _READER_MANIFEST, "bundle"),
        ]
    result = checksums(
        requests,
        list_unlisted=options.unlisted,
        jobs=inputs.jobs,
        progress=lambda name, done, of: inputs.progress(f"{name}: {done:,} of {of:,} files"),
        not_checked=not_checked,
        edits_fail=not inputs.part_of_all,
    )
    return result if options.manifests else replace(result, problems=(*result.problems, *_entries(inputs, result.rows)))


def _entries(inputs: Inputs, rows: Sequence[ChecksumRow]) -> list[Problem]:
    """Whether the bundle's manifests list as many files as the release's, in the variant that this is nearest."""
    release, counts = inputs.published("release"), inputs.published("counts")
    if release is None or counts is None:
        return []
    variant = inputs.bundle.nearest_variant
    wanted = [
        (_BUNDLE_MANIFEST, release["variants"][variant], "manifest_entries"),
        (_READER_MANIFEST, counts, "reader_manifest_entries"),
    ]
    if variant == "anonymous":
        wanted.append((_BUNDLE_MANIFEST, counts, "artifact_manifest_entries"))
    files = {row.manifest: row.files for row in rows}
    problems = [
        problem
        for manifest, figures, key in wanted
        if manifest in files
        for problem in figures.expect(key, files[manifest], name="files listed", place=manifest)
    ]
    return list(dict.fromkeys(problems))  # one number was published twice
