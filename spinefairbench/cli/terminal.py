"""What the program says on stderr, and streams that never fail."""

import io
import os
import shutil
import sys
import time
from contextlib import suppress
from typing import Final

from spinefairbench.render.values import printable

__all__ = ["Progress", "drop_unwritten", "escape_unencodable", "open_closed_streams", "print_error", "terminal_width"]

_REDRAW_SECONDS: Final = 0.1


class Progress:
    """One line on a terminal's stderr, redrawn; silent where stderr is no terminal or --quiet was given."""

    def __init__(self, *, quiet: bool) -> None:
        self._on = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._shown_at = 0.0
        self._width = 0

    def show(self, text: str) -> None:
        """Redraw the line with `text`, at most ten times a second."""
        if not self._on:
            return
        now = time.monotonic()
        if now - self._shown_at >= _REDRAW_SECONDS:
            self._shown_at = now
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)

    def clear(self) -> None:
        """Remove the line, so that other output starts on a clean one."""
        if self._on and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


def terminal_width() -> int | None:
    """The columns of the terminal that stdout is, by COLUMNS where that is set; None where stdout is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_error(message: object) -> None:
    """Print one message as one line on stderr; an error in doing so is ignored."""
    try:
        sys.stderr.write(printable(str(message)) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def open_closed_streams() -> None:
    """Where the caller closed stdin, stdout or stderr, open the null device there.

    Otherwise the next file that is opened takes the free place, and output could end up in it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115


def escape_unencodable() -> None:
    """Write a character that the terminal's encoding lacks as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def drop_unwritten() -> None:
    """Let go of what stdout cannot write, which was told: Python would try again on exit, complain and change the status."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
