"""The files of requests: written part by part, each whole or not at all, continued where a run was stopped."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from spinefairbench.errors import BundleError, SubmissionError, UsageError
from spinefairbench.files.folder import Folder
from spinefairbench.files.reading import open_input, reason
from spinefairbench.files.writing import write_whole
from spinefairbench.problems import Problem, unreadable
from spinefairbench.release.request_manifest import (
    PartFile,
    RequestManifest,
    RequestSettings,
    part_name,
    write_request_manifest,
)
from spinefairbench.release.request_map import Report, RequestMap
from spinefairbench.release.requests import ID_KEYS

__all__ = ["copy_requests", "intact_parts", "require_fit", "write_parts"]

_MAX_LINE_BYTES: Final = 256 * 1024 * 1024


def intact_parts(folder: Path, parts: Iterable[PartFile]) -> tuple[PartFile, ...]:
    """The first of these parts, up to one that is not in the folder as it was written."""
    kept: list[PartFile] = []
    for part in parts:
        try:
            if Folder(folder).sha256(part.file) != part.sha256:
                break
        except BundleError:
            break
        kept.append(part)
    return tuple(kept)


def write_parts(
    folder: Path,
    manifest: RequestManifest,
    reports: Sequence[Report],
    line_of: Callable[[Report], str],
    progress: Callable[[str], None],
) -> RequestManifest:
    """Write the requests that the parts of the manifest do not hold yet, and return the manifest with all parts.

    The manifest is written after each part, so that a run that is stopped loses no more than the part it was at.
    Raises OutputError, whatever `line_of` raises, and UsageError for a request that is larger than a part may be.
    """
    limits = manifest.settings
    done = sum(part.requests for part in manifest.parts)
    lines = map(line_of, reports[done:])
    line = next(lines, None)
    while line is not None:
        require_fit(reports[done], line, limits)
        file = part_name(len(manifest.parts))
        count = size = 0
        digest = hashlib.sha256()
        with write_whole(folder / file) as handle:
            while line is not None and count < limits.max_requests and size + len(line) <= limits.max_bytes:
                handle.write(line)
                digest.update(line.encode())
                count += 1
                size += len(line)
                progress(f"{file}: {done + count:,} of {len(reports):,} requests")
                line = next(lines, None)
        done += count
        part = PartFile(file, count, size, digest.hexdigest())
        manifest = replace(manifest, parts=(*manifest.parts, part))
        write_request_manifest(folder, manifest)
    return manifest


def require_fit(report: Report, line: str, limits: RequestSettings) -> None:
    """Raise UsageError where a request, which is ASCII, is larger than a part may be."""
    if len(line) > limits.max_bytes:
        said = f"the request for the {report.image} image of {report.pair_id} has {len(line):,} bytes"
        raise UsageError(f"--max-bytes {limits.max_bytes}: {said}; give at least that")


def copy_requests(requests: RequestMap, custom_ids: Collection[str], path: Path) -> None:
    """Copy the requests of these ids from the parts into a file, in their order, for a run that makes them again.

    The parts are read as a stream. Raises SubmissionError, without a file, where a part is not as it was written or an
    id has no request; OutputError where the file cannot be written.
    """
    wanted = set(custom_ids)
    with write_whole(path) as handle:
        for custom_id, line in _lines(requests):
            if custom_id in wanted:
                wanted.discard(custom_id)
                # What is not UTF-8 is not what was written, and the digest of its part says so.
                handle.write(line.decode("utf-8", "replace"))
        if wanted:
            raise SubmissionError(
                Problem(f"{requests.folder}: {custom_id}", "has no request") for custom_id in sorted(wanted)
            )


def _lines(requests: RequestMap) -> Iterator[tuple[str, bytes]]:
    """(custom_id, line) of every request. The id stands first, so that no line is parsed."""
    start = f'{{"{ID_KEYS[requests.manifest.settings.format]}": "'.encode()
    for part in requests.manifest.parts:
        name = str(requests.folder / part.file)
        changed = SubmissionError(Problem(name, "not the file that was written: its content differs"))
        digest = hashlib.sha256()
        with open_input(name, None, SubmissionError) as handle:
            for _ in range(part.requests):
                try:
                    line = handle.readline(min(part.bytes, _MAX_LINE_BYTES))
                except OSError as error:
                    raise SubmissionError(unreadable(name, reason(error))) from None
                digest.update(line)
                if not (line.startswith(start) and line.endswith(b"\n")):
                    raise changed
                custom_id, _, _ = line[len(start) :].partition(b'"')
                yield custom_id.decode("ascii", "replace"), line
            if digest.hexdigest() != part.sha256 or handle.read(1):
                raise changed
