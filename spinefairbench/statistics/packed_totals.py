"""Totals of several quantities at once: one integer per cluster holds them all, so one addition serves all of them."""

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import mul, sub
from typing import Final, NamedTuple

from spinefairbench.statistics.pcg64 import repeat_lanes

__all__ = ["Column", "PackedTotals"]

# A quantity: its value in each cluster.
_Values = tuple[int, ...]

# Bits of the machine integers that packed totals are read from.
_WORD: Final = 64
# The weight of a cluster is a power of this modulo a prime, so that hardly two quantities have the same weighted sum.
_WEIGHT: Final = 3_141_592_653
_PRIME: Final = (1 << 61) - 1


class Column(NamedTuple):
    """The totals of one quantity: base + step * reduced for each of `reduced`, where step is positive."""

    base: int
    step: int
    reduced: Sequence[int]

    @property
    def totals(self) -> Sequence[int]:
        """The totals themselves."""
        # Most are to be moved up alone, which takes half of the time.
        if self.step == 1:
            return [self.base + reduced for reduced in self.reduced] if self.base else self.reduced
        return [self.base + self.step * reduced for reduced in self.reduced]


class _Field:
    """One quantity of every cluster, in the lowest terms that add up: value = base + step * reduced.

    `bits` hold any total of the reduced values; they lie in the word at `word`, moved up by `shift`, or begin there.
    """

    def __init__(self, values: _Values) -> None:
        lowest = min(values)
        # Offset to be non-negative and divided by the common factor: short fields make additions fast.
        self.step = math.gcd(*(value - lowest for value in values)) or 1
        self.base = lowest * len(values)
        self.reduced = [(value - lowest) // self.step for value in values]
        self.bits = (max(self.reduced) * len(values)).bit_length()
        self.word = self.shift = 0


class PackedTotals:
    """Totals of drawn clusters, as many as there are clusters, for quantities with a value in each of `n` clusters.

    `packed` has one integer for each cluster, to be added up for those that are drawn.
    """

    def __init__(self, quantities: Iterable[_Values], n: int) -> None:
        # Identical quantities are packed once.
        self._fields = {values: _Field(values) for values in dict.fromkeys(quantities)}
        varying = {values: field for values, field in self._fields.items() if field.bits}
        self._differences = _differences(sorted(varying, key=lambda values: varying[values].bits), n)
        self.packed, self._width = _packed(
            [field for values, field in varying.items() if values not in self._differences], n
        )
        self._rows = bytearray()
        self._number = 0

    def add(self, totals: Sequence[int]) -> None:
        """Take sums of items of `packed`, each of `n` of them."""
        width = self._width * _WORD // 8
        self._rows += b"".join([total.to_bytes(width, "little") for total in totals])
        self._number += len(totals)

    def is_constant(self, values: _Values) -> bool:
        """Whether every total of a quantity is the same, since its value is the same in every cluster."""
        return not self._fields[values].bits

    def column(self, values: _Values) -> Column:
        """The totals of one quantity, in the order in which they were added; after the first, none is added any more."""
        if values in self._differences:
            one, other = (self.column(each).totals for each in self._differences[values])
            return Column(0, 1, list(map(sub, one, other)))
        field = self._fields[values]
        if not field.bits:
            return Column(field.base, field.step, bytes(self._number))
        reduced: Sequence[int] = self._part(field.word, field.shift, min(field.bits, _WORD))
        for at in range(1, -(-field.bits // _WORD)):
            above = self._part(field.word + at, 0, min(field.bits - at * _WORD, _WORD))
            reduced = [low | high << at * _WORD for low, high in zip(reduced, above, strict=True)]
        return Column(field.base, field.step, reduced)

    def _part(self, word: int, shift: int, bits: int) -> "array[int]":
        """Some bits of one word of every total: all are moved and masked at once, as lanes of one long integer."""
        lanes = self._words[word] >> shift & repeat_lanes((1 << bits) - 1, _WORD, self._number)
        return _array_of(lanes.to_bytes(self._number * _WORD // 8, "little"))

    @cached_property
    def _words(self) -> list[int]:
        """For each word of a total, one integer with that word of every total."""
        words = array("Q", self._rows)
        self._rows.clear()
        return [int.from_bytes(words[word :: self._width].tobytes(), "little") for word in range(self._width)]


def _array_of(data: bytes) -> "array[int]":
    """The words of these bytes, in which the lowest byte of each comes first."""
    words = array("Q", data)
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _differences(quantities: Iterable[_Values], n: int) -> dict[_Values, tuple[_Values, _Values]]:
    """The quantities that are one of those before them less another one, with these two: they need not be drawn."""
    found: dict[_Values, tuple[_Values, _Values]] = {}
    kept: dict[int, _Values] = {}
    weights = [pow(_WEIGHT, at, _PRIME) for at in range(1, n + 1)]
    for values in quantities:
        # Weighted sums differ as the quantities do, and tell nearly all that are no difference.
        mark = sum(map(mul, weights, values))
        for sum_of_one, one in kept.items():
            other = kept.get(sum_of_one - mark)
            if other is not None and tuple(map(sub, one, other)) == values:
                found[values] = one, other
                break
        else:
            kept[mark] = values
    return found


def _packed(fields: Sequence[_Field], clusters: int) -> tuple[list[int], int]:
    """One integer per cluster with its value in every field, and the number of words of such an integer.

    No field reaches across the end of a word but those that are longer than one, so a field is read from a word, not
    from the long integer.
    """
    filled: list[int] = []
    for each in sorted(fields, key=lambda field: field.bits, reverse=True):
        each.word = next((word for word, bits in enumerate(filled) if bits + each.bits <= _WORD), len(filled))
        if each.word == len(filled):
            # Of a long field, nothing shares the words.
            filled += [0] if each.bits <= _WORD else [_WORD] * -(-each.bits // _WORD)
        each.shift = filled[each.word] % _WORD
        filled[each.word] += each.bits
    packed = [0] * clusters
    for each in fields:
        shift = each.word * _WORD + each.shift
        packed = [known | value << shift for known, value in zip(packed, each.reduced, strict=True)]
    return packed, len(filled)
