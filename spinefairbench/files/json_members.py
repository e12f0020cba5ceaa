"""One JSON object with a list that may be longer than memory: its items one by one, its other members as they come."""

from collections.abc import Iterator
from typing import Any

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.json_input import JsonFault
from spinefairbench.files.json_stream import JsonValues
from spinefairbench.problems import Problem

__all__ = ["MemberStream"]


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
        self._values = JsonValues(name, pieces, error, nan_is_none=nan_is_none)

    def __iter__(self) -> Iterator[Any]:
        try:
            for key in self._values.members():
                if key == self._key and self._values.next_character() == "[":
                    self.members[key] = None
                    yield from self._values.items()
                else:
                    self.members[key] = self._values.value()
            self._values.end()
        except JsonFault as fault:
            raise self._error(Problem(self._name, str(fault))) from None
