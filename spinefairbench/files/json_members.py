"""One JSON object with a list that may be longer than memory: its items one by one, its other members as they come."""

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.json_input import JsonFault, decode_json_at
from spinefairbench.problems import Problem

__all__ = ["MemberStream"]

_MAX_VALUE_CHARACTERS: Final = 64 * 1024 * 1024
_SPACE_RUN: Final = re.compile(r"[ \t\n\r]*")

_NUMBER_RUN: Final = re.compile(r"[-+.0-9eE]*")


class MemberStream:
    """The members of one object, read from pieces of UTF-8.

    Iterating gives the items of the list that is the member `key`; `members` has the other members that have been read
    so far, and `key` with None once its list has begun. No more than one piece and one value is in memory. Raises `error`
    where the text is not such an object, or a value has more than 64 million characters.
    """

    def __init__(self, name: str, pieces: Iterator[bytes], key: str, error: type[SpineFairBenchError]) -> None:
        self.members: dict[str, Any] = {}
        self._name = name
        self._pieces = pieces
        self._key = key
        self._error = error
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""
        self._position = 0
        self._ended = False

    def __iter__(self) -> Iterator[Any]:
        self._expect("{")
        if self._next() == "}":
            self._position += 1
        else:
            while True:
                key = self._value()
                if not isinstance(key, str) or key in self.members:
                    self._fail(f"the key {str(key)[:80]!r} is repeated, or is no text")
                self._expect(":")
                if key == self._key and self._next() == "[":
                    self.members[key] = None
                    yield from self._items()
                else:
                    self.members[key] = self._value()
                if self._expect(",}") == "}":
                    break
        if self._next():
            self._fail("more text after the document's end")

    def _items(self) -> Iterator[Any]:
        self._expect("[")
        if self._next() == "]":
            self._position += 1
            return
        while True:
            yield self._value()
            if self._expect(",]") == "]":
                return

    def _value(self) -> Any:
        self._next()
        while True:
            fault = None
            number = _NUMBER_RUN.match(self._text, self._position)
            if self._ended or not number or number.end() < len(self._text):
                try:
                    value, self._position = decode_json_at(self._text, self._position)
                except JsonFault as found:
                    fault = found
                else:
                    return value
            # The value may only be cut at the edge of what was read: a fault is one that more text does not mend.
            if fault is not None and (self._ended or not fault.may_be_cut):
                self._fail(str(fault))
            if len(self._text) - self._position > _MAX_VALUE_CHARACTERS:
                self._fail(f"not JSON, or a value of more than {_MAX_VALUE_CHARACTERS:,} characters")
            self._grow()

    def _expect(self, characters: str) -> str:
        found = self._next()
        if not found or found not in characters:
            wanted = " or ".join(map(repr, characters))
            self._fail(f"not JSON: expected {wanted}, " + (f"found {found!r}" if found else "the file ends"))
        self._position += 1
        return found

    def _next(self) -> str:
        """The next character that is not white space, unread; empty at the end."""
        while True:
            run = _SPACE_RUN.match(self._text, self._position)
            self._position = run.end() if run else self._position
            if self._position < len(self._text):
                return self._text[self._position]
            if self._ended:
                return ""
            self._grow()

    def _grow(self) -> None:
        """Drop what was read, and take at least as much again as is left: so that no text is decoded often."""
        left = self._text[self._position :]
        taken: list[str] = []
        length = 0
        try:
            while not self._ended and (not taken or length < len(left)):
                piece = next(self._pieces, b"")
                self._ended = not piece
                taken.append(self._decoder.decode(piece, final=self._ended))
                length += len(taken[-1])
        except UnicodeDecodeError:
            self._fail("not UTF-8")
        self._text = left + "".join(taken)
        self._position = 0

    def _fail(self, message: str) -> NoReturn:
        read = f" (after {len(self.members):,} of its keys)" if self.members else ""
        raise self._error(Problem(self._name, message + read))
