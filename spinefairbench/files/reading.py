"""One file that is not trusted: opened without waiting, read within a limit, decoded strictly."""

import os
import stat
from io import BufferedReader
from typing import BinaryIO, Final, NamedTuple

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.problems import Problem, ProblemKind, unreadable

__all__ = [
    "BYTE_ORDER_MARK",
    "STANDARD_INPUT",
    "TextInput",
    "input_name",
    "open_input",
    "open_regular",
    "read_input",
    "read_text_input",
    "reason",
    "require_regular",
]

STANDARD_INPUT: Final = "-"
"""The name by which a command line calls standard input."""
BYTE_ORDER_MARK: Final = "\ufeff"

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class TextInput(NamedTuple):
    """A text that was read, and the number of characters before it in its file: 1 for a byte order mark, else 0."""

    text: str
    offset: int


def reason(error: OSError) -> str:
    """What the operating system says, without its path and number."""
    return (error.strerror or type(error).__name__).lower()


def require_regular(status: os.stat_result) -> None:
    """Check that a status is that of a regular file. Raises OSError where it is not."""
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, f"it is {'a folder' if stat.S_ISDIR(status.st_mode) else 'not a regular file'}")


def open_regular(path: str) -> BufferedReader:
    """Open a regular file for reading. Raises OSError; a pipe or device is never waited on."""
    descriptor = os.open(path, _FLAGS)
    try:
        require_regular(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def input_name(path: str) -> str:
    """What a message calls the file at `path`, or standard input."""
    return "standard input" if path == STANDARD_INPUT else path


def open_input(path: str, standard_input: BinaryIO | None, error: type[SpineFairBenchError]) -> BinaryIO:
    """Open the file that a user named, or take `standard_input` where `path` is `-`.

    Raises `error` where there is no such file, it is not a regular file, or it cannot be read.
    """
    if path == STANDARD_INPUT:
        if standard_input is None:
            raise error(Problem("standard input", "not available", ProblemKind.MISSING))
        return standard_input
    try:
        return open_regular(path)
    except FileNotFoundError:
        raise error(Problem(path, "no such file", ProblemKind.MISSING)) from None
    except OSError as fault:
        raise error(unreadable(path, reason(fault))) from None
    except ValueError:
        raise error(f"{path!r}: not a usable path") from None


def read_input(
    path: str,
    *,
    limit: int,
    error: type[SpineFairBenchError],
    standard_input: BinaryIO | None = None,
    expected: str = "a smaller file",
) -> bytes:
    """Read the whole file that a user named, or `standard_input` where `path` is `-`.

    Raises `error` where that cannot be done, or where there are more than `limit` bytes; `expected` says what should
    have been given instead.
    """
    handle = open_input(path, standard_input, error)
    try:
        data = handle.read(limit + 1)
    except OSError as fault:
        raise error(unreadable(input_name(path), reason(fault))) from None
    finally:
        if handle is not standard_input:
            handle.close()
    if len(data) > limit:
        raise error(Problem(input_name(path), f"more than {limit:,} bytes; expected {expected}"))
    return data


def read_text_input(
    path: str,
    *,
    limit: int,
    error: type[SpineFairBenchError],
    standard_input: BinaryIO | None = None,
    expected: str = "a smaller file",
) -> TextInput:
    """Read a UTF-8 text as `read_input` does; a byte order mark is not part of it. Raises `error`."""
    data = read_input(path, limit=limit, error=error, standard_input=standard_input, expected=expected)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise error(Problem(input_name(path), f"not UTF-8 at byte {fault.start}")) from None
    text = whole.removeprefix(BYTE_ORDER_MARK)
    return TextInput(text, len(whole) - len(text))
