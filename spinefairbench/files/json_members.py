"""One JSON object with a list that may be longer than memory: its items one by one, its other members as they come."""

import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.json_input import JsonFault, decode_json_at
from spinefairbench.files.json_window import JsonWindow
from spinefairbench.problems import Problem

__all__ = ["MemberStream"]

_MAX_VALUE_CHARACTERS: Final = 64 * 1024 * 1024

_NUMBER_RUN: Final = re.compile(r"[-+.0-9eE]*")


class MemberStream:
    """The members of one object, read from pieces of UTF-8.

    Iterating gives the items of the list that is the member `key`; `members` has the other members that have been read
    so far, and `key` with None once its list has begun. No more than one piece and one value is in memory. Raises `error`
    where the text is not such an object, or a value has more than 64 million characters. With `nan_is_none`, NaN and
    Infinity are read as None: some programs write what they could not compute so.
    """

    def __init__(
        self,
        name: str,
        pieces: Iterator[bytes],
        key: str,
        error: type[SpineFairBenchError],
        *,
        nan_is_none: bool = False,
    ) -> None:
        self.members: dict[str, Any] = {}
        self._name = name
        self._key = key
        self._error = error
        self._nan_is_none = nan_is_none
        self._window = JsonWindow(lambda _: next(pieces, b""), name, error)

    def __iter__(self) -> Iterator[Any]:
        self._expect("{")
        if self._window.next_character() == "}":
            self._window.position += 1
        else:
            while True:
                key = self._value()
                if not isinstance(key, str) or key in self.members:
                    self._fail(f"the key {str(key)[:80]!r} is repeated, or is no text")
                self._expect(":")
                if key == self._key and self._window.next_character() == "[":
                    self.members[key] = None
                    yield from self._items()
                else:
                    self.members[key] = self._value()
                if self._expect(",}") == "}":
                    break
        if self._window.next_character():
            self._fail("more text after the document's end")

    def _items(self) -> Iterator[Any]:
        self._expect("[")
        if self._window.next_character() == "]":
            self._window.position += 1
            return
        while True:
            yield self._value()
            if self._expect(",]") == "]":
                return

    def _value(self) -> Any:
        window = self._window
        window.next_character()
        while True:
            fault, may_be_cut = "", True
            number = _NUMBER_RUN.match(window.text, window.position)
            if window.ended or not number or number.end() < len(window.text):
                try:
                    value, window.position = decode_json_at(window.text, window.position, nan_is_none=self._nan_is_none)
                except JsonFault as found:
                    # Not the exception: it holds this frame, which would hold it, and with it the text that was read.
                    fault, may_be_cut = str(found), found.may_be_cut
                else:
                    return value
            # The value may only be cut at the edge of what was read: a fault is one that more text does not mend.
            if fault and (window.ended or not may_be_cut):
                self._fail(fault)
            if len(window.text) - window.position > _MAX_VALUE_CHARACTERS:
                self._fail(f"not JSON, or a value of more than {_MAX_VALUE_CHARACTERS:,} characters")
            window.grow()

    def _expect(self, characters: str) -> str:
        found = self._window.next_character()
        if not found or found not in characters:
            wanted = " or ".join(map(repr, characters))
            self._fail(f"not JSON: expected {wanted}, " + (f"found {found!r}" if found else "the file ends"))
        self._window.position += 1
        return found

    def _fail(self, message: str) -> NoReturn:
        read = f" (after {len(self.members):,} of its keys)" if self.members else ""
        raise self._error(Problem(self._name, message + read))
