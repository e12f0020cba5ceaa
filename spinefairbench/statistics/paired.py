"""Two models on the same sources: their difference, and tests of equivalence."""

import math
from typing import Final, NamedTuple

from spinefairbench.statistics.bounded_mean import bounded_mean_interval
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.intervals import IntervalAtLevel, difference_method
from spinefairbench.statistics.variance import clustered_mean

__all__ = [
    "Equivalence",
    "check_same_pairs",
    "equivalence",
    "paired_difference",
]

_BOUNDS: Final = (-1, 1)  # of a difference of two values in [0, 1]
# Of the interval of levels that is searched for a p value.
_HALVINGS: Final = 13


class Equivalence(NamedTuple):
    """The result of two one-sided tests.

    `p_value` is the larger of the two p values, None with one source.
    `interval` is the two-sided interval of level 1 - 2·alpha; it lies within ±margin exactly if `equivalent`. The
    margin and the interval are in the unit of the endpoint.
    """

    margin: float
    p_value: float | None
    interval: tuple[float, float] | None
    equivalent: bool


def paired_difference(first: ClusterTotals, second: ClusterTotals) -> ClusterTotals:
    """The totals of the differences first - second, pair by pair.

    Raises ValueError unless both have the same sources with the same number of pairs each: pairs that are missing on
    one side must be left out on the other.
    """
    check_same_pairs(first, second)
    scale = math.lcm(first.scale, second.scale)
    sums = tuple(
        one * (scale // first.scale) - other * (scale // second.scale)
        for one, other in zip(first.sums, second.sums, strict=True)
    )
    return ClusterTotals(sums, first.counts, scale, first.ids or second.ids)


def equivalence(difference: ClusterTotals, margin: float, *, alpha: float = 0.05) -> Equivalence:
    """Tests whether the true mean of paired differences lies within ±`margin`, with two one-sided tests.

    Equivalence is shown if the interval of level 1 - 2·alpha lies within ±`margin`. It is `difference_interval`,
    because the limits of Student's t are too close to the estimate on the side of rare differences: with 200 sources
    and a difference of just the margin, they show equivalence in up to 9% of data sets. With one source, equivalence is
    never shown.

    Source: D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987. Raises ValueError for a
    margin that is not positive or an alpha outside (0, 0.5).
    """
    if not (margin > 0 and math.isfinite(margin)):
        raise ValueError(f"the margin of equivalence must be positive, got {margin}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must be between 0 and 0.5, got {alpha}")
    if difference.n < 2:
        return Equivalence(margin, None, None, False)
    at_level = _method(difference)
    interval = at_level(1 - 2 * alpha)
    return Equivalence(margin, _p_value(at_level, margin), interval, _is_within(interval, margin))


def _method(difference: ClusterTotals) -> IntervalAtLevel:
    if difference.estimate and clustered_mean(difference).standard_error == 0:
        return lambda level: bounded_mean_interval(difference, bounds=_BOUNDS, level=level)
    return difference_method(difference)


def _is_within(interval: tuple[float, float], margin: float) -> bool:
    return -margin < interval[0] and interval[1] < margin


def _p_value(at_level: IntervalAtLevel, margin: float) -> float:
    """The smallest level at which equivalence is shown, rounded up to a multiple of 0.5/2^_HALVINGS; 0.5 if at none."""
    low, high = 0.0, 0.5
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _is_within(at_level(1 - 2 * middle), margin):
            high = middle
        else:
            low = middle
    return high


def check_same_pairs(first: ClusterTotals, second: ClusterTotals) -> None:
    """Raises ValueError unless both have the same sources with the same number of pairs each."""
    if first.n != second.n or (None not in (first.ids, second.ids) and first.ids != second.ids):
        raise ValueError("the two samples do not have the same sources")
    if first.counts != second.counts:
        raise ValueError("the two samples do not have the same number of pairs in every source")
