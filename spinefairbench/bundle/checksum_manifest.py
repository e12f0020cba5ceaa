"""SHA-256 manifests: read strictly, then every listed file hashed, several at a time.

Completeness (a listed file is missing, a file is not listed) and fixity (a file changed) are reported apart.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder, relative_path_fault
from spinefairbench.files.reading import reason

__all__ = ["ManifestCheck", "check_manifest", "files_below"]

_LINE: Final = re.compile(r"([0-9A-Fa-f]{64}) [ *](.+)")
_MAX_MANIFEST_BYTES: Final = 256 * 1024 * 1024
_MAX_LINE_BYTES: Final = 16 * 1024
_CHUNK_BYTES: Final = 256 * 1024
_BATCH: Final = 64


class ManifestCheck(NamedTuple):
    """What a manifest says and what its folder holds; paths relative to the manifest's own folder."""

    listed: frozenset[str]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    unreadable: tuple[str, ...]
    malformed: tuple[str, ...]


def check_manifest(
    manifest: Path,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ManifestCheck:
    """Check every file that `manifest` lists. Raises BundleError where the manifest itself cannot be read.

    `unreadable` and `malformed` hold sentences, `missing` and `changed` paths.
    """
    folder = Folder(manifest.parent)
    entries, malformed = _read_entries(folder, manifest.name)
    missing: list[str] = []
    changed: list[str] = []
    unreadable: list[str] = []
    paths = list(entries)
    batches = [paths[i : i + _BATCH] for i in range(0, len(paths), _BATCH)]
    done = 0
    with ThreadPoolExecutor(jobs or min(8, os.cpu_count() or 1)) as pool:
        try:
            for batch, results in zip(
                batches, pool.map(lambda b: [_digest(folder, p) for p in b], batches), strict=True
            ):
                for path, (digest, fault) in zip(batch, results, strict=True):
                    if digest is None:
                        (missing if fault == "missing" else unreadable).append(path if fault == "missing" else fault)
                    elif digest != entries[path]:
                        changed.append(path)
                done += len(batch)
                if progress is not None:
                    progress(done, len(paths))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return ManifestCheck(frozenset(entries), tuple(missing), tuple(changed), tuple(unreadable), tuple(malformed))


def _read_entries(folder: Folder, name: str) -> tuple[dict[str, str], list[str]]:
    """{path: digest} of the well-formed lines, and a sentence for each other one."""
    text = folder.read_text(name, limit=_MAX_MANIFEST_BYTES)
    entries: dict[str, str] = {}
    folded: dict[str, str] = {}
    malformed: list[str] = []
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    if not lines:
        malformed.append(f"{name}: empty; expected a line a file")
    for number, line in enumerate(lines, 1):
        place = f"{name}: line {number}"
        found = _LINE.fullmatch(line.removesuffix("\r")) if len(line) <= _MAX_LINE_BYTES else None
        if found is None:
            malformed.append(f"{place}: malformed; expected 64 hexadecimal digits, two spaces and a path")
            continue
        digest, path = found[1].lower(), found[2]
        fault = relative_path_fault(path)
        if fault is not None:
            malformed.append(f"{place}: the path {path!r} {fault}")
        elif path in entries:
            malformed.append(f"{place}: duplicate path {path}")
        elif path.casefold() in folded:
            malformed.append(
                f"{place}: duplicate path {path} (differs from {folded[path.casefold()]} by letter case only)"
            )
        else:
            entries[path] = digest
            folded[path.casefold()] = path
    return entries, malformed


def _digest(folder: Folder, path: str) -> tuple[str | None, str]:
    """(digest, "") or (None, why there is none)."""
    try:
        handle, _ = folder.open_with_status(path)
    except BundleError as error:
        sentence = error.problems[0]
        return None, "missing" if sentence.endswith(": missing") else sentence
    with handle:
        digest = hashlib.sha256()
        try:
            while chunk := handle.read(_CHUNK_BYTES):
                digest.update(chunk)
        except OSError as error:
            return None, f"{path}: cannot be read: {reason(error)}"
    return digest.hexdigest(), ""


def files_below(root: Path, left_out: Callable[[Path], bool] = lambda path: False) -> Iterator[str]:
    """Every file below `root` as a relative path, in sorted order; links are named, not followed.

    Files and folders for which `left_out` holds are left out, with all that is in them. Raises BundleError where a
    folder cannot be read: what it holds is not known to be listed.
    """

    def unreadable(error: OSError) -> None:
        raise BundleError(f"{error.filename}: cannot be read: {reason(error)}")

    for parent, folders, files in os.walk(root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not left_out(Path(parent, name)))
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        relative = Path(parent).relative_to(root)
        for name in sorted([*files, *links]):
            if not left_out(Path(parent, name)):
                yield (relative / name).as_posix()
