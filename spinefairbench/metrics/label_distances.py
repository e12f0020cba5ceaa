"""How far one set of labels lies from each of many, counted by distance.

Of few sets, each is looked at. Of thousands of different ones that would take the square of their number in all; then the
sets are counted once by their size and by how many labels they share with every possible set.
"""

import struct
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.statistics.exact import UNITS

__all__ = ["LabelSets"]

_FEW: Final = 400
"""Of so many different sets, each is looked at."""
_MOST_LABELS: Final = 15
"""The table has an entry for each possible set: with more labels, it would not fit."""
_COUNT_BYTES: Final = 8


class LabelSets:
    """Sets of labels, as {mask: how often it occurs}."""

    def __init__(self, times: Mapping[int, int]) -> None:
        self._times = times
        self._labels = max(times, default=0).bit_length()
        self._in_table = len(times) > _FEW and self._labels <= _MOST_LABELS

    def distances(self, mask: int) -> dict[int, int]:
        """{distance: how often}: how far these sets lie from the set `mask`, in units of 1/`UNITS`.

        A distance is 1 less the Jaccard index.
        """
        found: Counter[int] = Counter()
        if self._in_table:
            own = mask.bit_count()
            for (size, shared), times in self._shared_with(mask & ((1 << self._labels) - 1)).items():
                union = own + size - shared
                found[UNITS - shared * UNITS // union if union else 0] += times
        else:
            for other, times in self._times.items():
                found[UNITS - jaccard_units(mask, other)] += times
        return found

    @cached_property
    def _table(self) -> list[int]:
        """For each possible set, how many of the sets have which size and share how many labels with it.

        The counts are the digits of one whole number, a digit for each size and number. Label by label, the entries of
        the sets without it and with it are joined: a set that has the label shares it with those that have it too.
        """
        digit = 8 * _COUNT_BYTES
        sizes = self._labels + 1
        table = [0] * (1 << self._labels)
        for mask, times in self._times.items():
            table[mask] = times << (digit * sizes * mask.bit_count())
        for label in range(self._labels):
            bit = 1 << label
            for mask in range(len(table)):
                if not mask & bit:
                    without, having = table[mask], table[mask | bit]
                    table[mask] = without + having
                    table[mask | bit] = without + (having << digit)
        return table

    def _shared_with(self, mask: int) -> dict[tuple[int, int], int]:
        """{(size, labels shared with `mask`): number of sets}."""
        sizes = self._labels + 1
        digits = self._table[mask].to_bytes(_COUNT_BYTES * sizes * sizes, "little")
        counts = struct.unpack(f"<{sizes * sizes}Q", digits)
        return {divmod(at, sizes): times for at, times in enumerate(counts) if times}
