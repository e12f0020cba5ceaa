"""SHA-256 manifests: read strictly; then every listed file is hashed, several at a time.

Completeness (a listed file is missing, a file is not listed) and fixity (a file changed) are reported apart.
"""

import os
import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder, relative_path_fault
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, ProblemKind, unreadable

__all__ = ["ManifestCheck", "check_manifest", "files_below", "read_entries"]

_LINE: Final = re.compile(r"([0-9A-Fa-f]{64}) [ *](.+)")
_MAX_MANIFEST_BYTES: Final = 256 * 1024 * 1024
_MAX_LINE_BYTES: Final = 16 * 1024
_BATCH: Final = 64


class ManifestCheck(NamedTuple):
    """What a manifest lists and what its folder holds; paths are relative to the manifest's own folder.

    `unreadable` are listed files that are there and cannot be read, `malformed` the manifest's own faulty lines.
    """

    listed: frozenset[str]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    unreadable: tuple[Problem, ...]
    malformed: tuple[Problem, ...]


def check_manifest(
    manifest: Path,
    *,
    jobs: int,
    progress: Callable[[int, int], None],
) -> ManifestCheck:
    """Check every file that `manifest` lists against its SHA-256, in `jobs` threads, or in this one where that is 1.

    `progress` is told how many of how many files are done. Raises BundleError where the manifest itself cannot be
    read.
    """
    folder = Folder(manifest.parent)
    entries, malformed = read_entries(folder, manifest.name)
    absent: list[str] = []
    changed: list[str] = []
    faults: list[Problem] = []
    paths = list(entries)
    batches = [paths[i : i + _BATCH] for i in range(0, len(paths), _BATCH)]
    done = 0
    with closing(_in_threads(lambda paths: [_digest(folder, path) for path in paths], batches, jobs)) as digests:
        for batch, results in zip(batches, digests, strict=True):
            for path, digest in zip(batch, results, strict=True):
                if not isinstance(digest, Problem):
                    if digest != entries[path]:
                        changed.append(path)
                elif digest.kind is ProblemKind.MISSING:
                    absent.append(path)
                else:
                    faults.append(digest)
            done += len(batch)
            progress(done, len(paths))
    return ManifestCheck(frozenset(entries), tuple(absent), tuple(changed), tuple(faults), tuple(malformed))


def _in_threads(
    function: Callable[[list[str]], list[str | Problem]], batches: list[list[str]], jobs: int
) -> Generator[list[str | Problem], None, None]:
    """`function` of each batch in turn, in `jobs` threads; one job needs none beside that which asks.

    Where no more threads can be started, what is left is done in that one too.
    """
    if jobs == 1:
        yield from map(function, batches)
        return
    begun: list[Future[list[str | Problem]]] = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            with suppress(RuntimeError):  # the system has no more threads
                begun += (pool.submit(function, batch) for batch in batches)
            if len(begun) < len(batches):
                pool.shutdown(cancel_futures=True)
            for batch, future in zip_longest(batches, begun):
                yield function(batch) if future is None or future.cancelled() else future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def read_entries(folder: Folder, name: str) -> tuple[dict[str, str], list[Problem]]:
    """Read {path: SHA-256} of the well-formed lines, and a problem for each other line. Raises BundleError."""
    text = folder.read_text(name, limit=_MAX_MANIFEST_BYTES)
    entries: dict[str, str] = {}
    folded: dict[str, str] = {}
    malformed: list[Problem] = []
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        malformed.append(Problem(name, "empty; expected one line for each file"))
    for number, line in enumerate(lines, 1):
        place = f"{name}: line {number}"
        found = _LINE.fullmatch(line.removesuffix("\r")) if len(line) <= _MAX_LINE_BYTES else None
        if found is None:
            malformed.append(Problem(place, "malformed; expected 64 hexadecimal digits, two spaces and a path"))
            continue
        digest, path = found[1].lower(), found[2]
        fault = relative_path_fault(path)
        if fault is not None:
            malformed.append(Problem(place, f"the path {path!r} {fault}"))
        elif path in entries:
            malformed.append(Problem(place, f"duplicate path {path}"))
        elif path.casefold() in folded:
            malformed.append(
                Problem(place, f"duplicate path {path} (differs from {folded[path.casefold()]} by letter case only)")
            )
        else:
            entries[path] = digest
            folded[path.casefold()] = path
    return entries, malformed


def _digest(folder: Folder, path: str) -> str | Problem:
    """The SHA-256 of a file (lower-case hexadecimal), or why there is none."""
    try:
        return folder.sha256(path)
    except BundleError as error:
        return error.problems[0]


def files_below(root: Path, left_out: Callable[[Path], bool]) -> Iterator[str]:
    """Every file below `root` as a relative path, in sorted order; links are named, not followed.

    Files and folders for which `left_out` holds are left out, with all that is in them. Raises BundleError where a
    folder cannot be read: what it holds is not known to be listed.
    """

    def refuse(error: OSError) -> None:
        raise BundleError(unreadable(error.filename, reason(error)))

    for parent, folders, files in os.walk(root, onerror=refuse):
        folders[:] = sorted(name for name in folders if not left_out(Path(parent, name)))
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        relative = Path(parent).relative_to(root)
        for name in sorted([*files, *links]):
            if not left_out(Path(parent, name)):
                yield (relative / name).as_posix()
