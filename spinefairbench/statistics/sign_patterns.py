"""Random sign patterns, and the totals that values have under all of them at once.

Numbers that differ from pattern to pattern are held in bit slices: one long integer for each binary digit, lowest
first, in which each pattern has a bit. One operation on a slice serves all patterns.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.pcg64 import packed_words, repeat_lanes

__all__ = ["AbsoluteTotals", "absolute_totals", "sign_rows"]

# The number of patterns drawn at a time; a multiple of four.
_ROWS: Final = 128
# Swaps of bits in eight bytes that make rows of their columns: by how many places, and which bits move up.
_SWAPS: Final = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


def sign_rows(sources: int, bootstrap: Bootstrap) -> Iterator[list[bytes]]:
    """Random sign patterns, some at a time: the bits of each, lowest first, are the signs of the sources.

    The bits are those of the PCG64 stream of `seed`, ceil(sources/64) outputs a pattern; set is positive. Raises
    ValueError for a seed that is not a non-negative integer.
    """
    row_words = -(-sources // 64)
    row_bytes = row_words * 8
    used = -(-sources // 8)
    remaining = bootstrap.iterations
    for lanes in packed_words(bootstrap.seed, row_words * _ROWS):
        block = lanes.to_bytes(row_bytes * _ROWS, "little")
        starts = range(0, row_bytes * min(_ROWS, remaining), row_bytes)
        yield [block[start : start + used] for start in starts]
        remaining -= len(starts)
        if not remaining:
            break


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
    """The absolute totals of the values, one a source, under the patterns of `sign_rows`."""
    patterns = (1 << bootstrap.iterations) - 1
    signs_of_value: defaultdict[int, list[int]] = defaultdict(list)
    for value, signs in zip(values, _columns(len(values), bootstrap.iterations, bootstrap.seed), strict=True):
        if value:
            signs_of_value[value].append(signs)
    unit = math.gcd(*signs_of_value) or 1
    span = sum(abs(value) // unit * len(columns) for value, columns in signs_of_value.items())
    # What is added up are the magnitudes of the values that are positive once their signs are flipped: half the span
    # where the total is 0. It begins with as much as makes a power of two of that half, rounded up.
    half, odd = -(-span // 2), span & 1
    width = half.bit_length()
    addends: list[list[int]] = [[] for _ in range(width + 1)]
    _add([patterns], (1 << width) - half, addends)
    for value, columns in signs_of_value.items():
        positive = columns if value > 0 else [patterns ^ signs for signs in columns]
        _add(positive, abs(value) // unit, addends)
    *slices, not_negative = _digits(addends)
    return AbsoluteTotals(unit, odd, _distances(slices, patterns ^ not_negative, odd), patterns)


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


@lru_cache(maxsize=2, typed=True)
def _columns(sources: int, iterations: int, seed: int) -> list[int]:
    """For each source, the patterns in which its sign is positive, as bits. Kept, since most models have the same sources.

    Source of the transposition, of eight bytes at a time: H. S. Warren, "Hacker's Delight", 2nd ed. 2012, section 7-3.
    """
    block = b"".join(chain.from_iterable(sign_rows(sources, Bootstrap(iterations, seed))))
    row_bytes = len(block) // iterations
    eights = -(-iterations // 8)
    swaps = [(places, repeat_lanes(moved, 64, eights)) for places, moved in _SWAPS]
    columns: list[int] = []
    for first in range(row_bytes):
        bits = int.from_bytes(block[first::row_bytes], "little")
        for places, moved in swaps:
            differing = (bits ^ bits >> places) & moved
            bits ^= differing ^ differing << places
        transposed = bits.to_bytes(8 * eights, "little")
        columns += [int.from_bytes(transposed[source::8], "little") for source in range(8)]
    return columns[:sources]
