"""Several contrasts of the same sources tested together, by sign flips and the largest of their statistics.

All values of a source change their sign together, so whatever makes the contrasts depend on one another remains.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from operator import mul
from typing import NamedTuple

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.sign_patterns import absolute_totals

__all__ = ["MaxT", "max_t_tests"]


class MaxT(NamedTuple):
    """The result for one family of contrasts: p values in the order given, `adjusted` for all of them.

    For each of the `patterns`, take the square of the largest statistic of the family: `largest` gives the n-th largest
    of these, for an n from 1. A statistic is an absolute total divided by the root of the sum of squares of its values.
    """

    p_values: list[float]
    adjusted: list[float]
    patterns: int
    largest: Callable[[int], float]

    def critical(self, error: float) -> float:
        """The value that a share of at most `error` of the largest statistics exceeds; infinite where that is none."""
        exceeding = int(error * (self.patterns + 1))
        return math.sqrt(self.largest(exceeding)) if exceeding else math.inf


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
    sizes = set(map(len, places))
    if len(sizes) > 1:
        raise ValueError("the contrasts do not have the same number of sources")
    if sizes == {0}:
        raise ValueError("there is no source to flip the sign of")
    flipped = [_Flipped(contrast, bootstrap) for contrast in places]
    return [_stepped_down([flipped[place] for place in family], bootstrap.iterations) for family in by_family]


def _stepped_down(family: Sequence["_Flipped"], patterns: int) -> MaxT:
    p_values = [0.0] * len(family)
    adjusted = [0.0] * len(family)
    # From the smallest statistic up, so that each is compared with the largest of itself and all smaller ones.
    order = sorted(range(len(family)), key=lambda position: family[position].observed)
    for rank, position in enumerate(order, 1):
        observed = family[position].observed
        p_values[position] = (family[position].reaching(observed).bit_count() + 1) / (patterns + 1)
        reached = _any_reaching([family[smaller] for smaller in order[:rank]], observed)
        adjusted[position] = (reached.bit_count() + 1) / (patterns + 1)
    for lower, higher in zip(order[-2::-1], order[:0:-1], strict=True):
        adjusted[lower] = max(adjusted[lower], adjusted[higher])
    return MaxT(p_values, adjusted, patterns, partial(_largest, family))


def _any_reaching(family: Sequence["_Flipped"], threshold: float) -> int:
    """The patterns, as bits, in which any squared statistic is at least the threshold."""
    reached = 0
    for contrast in family:
        reached |= contrast.reaching(threshold)
    return reached


def _largest(family: Sequence["_Flipped"], nth: int) -> float:
    """The n-th largest of the squares of the largest statistics of all patterns, by bisection."""
    low, high = 0.0, max((contrast.most for contrast in family), default=0.0)
    while low < high:
        # Both ends become squares that a level has, so that they meet after few halvings.
        middle = max((low + high) / 2, math.nextafter(low, math.inf))
        levels = [contrast.least_level(middle) for contrast in family]
        if _any_reaching(family, middle).bit_count() >= nth:
            above = (contrast.squared(level) for contrast, level in zip(family, levels, strict=True))
            # Some contrasts may not reach the middle at any level.
            low = min(squared for squared in above if squared >= middle)
        else:
            high = max(contrast.squared(level - 1) for contrast, level in zip(family, levels, strict=True) if level)
    return low


class _Flipped:
    """One contrast under every sign pattern, with the square of its statistic as it was `observed`.

    Statistics are compared as floats: quotients of two integers, so that equal ones are equal floats too.
    """

    def __init__(self, contrast: Sequence[int], bootstrap: Bootstrap) -> None:
        self._totals = absolute_totals(contrast, bootstrap)
        self._squares = sum(map(mul, contrast, contrast))
        self.observed = self.squared(self._totals.level(sum(contrast)))

    def squared(self, level: int) -> float:
        """The square of the statistic at this level of the absolute total."""
        total = self._totals.total(level)
        return total * total / self._squares if self._squares else 0.0

    @property
    def most(self) -> float:
        """What no squared statistic exceeds."""
        return self.squared(self._totals.levels)

    def least_level(self, threshold: float) -> int:
        """The least level with a squared statistic of at least the threshold."""
        low, high = 0, self._totals.levels
        while low < high:
            middle = (low + high) // 2
            if self.squared(middle) >= threshold:
                high = middle
            else:
                low = middle + 1
        return low

    def reaching(self, threshold: float) -> int:
        """The patterns, as bits, with a squared statistic of at least the threshold."""
        return self._totals.reaching(self.least_level(threshold))
