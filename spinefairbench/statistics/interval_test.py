"""P values that agree with an interval, and the difference of two means of the same sources, tested in that way."""

from typing import Final, NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.intervals import (
    IntervalAtLevel,
    combined_intervals,
    correlation_of_means,
    interval_method,
)
from spinefairbench.statistics.paired import paired_difference
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["IntervalTest", "interval_p_value", "means_interval", "means_test"]

_RATE: Final = (0, 1)
# With fewer sources than this, a correlation is too uncertain to narrow an interval; two sources always correlate fully.
_FEW_SOURCES: Final = 20
# A p value is searched between 10^-12 and 1, to within 0.2%.
_DECADES: Final = 12
_HALVINGS: Final = 14


def interval_p_value(interval: IntervalAtLevel) -> float:
    """The smallest alpha at which the interval of level 1 - alpha excludes 0: 1 where none does, never 0.

    Source: J. Neyman, Philosophical Transactions of the Royal Society A 236, 1937.
    """
    excluding, including = 0.0, -float(_DECADES)
    for _ in range(_HALVINGS):
        middle = (excluding + including) / 2
        low, high = interval(1 - 10**middle)
        if low > 0 or high < 0:
            excluding = middle
        else:
            including = middle
    return 10**excluding


class IntervalTest(NamedTuple):
    """The 95% interval of a difference of two means, and the two-sided p value of a true difference of 0."""

    interval: tuple[float, float]
    p_value: float


def means_test(first: ClusterTotals, second: ClusterTotals) -> IntervalTest:
    """`means_interval` at 95%, and its p value, which is below 0.05 where it excludes 0. Raises ValueError as that does."""
    interval = means_interval(first, second)
    return IntervalTest(interval(0.95), interval_p_value(interval))


def means_interval(first: ClusterTotals, second: ClusterTotals) -> IntervalAtLevel:
    """The interval of first - second, means of values in [0, 1] of the same sources, as a function of its level.

    The intervals of the two means are combined (`combined_intervals`), with their correlation over the sources. A mean of 0 or 1 still has an interval,
    so that a change which happened not to occur on one side is allowed for. With fewer than 20 sources a positive
    correlation is taken for none. Raises ValueError for fewer than two
    sources, or for two samples that are not of the same sources and numbers of values.
    """
    difference = paired_difference(first, second)
    (of_first, _), (of_second, _) = interval_method(first, _RATE), interval_method(second, _RATE)
    correlation = correlation_of_means(*map(clustered_mean, (difference, first, second)))
    if difference.n < _FEW_SOURCES:
        correlation = min(0.0, correlation)
    return combined_intervals(
        difference.estimate, (first.estimate, of_first), (second.estimate, of_second), correlation=correlation
    )
