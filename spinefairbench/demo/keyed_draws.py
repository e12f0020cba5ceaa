"""Random choices that depend on a key and on nothing else.

Each part of the demo bundle draws from its own stream, named by what the draws are for. A larger bundle therefore
contains the same sources and reports as a smaller one with the same seed, and the order of writing does not matter.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

__all__ = ["Draws", "as_threshold"]

_T = TypeVar("_T")

_SCALE: Final = 65536
# SHAKE-256 returns a whole block of draws for one hash, which keeps 72,000 reports quick to write.
_BLOCK: Final = struct.Struct("<96H")


def as_threshold(probability: float) -> int:
    """The integer below which a draw must fall for an event of this probability to happen."""
    return round(probability * _SCALE)


def _stream(key: str) -> Iterator[int]:
    encoded = key.encode()
    block = 0
    while True:
        yield from _BLOCK.unpack(hashlib.shake_256(b"%d|%b" % (block, encoded)).digest(_BLOCK.size))
        block += 1


class Draws:
    """An endless stream of 16-bit draws, determined by its key."""

    __slots__ = ("next",)

    def __init__(self, *key: object) -> None:
        self.next = _stream("|".join(map(str, key))).__next__
        """Returns the next draw, an integer from 0 to 65535."""

    def chance(self, probability: float) -> bool:
        """Whether an event of this probability happens (to the nearest 1/65536)."""
        return self.next() < probability * _SCALE

    def choice(self, options: Sequence[_T]) -> _T:
        """One of `options`, all equally likely (to the nearest 1/65536)."""
        return options[self.next() * len(options) >> 16]

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + (self.next() * (high - low + 1) >> 16)

    def decimal(self, low: float, high: float) -> float:
        """A number from `low` up to `high`, rounded to six decimals like a measurement."""
        return round(low + (high - low) * self.next() / _SCALE, 6)

    def shuffled(self, count: int) -> list[int]:
        """The integers below `count`, in random order."""
        return sorted(range(count), key=lambda _: self.next())
