"""The values of a JSON document one after the other, for documents that may be longer than memory."""

import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.json_input import JsonFault, decode_json_at
from spinefairbench.files.json_window import JsonWindow

__all__ = ["JsonValues", "read_json_document"]

_MAX_VALUE_CHARACTERS: Final = 64 * 1024 * 1024

_NUMBER_RUN: Final = re.compile(r"[-+.0-9eE]*")


class JsonValues:
    """Reads values and what stands between them from pieces of UTF-8; no more than one piece and one value is held.

    What is not JSON, and a value of more than 64 million characters, raises JsonFault; `error` is raised where reading
    fails or finds no UTF-8. With `nan_is_none`, NaN and Infinity are read as None.
    """

    def __init__(
        self, name: str, pieces: Iterator[bytes], error: type[SpineFairBenchError], *, nan_is_none: bool = False
    ) -> None:
        self._nan_is_none = nan_is_none
        self._window = JsonWindow(lambda _: next(pieces, b""), name, error)

    def next_character(self) -> str:
        """The next character that is not white space, not consumed; empty at the end."""
        return self._window.next_character()

    def members(self) -> Iterator[str]:
        """The keys of an object; after each, its value is to be read. Raises JsonFault where a key is repeated."""
        self._expect("{")
        if self.next_character() == "}":
            self._window.position += 1
            return
        seen: set[str] = set()
        while True:
            if self.next_character() != '"':
                self._fail("expected a key in double quotes")
            key = self.value()
            if key in seen:
                raise JsonFault(f"the key {key[:80]!r} is repeated in one object")
            seen.add(key)
            self._expect(":")
            yield key
            if self._expect(",}") == "}":
                return

    def items(self) -> Iterator[Any]:
        """The items of a list."""
        self._expect("[")
        if self.next_character() == "]":
            self._window.position += 1
            return
        while True:
            yield self.value()
            if self._expect(",]") == "]":
                return

    def value(self) -> Any:
        """The next value, whatever it is."""
        window = self._window
        window.next_character()
        while True:
            fault, place, may_be_cut = "", "", True
            number = _NUMBER_RUN.match(window.text, window.position)
            if window.ended or not number or number.end() < len(window.text):
                try:
                    value, window.position = decode_json_at(window.text, window.position, nan_is_none=self._nan_is_none)
                except JsonFault as found:
                    # Not the exception: it holds this frame, which would hold it, and with it the text that was read.
                    fault, may_be_cut = str(found), found.may_be_cut
                    place = "" if found.position is None else f" at {window.place_of(found.position)}"
                else:
                    return value
            # The value may only be cut at the edge of what was read: a fault is one that more text does not mend.
            if fault and (window.ended or not may_be_cut):
                raise JsonFault(fault + place)
            if len(window.text) - window.position > _MAX_VALUE_CHARACTERS:
                self._fail(f"or a value of more than {_MAX_VALUE_CHARACTERS:,} characters")
            window.grow()

    def end(self) -> None:
        """Nothing may follow the document. Raises JsonFault."""
        if self.next_character():
            self._fail("more text after the document's end")

    def _expect(self, characters: str) -> str:
        found = self.next_character()
        if not found or found not in characters:
            wanted = " or ".join(map(repr, characters))
            self._fail(f"expected {wanted}, " + (f"found {found!r}" if found else "the file ends"))
        self._window.position += 1
        return found

    def _fail(self, said: str) -> NoReturn:
        raise JsonFault(f"not JSON: {said} at {self._window.place_of(self._window.position)}")


def read_json_document(name: str, pieces: Iterator[bytes], error: type[SpineFairBenchError]) -> Any:
    """The value of a whole document, as `json_input.parse_json` reads it.

    A list, and those that are members of an object, are read item by item: of the text itself, no more than a piece is
    in memory beside the values. Raises what `JsonValues` does.
    """
    values = JsonValues(name, pieces, error)
    first = values.next_character()
    if not first:
        raise JsonFault("empty; expected a JSON document")
    value = {key: _listed(values) for key in values.members()} if first == "{" else _listed(values)
    values.end()
    return value


def _listed(values: JsonValues) -> Any:
    return list(values.items()) if values.next_character() == "[" else values.value()
