"""Files: whole writes, hashes, and the safe names that sources get."""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from spinefairbench.errors import OutputError
from spinefairbench.generator.errors import InputError

__all__ = [
    "DICOM_SUFFIXES", "IMAGE_SUFFIXES", "append_line", "canonical_json", "input_files", "named_sources",
    "pretty_json", "remove_leftovers", "sha256_of_bytes", "sha256_of_file", "stem", "write_whole",
]  # fmt: skip

IMAGE_SUFFIXES: Final = (".png", ".tif", ".tiff")
DICOM_SUFFIXES: Final = (".dcm", ".dicom")

_SOURCE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,126}[A-Za-z0-9]|[A-Za-z0-9]", re.ASCII)
_TEMPORARY: Final = ".unfinished"
_MAX_INPUT_BYTES: Final = 1 << 30


def sha256_of_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical_json(value: Any) -> str:
    """One line of JSON that is the same for the same value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def pretty_json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def _output_error(path: Path, error: OSError) -> OutputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"{path.name}: no space left on the device; files written so far are whole")
    return OutputError(f"{path.name}: cannot be written: {error.strerror or error}")


def write_whole(path: Path, data: bytes) -> None:
    """Write beside and rename, so that a crash leaves the old file or none; makes the folder it needs.

    Raises OutputError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _output_error(path, error) from None


def append_line(path: Path, line: str) -> None:
    """Append one line with a single write, so that a reader never sees half of it.

    Raises OutputError; a line that did not fit is taken back.
    """
    data = (line + "\n").encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            before = os.fstat(handle).st_size
            try:
                if os.write(handle, data) != len(data):
                    raise OSError(errno.ENOSPC, "short write")
            except OSError:
                os.ftruncate(handle, before)
                raise
        finally:
            os.close(handle)
    except OSError as error:
        raise _output_error(path, error) from None


def remove_leftovers(folder: Path) -> None:
    """Delete what a killed run left half-written under a folder."""
    for path in folder.rglob(f".*{_TEMPORARY}"):
        path.unlink(missing_ok=True)


def stem(path: Path) -> str:
    """A file's name without its last suffix."""
    return path.name[: -len(path.suffix)] if path.suffix else path.name


def input_files(path: Path, option: str) -> tuple[list[Path], list[str]]:
    """The image files that an option names, sorted by name, and a warning for what a folder holds besides.

    A folder is read one level deep; hidden files are passed over. Raises InputError where there is nothing to
    read, or a file is empty or larger than 1 GiB.
    """
    suffixes = (*IMAGE_SUFFIXES, *DICOM_SUFFIXES)
    warnings = []
    try:
        if path.is_dir():
            visible = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
            entries = [entry for entry in visible if entry.is_file()]
            files = [entry for entry in entries if entry.suffix.lower() in suffixes]
            if broken := [f"{entry.name}: is a link to nothing" for entry in visible if not entry.exists()]:
                raise InputError(broken)
            if others := [entry.name for entry in entries if entry.suffix.lower() not in suffixes]:
                shown = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
                warnings.append(f"{option}: passed over {len(others)} file(s) that are no radiographs by name: {shown}")
        elif path.exists():
            files = [path]
        else:
            raise InputError(f"{option}: {path.name or path} does not exist")
        problems = [problem for file in files if (problem := _size_problem(file))]
    except OSError as error:
        raise InputError(f"{option}: {path.name}: cannot be read: {error.strerror or error}") from None
    if not files:
        raise InputError(f"{option}: folder {path.name} holds no file named {', '.join('*' + s for s in suffixes)}")
    if problems:
        raise InputError(problems)
    return files, warnings


def _size_problem(path: Path) -> str | None:
    size = path.stat().st_size
    if size == 0:
        return f"{path.name}: is empty"
    if size > _MAX_INPUT_BYTES:
        return f"{path.name}: has {size} bytes, more than the {_MAX_INPUT_BYTES} that are read"
    return None


def named_sources(files: Iterable[Path]) -> dict[str, Path]:
    """source_id -> file, sorted by source_id; the id is the file's name without its suffix.

    An id must be usable as a folder's name everywhere and as the first half of a `source__edit` pair id.
    Raises InputError naming every file whose id is not, and those whose ids differ by letter case alone.
    """
    sources: dict[str, Path] = {}
    seen: dict[str, Path] = {}
    problems = []
    for path in files:
        source_id = stem(path)
        if not _SOURCE_ID.fullmatch(source_id) or "__" in source_id:
            problems.append(
                f"{path.name}: {source_id!r} cannot be a source id; expected 1 to 128 letters, digits, '.', '_' or"
                " '-', a letter or digit first and last, and no '__'"
            )
        elif (other := seen.get(source_id.casefold())) is not None:
            problems.append(f"{path.name}: gives the same source id as {other.name} (letter case does not count)")
        else:
            seen[source_id.casefold()] = path
            sources[source_id] = path
    if problems:
        raise InputError(problems)
    return dict(sorted(sources.items()))
