"""Several contrasts of the same sources tested together, by sign flips and the largest of their statistics.

All values of a source change their sign together, so whatever makes the contrasts depend on one another remains.
"""

import math
import sys
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.randomization import flip_totals, larger_of_each, side_by_side

__all__ = ["MaxT", "max_t_tests"]

# The types of machine integers in which totals are kept: the first that is large enough.
_CODES = "HIQ"


class MaxT(NamedTuple):
    """The result for one family of contrasts: p values in the order given, `adjusted` for all of them.

    `largest` has, for each sign pattern, the square of the largest statistic of the family. A statistic is an absolute
    total divided by the root of the sum of squares of its values.
    """

    p_values: list[float]
    adjusted: list[float]
    largest: list[float]

    def critical(self, error: float) -> float:
        """The value that a share of at most `error` of the largest statistics exceeds; infinite where that is none."""
        exceeding = int(error * (len(self.largest) + 1))
        return math.sqrt(sorted(self.largest, reverse=True)[exceeding - 1]) if exceeding else math.inf


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
        return [MaxT([], [], [0.0] * bootstrap.iterations) for _ in families]
    sizes = set(map(len, places))
    if len(sizes) > 1:
        raise ValueError("the contrasts do not have the same number of sources")
    if sizes == {0}:
        raise ValueError("there is no source to flip the sign of")
    patterns = _Patterns(list(places), bootstrap)
    return [_stepped_down(patterns, family, bootstrap.iterations) for family in by_family]


def _stepped_down(patterns: "_Patterns", places: Sequence[int], iterations: int) -> MaxT:
    observed = [patterns.observed[place] for place in places]
    p_values = [0.0] * len(places)
    adjusted = [0.0] * len(places)
    largest = [0.0] * iterations
    # From the smallest statistic up, so that each is compared with the largest of itself and all smaller ones.
    order = sorted(range(len(places)), key=observed.__getitem__)
    for position in order:
        statistics = patterns.statistics(places[position])
        largest = larger_of_each(largest, statistics)
        p_values[position] = _p_value(statistics, observed[position])
        adjusted[position] = _p_value(largest, observed[position])
    for lower, higher in zip(order[-2::-1], order[:0:-1], strict=True):
        adjusted[lower] = max(adjusted[lower], adjusted[higher])
    return MaxT(p_values, adjusted, largest)


def _p_value(statistics: Sequence[float], observed: float) -> float:
    return (sum(map(observed.__le__, statistics)) + 1) / (len(statistics) + 1)


def _squared(total: int, squares: int) -> float:
    """The square of the statistic: a quotient of two integers, so that equal ones are equal floats too."""
    return total * total / squares if squares else 0.0


class _Patterns:
    """The totals of every contrast under every sign pattern, side by side in machine integers of one size."""

    def __init__(self, contrasts: Sequence[Sequence[int]], bootstrap: Bootstrap) -> None:
        self._spans = [sum(map(abs, contrast)) for contrast in contrasts]
        self._squares = [sum(value * value for value in contrast) for contrast in contrasts]
        self.observed = [
            _squared(sum(contrast), squares) for contrast, squares in zip(contrasts, self._squares, strict=True)
        ]
        self._fields = array(_code_for(max(self._spans)))
        bits = self._fields.itemsize * 8
        packed, offset, _ = side_by_side(contrasts, [place * bits for place in range(len(contrasts))])
        width = len(contrasts) * self._fields.itemsize
        for totals in flip_totals(packed, bootstrap):
            self._fields.frombytes(b"".join([(total + offset).to_bytes(width, "little") for total in totals]))
        if sys.byteorder == "big":
            self._fields.byteswap()

    def statistics(self, place: int) -> list[float]:
        """The statistics of one contrast, squared, under every pattern."""
        span, squares = self._spans[place], self._squares[place]
        fields = self._fields[place :: len(self._spans)]
        # A field holds the sum of the values with a positive sign, moved up; twice that less the span is the total.
        known = {field: _squared(2 * field - span, squares) for field in set(fields)}
        return list(map(known.__getitem__, fields))


def _code_for(span: int) -> str:
    """The type of the smallest machine integers that hold sums from 0 to `span`."""
    for code in _CODES:
        if span < 1 << 8 * array(code).itemsize:
            return code
    raise ValueError(f"sums of up to {span} do not fit in 64 bits")
