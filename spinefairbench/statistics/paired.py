"""Two models on the same sources: their difference, and tests of equivalence."""

import math
from typing import Final, NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import student_t_cdf, student_t_quantile
from spinefairbench.statistics.intervals import bounded_mean_interval
from spinefairbench.statistics.variance import clustered_mean

__all__ = [
    "Equivalence",
    "equivalence",
    "paired_difference",
]

_BOUNDS: Final = (-1, 1)  # of a difference of two values in [0, 1]


class Equivalence(NamedTuple):
    """The result of two one-sided tests.

    `p_value` is the larger of the two p values, None if the sources do not vary and there is no t statistic.
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
    _check_same_sources(first, second)
    if first.counts != second.counts:
        raise ValueError("the two samples do not have the same number of pairs in every source")
    scale = math.lcm(first.scale, second.scale)
    sums = tuple(
        one * (scale // first.scale) - other * (scale // second.scale)
        for one, other in zip(first.sums, second.sums, strict=True)
    )
    return ClusterTotals(sums, first.counts, scale, first.ids or second.ids)


def equivalence(
    difference: ClusterTotals,
    margin: float,
    *,
    alpha: float = 0.05,
) -> Equivalence:
    """Tests whether the true mean of paired differences lies within ±`margin`, with two one-sided t tests.

    If all sources agree there is no standard error, and the bounded-mean interval for values in [-1, 1] decides
    instead. With one source, equivalence is never shown.

    Source: D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987, here with the clustered
    standard error and n - 1 degrees of freedom for n sources. Raises ValueError for a margin that is not positive or an
    alpha outside (0, 0.5).
    """
    if not (margin > 0 and math.isfinite(margin)):
        raise ValueError(f"the margin of equivalence must be positive, got {margin}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must be between 0 and 0.5, got {alpha}")
    mean = clustered_mean(difference)
    if mean.standard_error is None:
        return Equivalence(margin, None, None, False)
    if mean.standard_error == 0:
        interval = bounded_mean_interval(difference, bounds=_BOUNDS, level=1 - 2 * alpha)
        within = -margin < interval[0] and interval[1] < margin
        return Equivalence(margin, None, interval, within)
    df = difference.n - 1
    reach = student_t_quantile(1 - alpha, df) * mean.standard_error
    p_value = student_t_cdf((abs(mean.estimate) - margin) / mean.standard_error, df)
    interval = (max(_BOUNDS[0], mean.estimate - reach), min(_BOUNDS[1], mean.estimate + reach))
    return Equivalence(margin, p_value, interval, p_value < alpha)


def _check_same_sources(first: ClusterTotals, second: ClusterTotals) -> None:
    if first.n != second.n or (None not in (first.ids, second.ids) and first.ids != second.ids):
        raise ValueError("the two samples do not have the same sources")
