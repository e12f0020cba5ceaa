"""Two means of different sources: how they differ."""

from typing import NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.interval_test import interval_p_value
from spinefairbench.statistics.intervals import combined_intervals, interval_method

__all__ = ["IndependentDifference", "independent_difference"]


class IndependentDifference(NamedTuple):
    """A difference of two means with its 95% interval (lower, upper) and its two-sided p value."""

    estimate: float
    interval: tuple[float, float]
    p_value: float


def independent_difference(one: ClusterTotals, other: ClusterTotals, bounds: tuple[int, int]) -> IndependentDifference:
    """The mean of `one` less that of `other`, two samples of different sources with values within `bounds`.

    The intervals of the two means (`chosen_interval`) are combined (`combined_intervals`). The p
    value is the smallest level at which that interval excludes 0, so the two never disagree. A permutation test of
    studentized differences is not used: where one sample of 50 sources shows no change and the other, of 950, varies in
    another way, it rejects equal means in up to 30% of data sets (docs/intervals.md).

    Raises ValueError for a sample with a single source.
    """
    difference = one.estimate - other.estimate
    (of_one, _), (of_other, _) = interval_method(one, bounds), interval_method(other, bounds)
    interval = combined_intervals(
        difference, (one.estimate, of_one), (other.estimate, of_other), limit=bounds[1] - bounds[0]
    )
    return IndependentDifference(difference, interval(0.95), interval_p_value(interval))
