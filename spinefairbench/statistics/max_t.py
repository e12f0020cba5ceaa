"""Several contrasts of the same sources tested together, by sign flips and the largest of their statistics.

All values of a source change their sign together, so whatever makes the contrasts depend on one another remains.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Final, NamedTuple

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.randomization import flip_totals, larger_of_each, side_by_side

__all__ = ["MaxT", "max_t_tests"]

# As many as a number of seven bits can count.
_MOST_THRESHOLDS: Final = 127


class MaxT(NamedTuple):
    """The result for one family of contrasts: p values in the order given, `adjusted` for all of them.

    `largest` gives, for each sign pattern, the square of the largest statistic of the family; it is computed when asked
    for. A statistic is an absolute total divided by the root of the sum of squares of its values.
    """

    p_values: list[float]
    adjusted: list[float]
    largest: Callable[[], Sequence[float]]

    def critical(self, error: float) -> float:
        """The value that a share of at most `error` of the largest statistics exceeds; infinite where that is none."""
        largest = self.largest()
        exceeding = int(error * (len(largest) + 1))
        return math.sqrt(sorted(largest, reverse=True)[exceeding - 1]) if exceeding else math.inf


def max_t_tests(families: Sequence[Sequence[Sequence[int]]], bootstrap: Bootstrap = FROZEN) -> list[MaxT]:
    """Two-sided sign-flip p values of each contrast, and p values adjusted by step-down max-T within each family.

    A contrast has one exact integer per source, 0 where the source has none; the null hypothesis is that either sign of
    a source's values is equally likely. A sum of squares is the same under every sign pattern, so a statistic is
    studentized by the same number in all of them. The patterns are drawn as in `sign_flip_p_values`, all families share
    them, and as there no p value is 0. If the contrasts with an adjusted p value of at most alpha are called different
    from 0, the probability of any false one among them is at most alpha.

    Sources: J. P. Romano and M. Wolf, "Exact and approximate stepdown methods for multiple hypothesis testing", JASA
    100, 2005; B. Phipson and G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 9(1), 2010. Raises
    ValueError for no source, or for contrasts of different numbers of sources.
    """
    # A contrast that several families have, or several times, is flipped once.
    places: dict[tuple[int, ...], int] = {}
    by_family = [[places.setdefault(tuple(contrast), len(places)) for contrast in family] for family in families]
    if not places:
        return [MaxT([], [], lambda: [0.0] * bootstrap.iterations) for _ in families]
    sizes = set(map(len, places))
    if len(sizes) > 1:
        raise ValueError("the contrasts do not have the same number of sources")
    if sizes == {0}:
        raise ValueError("there is no source to flip the sign of")
    patterns = _Patterns(list(places), bootstrap)
    return [_stepped_down(patterns, family) for family in by_family]


def _stepped_down(patterns: "_Patterns", places: Sequence[int]) -> MaxT:
    observed = [patterns.observed[place] for place in places]
    p_values = [0.0] * len(places)
    adjusted = [0.0] * len(places)
    # From the smallest statistic up, so that each is compared with the largest of itself and all smaller ones.
    order = sorted(range(len(places)), key=observed.__getitem__)
    lanes = _Lanes(patterns.number)
    for start in range(0, len(order), _MOST_THRESHOLDS):
        compared = order[start : start + _MOST_THRESHOLDS]
        thresholds = [observed[position] for position in compared]
        largest = 0
        for at, position in enumerate(order[: start + len(compared)], 1 - start):
            reached = int.from_bytes(patterns.reached(places[position], thresholds), "little")
            largest = lanes.larger(largest, reached)
            if at > 0:
                p_values[position] = (lanes.at_least(reached, at) + 1) / (patterns.number + 1)
                adjusted[position] = (lanes.at_least(largest, at) + 1) / (patterns.number + 1)
    for lower, higher in zip(order[-2::-1], order[:0:-1], strict=True):
        adjusted[lower] = max(adjusted[lower], adjusted[higher])
    return MaxT(p_values, adjusted, partial(patterns.largest, places))


class _Lanes:
    """Arithmetic on many small numbers at once: one integer holds them, a byte each, up to `_MOST_THRESHOLDS`."""

    def __init__(self, number: int) -> None:
        self._ones = int.from_bytes(b"\x01" * number, "little")
        self._tops = self._ones << 7

    def larger(self, ones: int, others: int) -> int:
        """The larger of every two numbers in the same place."""
        # The top bit of a lane survives where nothing had to be borrowed from it.
        not_less = (ones | self._tops) - others & self._tops
        return others ^ (ones ^ others) & (not_less - (not_less >> 7))

    def at_least(self, numbers: int, least: int) -> int:
        """How many of the numbers are at least so large."""
        return ((numbers | self._tops) - self._ones * least & self._tops).bit_count()


def _squared(total: int, squares: int) -> float:
    """The square of the statistic: a quotient of two integers, so that equal ones are equal floats too."""
    return total * total / squares if squares else 0.0


class _Patterns:
    """The totals of every contrast under every sign pattern, side by side in as few bytes as each needs."""

    def __init__(self, contrasts: Sequence[Sequence[int]], bootstrap: Bootstrap) -> None:
        self.number = bootstrap.iterations
        self._spans = [sum(map(abs, contrast)) for contrast in contrasts]
        self._squares = [sum(value * value for value in contrast) for contrast in contrasts]
        self.observed = [
            _squared(sum(contrast), squares) for contrast, squares in zip(contrasts, self._squares, strict=True)
        ]
        ends = list(accumulate((max(1, -(-span.bit_length() // 8)) for span in self._spans), initial=0))
        self._bytes = list(map(range, ends, ends[1:]))
        self._row = ends[-1]
        packed, offset, _ = side_by_side(contrasts, [8 * first for first in ends[:-1]])
        self._rows = b"".join(
            (total + offset).to_bytes(self._row, "little")
            for totals in flip_totals(packed, bootstrap)
            for total in totals
        )

    def reached(self, place: int, thresholds: Sequence[float]) -> bytes:
        """How many of some ascending thresholds the squared statistic of one contrast reaches, a byte a pattern."""
        keys, statistics = self._statistics(place)
        numbers = {key: bisect_right(thresholds, statistic) for key, statistic in statistics.items()}
        if isinstance(keys, bytes):
            return keys.translate(bytes(map(numbers.__getitem__, range(256))))
        return bytes(map(numbers.__getitem__, keys))

    def largest(self, places: Sequence[int]) -> list[float]:
        """The largest of the squared statistics of some contrasts, for each pattern."""
        largest = [0.0] * self.number
        for place in places:
            keys, statistics = self._statistics(place)
            largest = larger_of_each(largest, map(statistics.__getitem__, keys))
        return largest

    def _statistics(self, place: int) -> tuple[Sequence[int], Mapping[int, float]]:
        """A key for each pattern, and the squared statistic of one contrast by these keys.

        A field holds the sum of the values with a positive sign, moved up by what the negative ones come to; twice that
        less the span, the sum of the magnitudes, is the total. Nearly always all fields are so close to their mean that
        the lowest byte tells them apart, and it is the key: bytes are translated at a fortieth of the time.
        """
        span, squares = self._spans[place], self._squares[place]
        lowest, *higher = (self._rows[at :: self._row] for at in self._bytes[place])
        first = max(0, span // 2 - 128)
        fields = {byte: first + (byte - first & 255) for byte in range(256)}
        keys: Sequence[int] = lowest
        for level, plane in enumerate(higher, 1):
            if plane != lowest.translate(bytes(field >> 8 * level & 255 for field in fields.values())):
                columns = (lowest, *higher)
                keys = [int.from_bytes(each, "little") for each in map(bytes, zip(*columns, strict=True))]
                fields = {field: field for field in set(keys)}
                break
        return keys, {key: _squared(2 * field - span, squares) for key, field in fields.items()}
