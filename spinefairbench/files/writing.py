"""Output that appears whole or not at all."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from spinefairbench.errors import OutputError
from spinefairbench.files.reading import reason, require_regular
from spinefairbench.files.unfinished import held_new, remove_abandoned
from spinefairbench.problems import Problem

__all__ = [
    "STANDARD_OUTPUT",
    "remove_partial_files",
    "require_place",
    "write_json",
    "write_whole",
    "write_whole_bytes",
]

STANDARD_OUTPUT: Final = "-"
"""The name by which a command line calls standard output."""

_PARTIAL_PREFIX: Final = ".spinefairbench-"
_PARTIAL_SUFFIX: Final = ".part"
_cleared: Final[set[Path]] = set()
"""Folders in which this process has looked for what others left: once is enough where thousands of files are written."""


def _output_target(path: Path) -> Path:
    """The file to replace. Raises OSError where it is not one that may be replaced."""
    target = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        require_regular(os.stat(target))
    return target


@contextmanager
def write_whole(path: Path) -> Iterator[IO[str]]:
    """A text file (UTF-8, bare newlines) that appears whole when the block ends, and not at all where it fails.

    `-` is standard output, which takes the text as it comes. Another file is written beside `path` and renamed; missing
    folders are made. A link is followed, so that it stays one. Raises OutputError, also where `path` exists and is not a
    regular file: renaming would replace a device.
    """
    if str(path) == STANDARD_OUTPUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    with _partial_file(path) as beside, open(beside, "w", encoding="utf-8", newline="\n") as handle:
        yield handle
        _flush(handle)


def write_whole_bytes(path: Path, data: bytes) -> None:
    """Write a file of these bytes, whole or not at all, as `write_whole` does. Raises OutputError."""
    with _partial_file(path) as beside, open(beside, "wb") as handle:
        handle.write(data)
        _flush(handle)


class _Tried(Exception):
    """The file could be made."""


def require_place(path: Path) -> None:
    """Raise OutputError where `write_whole` could not write: told before long work, and nothing is left there."""
    if str(path) != STANDARD_OUTPUT:
        with suppress(_Tried), _partial_file(path):
            raise _Tried


def write_json(path: Path, value: Any) -> None:
    """Write one JSON document, whole or not at all. Raises OutputError."""
    try:
        with write_whole(path) as handle:
            json.dump(value, handle, indent=1, allow_nan=False)
            handle.write("\n")
    except RecursionError:
        raise OutputError(Problem(str(path), "cannot be written: a value is nested too deeply")) from None


def remove_partial_files(folder: Path) -> None:
    """Delete what a process that was killed while writing has left below `folder`. Raises OSError."""
    for path in folder.rglob(f".*{_PARTIAL_SUFFIX}"):
        path.unlink(missing_ok=True)


@contextmanager
def _partial_file(path: Path) -> Iterator[Path]:
    """A new file's path beside `path`, renamed to it when the block ends, deleted where it fails.

    What a process that was killed has left there before is deleted too.
    """
    try:
        target = _output_target(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.parent not in _cleared:
            _cleared.add(target.parent)
            remove_abandoned(target.parent, _PARTIAL_PREFIX, _PARTIAL_SUFFIX)
    except OSError as error:
        raise OutputError(Problem(str(path), f"cannot be written: {reason(error)}")) from None
    except ValueError:
        raise OutputError(f"{str(path)!r}: cannot be written: not a usable path") from None
    try:
        with held_new(lambda: _new_partial_file(target)) as beside:
            try:
                yield beside
                os.replace(beside, target)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise OutputError(Problem(str(path), f"cannot be written: {reason(error)}")) from None
    except UnicodeEncodeError as error:
        half = f"U+{ord(error.object[error.start]):04X}"
        raise OutputError(
            Problem(str(path), f"cannot be written: a text holds {half}, half of a surrogate pair and no character")
        ) from None


def _new_partial_file(target: Path) -> Path:
    beside = target.with_name(f"{_PARTIAL_PREFIX}{os.urandom(8).hex()}{_PARTIAL_SUFFIX}")
    open(beside, "xb").close()
    return beside


def _flush(handle: IO[Any]) -> None:
    handle.flush()
    os.fsync(handle.fileno())
