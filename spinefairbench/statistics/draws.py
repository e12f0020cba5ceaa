"""Bounded random integers, from whole blocks of the random stream at once."""

import sys
from array import array

from spinefairbench.statistics.pcg64 import repeat_lanes

__all__ = ["BoundedDraws"]

_MASK32 = (1 << 32) - 1


class BoundedDraws:
    """NumPy's `integers(0, n)`, from blocks of `words` outputs as `packed_words` yields them.

    Lemire's method on the 32-bit halves of each output, the low half first (see `spinefairbench.statistics.pcg64`).
    Raises ValueError unless 1 <= n < 2**32.
    """

    def __init__(self, n: int, words: int) -> None:
        if not 1 <= n <= _MASK32:
            raise ValueError(f"draws are made below 1 to 2**32 - 1, not below {n}")
        self._n = n
        self._bytes = words * 8
        self._low = repeat_lanes(_MASK32, 64, words)
        self._high = self._low << 32
        self._threshold = (1 << 32) % n
        # Added to a low part, this carries into bit 32 exactly if the low part reaches the threshold.
        self._complement = repeat_lanes((1 << 32) - self._threshold, 64, words)
        self._carries = repeat_lanes(1 << 32, 64, words)

    def below(self, lanes: int) -> "array[int]":
        """The integers from one block: two per output, except for the halves that are rejected."""
        if self._n == 1:
            # With one cluster there is nothing to draw, and NumPy does not advance the stream.
            return array("I", bytes(self._bytes))
        low = self._low
        even = (lanes & low) * self._n
        odd = (lanes >> 32 & low) * self._n
        indices = self._halves(even >> 32 & low | odd & self._high)
        parts_even, parts_odd = even & low, odd & low
        if (parts_even + self._complement) & (parts_odd + self._complement) & self._carries == self._carries:
            return indices
        parts = self._halves(parts_even | parts_odd << 32)
        threshold = self._threshold
        return array("I", [index for index, part in zip(indices, parts, strict=True) if part >= threshold])

    def _halves(self, lanes: int) -> "array[int]":
        halves = array("I", lanes.to_bytes(self._bytes, "little"))
        if sys.byteorder == "big":
            halves.byteswap()
        return halves
