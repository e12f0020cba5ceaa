"""Random sign patterns, and the totals that values have under all of them at once.

The signs of a pattern are the bits, lowest first, of ceil(sources/64) outputs of the PCG64 stream of a seed; set is
positive. A seed that is not a non-negative integer is refused with a ValueError.

Numbers that differ from pattern to pattern are held in bit slices: one long integer for each binary digit, lowest
first, in which each pattern has a bit. One operation on a slice serves all patterns.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.pcg64 import packed_words, repeat_lanes

__all__ = ["AbsoluteTotals", "absolute_totals", "positive_totals"]

# The number of patterns drawn at a time; a multiple of four.
_ROWS: Final = 128
# Swaps of bits in eight bytes that make rows of their columns: by how many places, and which bits move up.
_SWAPS: Final = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


@dataclass(frozen=True)
class AbsoluteTotals:
    """The absolute totals of some values under every sign pattern: `unit`·(2·level + `odd`), a level for each pattern.

    All totals of whole numbers are odd, or all are even. `slices` are those of the levels, and the bits of `patterns`
    those of all patterns.
    """

    unit: int
    odd: int
    slices: Sequence[int]
    patterns: int

    @property
    def levels(self) -> int:
        """A number that no level reaches."""
        return 1 << len(self.slices)

    def total(self, level: int) -> int:
        """The absolute total of this level."""
        return self.unit * (2 * level + self.odd)

    def level(self, total: int) -> int:
        """The level of a total that some pattern may have."""
        return abs(total) // self.unit // 2

    def reaching(self, level: int) -> int:
        """The patterns of at least this level, as bits."""
        if level >= self.levels:
            return 0
        reaching = self.patterns
        for digits in self.slices:
            reaching = digits & reaching if level & 1 else digits | reaching
            level >>= 1
        return reaching


def absolute_totals(values: Sequence[int], bootstrap: Bootstrap) -> AbsoluteTotals:
    """The absolute totals of the values, one a source, under every sign pattern."""
    signed = _Signed(values, bootstrap)
    # The total is 0 where the lifted sum is half the span. The sum begins with as much as makes a power of two of that
    # half, rounded up.
    half, odd = -(-signed.span // 2), signed.span & 1
    width = half.bit_length()
    *slices, not_negative = signed.lifted_sums((1 << width) - half, width + 1)
    distances = _distances(slices, signed.patterns ^ not_negative, odd)
    return AbsoluteTotals(signed.unit, odd, distances, signed.patterns)


def positive_totals(values: Sequence[int], bootstrap: Bootstrap) -> list[int]:
    """The sum of the values whose sign is positive, one a source, under every sign pattern."""
    signed = _Signed(values, bootstrap)
    slices = signed.lifted_sums(0, signed.span.bit_length())
    lowest = sum(value for value in values if value < 0)
    return [lowest + signed.unit * lifted for lifted in _numbers(slices, bootstrap.iterations)]


class _Signed:
    """Values with their random signs; `unit` divides them all, and `span` is the sum of their magnitudes in that unit."""

    def __init__(self, values: Sequence[int], bootstrap: Bootstrap) -> None:
        self.patterns = (1 << bootstrap.iterations) - 1
        self._signs: defaultdict[int, list[int]] = defaultdict(list)
        for value, signs in zip(values, _columns(len(values), bootstrap.iterations, bootstrap.seed), strict=True):
            if value:
                self._signs[value].append(signs)
        self.unit = math.gcd(*self._signs) or 1
        self.span = sum(abs(value) // self.unit * len(columns) for value, columns in self._signs.items())

    def lifted_sums(self, start: int, width: int) -> list[int]:
        """The slices, so many, of the sum of the positive values less that of all values below 0, and of `start` beside it.

        That is the sum of the magnitudes of all values that are positive once their signs are flipped.
        """
        addends: list[list[int]] = [[] for _ in range(width)]
        _add([self.patterns], start, addends)
        for value, columns in self._signs.items():
            positive = columns if value > 0 else [self.patterns ^ signs for signs in columns]
            _add(positive, abs(value) // self.unit, addends)
        return _digits(addends)


def _distances(slices: Sequence[int], negative: int, odd: int) -> list[int]:
    """The slices of the distances from the power of two above the slices, in the patterns that are below it.

    Where totals are odd, both of the middle sums have the distance 0.
    """
    distances = []
    # In two's complement, a number changes its sign if its digits are turned and one is added.
    carry = 0 if odd else negative
    for digits in slices:
        turned = digits ^ negative
        distances.append(turned ^ carry)
        carry &= turned
    while distances and not distances[-1]:
        distances.pop()
    return distances


def _add(columns: list[int], value: int, addends: list[list[int]]) -> None:
    """Adds the value in the patterns of each column: puts the column where the binary digits of the value are."""
    for power in range(value.bit_length()):
        if value >> power & 1:
            addends[power] += columns


def _digits(addends: Sequence[Sequence[int]]) -> list[int]:
    """The slices of a sum, as many as there are powers of two; each slice among the addends counts as much as its power."""
    slices = []
    carried: list[int] = []
    for of_power in addends:
        waiting = iter((*of_power, *carried))
        carried = []
        total = next(waiting, 0)
        # A full adder makes a digit and a carry of three digits.
        for first in waiting:
            second = next(waiting, 0)
            either = first ^ second
            carried.append(first & second | either & total)
            total ^= either
        slices.append(total)
    return slices


def _numbers(slices: Sequence[int], patterns: int) -> Iterator[int]:
    """The number of each pattern, lowest bit first, from its bits in the slices."""
    lowest_bits = repeat_lanes(1, 8, patterns)
    width = -(-len(slices) // 8) or 1
    numbers = bytearray(width * patterns)
    for place in range(-(-len(slices) // 8)):
        lanes = 0
        for power, digits in enumerate(slices[8 * place : 8 * place + 8]):
            # The digits 0 and 1 as text differ in the lowest bit of their byte.
            text = f"{digits:0{patterns}b}".encode("ascii")
            lanes |= (int.from_bytes(text, "big") & lowest_bits) << power
        numbers[place::width] = lanes.to_bytes(patterns, "little")
    return (int.from_bytes(numbers[start : start + width], "little") for start in range(0, len(numbers), width))


@lru_cache(maxsize=2, typed=True)
def _columns(sources: int, iterations: int, seed: int) -> list[int]:
    """For each source, the patterns in which its sign is positive, as bits. Kept, since most models have the same sources.

    Source of the transposition, of eight bytes at a time: H. S. Warren, "Hacker's Delight", 2nd ed. 2012, section 7-3.
    """
    row_words = -(-sources // 64)
    row_bytes = 8 * row_words
    blocks = -(-iterations // _ROWS)
    block = b"".join(
        lanes.to_bytes(row_bytes * _ROWS, "little") for lanes in islice(packed_words(seed, row_words * _ROWS), blocks)
    )[: row_bytes * iterations]
    eights = -(-iterations // 8)
    swaps = [(places, repeat_lanes(moved, 64, eights)) for places, moved in _SWAPS]
    columns: list[int] = []
    for first in range(-(-sources // 8)):
        bits = int.from_bytes(block[first::row_bytes], "little")
        for places, moved in swaps:
            differing = (bits ^ bits >> places) & moved
            bits ^= differing ^ differing << places
        transposed = bits.to_bytes(8 * eights, "little")
        columns += [int.from_bytes(transposed[source::8], "little") for source in range(8)]
    return columns[:sources]
