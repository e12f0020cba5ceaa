"""Random choices that depend on a key and on nothing else.

Every part of the demo bundle draws from a stream of its own, named by what it is for. So a larger bundle
holds the same sources and reports as a smaller one with the same seed, and no order of writing can matter.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

__all__ = ["SCALE", "Draws", "as_threshold"]

T = TypeVar("T")

SCALE: Final = 65536
"""Draws are integers below this; a probability is compared as a threshold on the same scale."""

_BLOCK = struct.Struct("<96H")


def as_threshold(probability: float) -> int:
    """The draws below which an event of this probability happens."""
    return round(probability * SCALE)


def _stream(key: str) -> Iterator[int]:
    # SHAKE-256 gives a whole block of draws for one hash, which is what makes 72,000 reports quick to write.
    encoded = key.encode()
    block = 0
    while True:
        yield from _BLOCK.unpack(hashlib.shake_256(b"%d|%b" % (block, encoded)).digest(_BLOCK.size))
        block += 1


class Draws:
    """An endless stream of 16-bit draws, fixed by its key."""

    __slots__ = ("below",)

    def __init__(self, *key: object) -> None:
        self.below = _stream("|".join(map(str, key))).__next__
        """The next draw, an integer from 0 to 65535."""

    def chance(self, probability: float) -> bool:
        """Whether an event of this probability happens (to the nearest 1/65536)."""
        return self.below() < probability * SCALE

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`, equally likely to 1/65536."""
        return options[self.below() * len(options) >> 16]

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + (self.below() * (high - low + 1) >> 16)

    def decimal(self, low: float, high: float) -> float:
        """A number between `low` and `high`, rounded to six places as a measurement would be."""
        return round(low + (high - low) * self.below() / SCALE, 6)
