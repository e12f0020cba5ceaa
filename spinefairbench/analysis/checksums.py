"""Several SHA-256 manifests, one row each; completeness and fixity apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.artifacts import looks_like_bundle
from spinefairbench.bundle.checksum_manifest import check_manifest, files_below
from spinefairbench.errors import BundleError

__all__ = ["ChecksumRow", "ManifestRequest", "checksums"]

NOT_RELEASED: Final = frozenset({".git", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
"""What tools leave in a checkout; no manifest lists it. In a bundle nothing is left out."""


class ManifestRequest(NamedTuple):
    """A manifest to check, and the name under which to report it."""

    path: Path
    name: str


@dataclass(frozen=True)
class ChecksumRow:
    """Numbers of files that one manifest lists, and of those that are missing or changed."""

    manifest: str
    files: int
    missing: int
    changed: int


def checksums(
    requests: Sequence[ManifestRequest],
    *,
    list_unlisted: bool = False,
    jobs: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    not_checked: Sequence[str] = (),
) -> CheckResult:
    """Check each manifest; every missing, changed, unreadable or malformed entry is a problem of its own."""
    rows = []
    problems: list[str] = []
    errors: list[str] = []
    listed_below: dict[Path, set[str]] = {}
    for request in requests:
        name = request.name

        def told(done: int, of: int, name: str = name) -> None:
            if progress is not None:
                progress(name, done, of)

        try:
            found = check_manifest(request.path, jobs=jobs, progress=told)
        except BundleError as error:
            errors += [f"{name}: {problem}" for problem in error.problems]
            continue
        rows.append(ChecksumRow(name, len(found.listed), len(found.missing), len(found.changed)))
        errors += [f"{name}: {fault}" for fault in (*found.malformed, *found.unreadable)]
        problems += [f"{name}: missing: {path}" for path in found.missing]
        problems += [f"{name}: changed: {path}" for path in found.changed]
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


def _left_out_below(root: Path) -> Callable[[Path], bool]:
    if looks_like_bundle(root):
        return lambda path: False
    # A release that was unpacked beside the code has manifests of its own.
    return lambda path: path.name in NOT_RELEASED or (path.parent == root and looks_like_bundle(path))
