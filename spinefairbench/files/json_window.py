"""The part of a UTF-8 stream that has not been parsed yet, as text: it grows where a value may be cut at its edge."""

import codecs
import re
from collections.abc import Callable
from typing import Final

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, unreadable

__all__ = ["JsonWindow"]

_CHUNK_BYTES: Final = 1024 * 1024
_SPACE_RUN: Final = re.compile(r"[ \t\n\r]*")


class JsonWindow:
    """Text from `position` on is unparsed; `ended` says that nothing follows `text`.

    `read` returns at most so many bytes, none at the end. Raises `error` where reading fails or finds no UTF-8.
    """

    def __init__(self, read: Callable[[int], bytes], name: str, error: type[SpineFairBenchError]) -> None:
        self._read = read
        self._name = name
        self._error = error
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._decoded_bytes = 0
        self._lines_before = 0
        self._columns_before = 0
        self.text = ""
        self.position = 0
        self.ended = False

    def grow(self) -> None:
        """Drop what was parsed and read at least as much again as is left, so that no text is parsed often."""
        self._lines_before, self._columns_before = self._counted(self.position)
        pieces = [self.text[self.position :]]
        wanted = max(1, len(pieces[0]))
        while wanted > 0 and not self.ended:
            try:
                data = self._read(max(_CHUNK_BYTES, wanted))
            except OSError as error:
                raise self._error(unreadable(self._name, reason(error))) from None
            self.ended = not data
            undecoded = len(self._decoder.getstate()[0])
            try:
                pieces.append(self._decoder.decode(data, final=self.ended))
            except UnicodeDecodeError as error:
                place = self._decoded_bytes - undecoded + error.start
                raise self._error(Problem(self._name, f"not UTF-8 at byte {place}")) from None
            self._decoded_bytes += len(data)
            wanted -= len(pieces[-1])
        self.text = "".join(pieces)
        self.position = 0

    def place_of(self, position: int) -> str:
        """Where a position of `text` is in the stream, in words: "line 2 column 7"."""
        lines, columns = self._counted(position)
        return f"line {lines + 1} column {columns + 1}"

    def _counted(self, position: int) -> tuple[int, int]:
        """The lines of the stream that end before a position of `text`, and the characters since the last of them."""
        lines = self.text.count("\n", 0, position)
        if not lines:
            return self._lines_before, self._columns_before + position
        return self._lines_before + lines, position - self.text.rfind("\n", 0, position) - 1

    def next_character(self) -> str:
        """The next character that is not white space, without consuming it; empty at the end."""
        while True:
            run = _SPACE_RUN.match(self.text, self.position)
            self.position = run.end() if run else self.position
            if self.position < len(self.text):
                return self.text[self.position]
            if self.ended:
                return ""
            self.grow()
