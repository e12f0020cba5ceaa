"""Adjusted intervals, for use where the percentile bootstrap interval is known to fail.

The percentile interval can only resample what was observed. With few sources, or with a rate so close to 0 or 1 that
few sources differ from it, it is too short; if all sources agree, it collapses to a point. `adjusted_interval` decides
whether this is the case, gives the reasons, and computes the interval to show next to it. The coverage of all these
intervals is measured by scripts/validate_intervals.py.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from spinefairbench.statistics.affected import ENOUGH_AFFECTED, affected_sources, effective_sources
from spinefairbench.statistics.bounded_mean import bounded_mean_interval
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import student_t_quantile
from spinefairbench.statistics.variance import ClusteredMean, jackknifed_mean
from spinefairbench.statistics.wilson import Wilson

__all__ = [
    "FEW_AFFECTED",
    "FEW_CARRY",
    "FEW_SOURCES",
    "AdjustedInterval",
    "IntervalAtLevel",
    "adjusted_interval",
    "chosen_interval",
    "combined_intervals",
    "correlation_of_means",
    "difference_interval",
    "difference_method",
    "interval_method",
]

FEW_CARRY: Final = "a few sources carry most of the variation"
"""The reason where few sources alone decide how far the mean may be off."""

IntervalAtLevel = Callable[[float], tuple[float, float]]
"""An interval (lower, upper) as a function of its level, such as 0.95."""

FEW_SOURCES: Final = 50
"""The percentile interval is not trusted with fewer sources than this."""
FEW_AFFECTED: Final = 20
"""The percentile interval is not trusted if fewer sources than this differ from the nearer end of the range."""

# The variation comes from few sources if it is no more even than that of fewer than this many equal ones, and of fewer
# than this share of all (of normal residuals it is a third): see `effective_sources`.
_FEW_CARRY = 10
_CARRYING_SHARE = 1 / 6


class AdjustedInterval(NamedTuple):
    """The interval to show next to a percentile interval that is known to fail.

    `interval` (lower, upper) and `method` are None if no interval can be given. `reasons` are clauses in plain English.
    """

    interval: tuple[float, float] | None
    method: str | None
    reasons: tuple[str, ...]


def adjusted_interval(
    totals: ClusterTotals, percentile: tuple[float, float], *, bounds: tuple[int, int] = (0, 1)
) -> AdjustedInterval | None:
    """The 95% adjusted interval, or None if the percentile interval needs none.

    `percentile` is the percentile interval (lower, upper) of `totals`, and `bounds` the range of the single values:
    (0, 1) for a rate or a Jaccard index, (-1, 1) for a difference of two, (0, m) for whole numbers up to m, which are
    taken as shares of m. The adjusted interval is `chosen_interval`. Raises ValueError for other bounds.
    """
    low, most = bounds
    if low == 0 and most > 1:
        shares = replace(totals, scale=totals.scale * most)
        found = adjusted_interval(shares, (percentile[0] / most, percentile[1] / most))
        if found is None or found.interval is None:
            return found
        return found._replace(interval=(found.interval[0] * most, found.interval[1] * most))
    if bounds not in ((0, 1), (-1, 1)):
        raise ValueError(f"there is no adjusted interval for values between {bounds[0]} and {bounds[1]}")
    if totals.n == 1:
        return AdjustedInterval(None, None, ("there is only one source, so nothing shows how much sources differ",))
    reasons = _reasons(totals, percentile, bounds)
    if not reasons:
        return None
    interval, method = chosen_interval(totals, bounds)
    return AdjustedInterval(interval, method, reasons)


def chosen_interval(
    totals: ClusterTotals, bounds: tuple[int, int], *, level: float = 0.95
) -> tuple[tuple[float, float], str]:
    """(interval, method): what an adjusted interval would be, whether or not one is needed.

    For values in [0, 1] it is Wilson's interval with the effective sample size; where a few sources carry most of the
    variation, it reaches as far as the bounded-mean interval, too. For differences it is Student's t
    interval with the clustered standard error if at least ten sources are affected, otherwise a combination of two
    Wilson intervals. If the sources do not vary at all although the mean lies inside the range, it is the bounded-mean
    interval. All stay within `bounds`, which are as in `adjusted_interval`. Raises ValueError for a single cluster.
    """
    at_level, method = interval_method(totals, bounds)
    return at_level(level), method


def interval_method(totals: ClusterTotals, bounds: tuple[int, int]) -> tuple[IntervalAtLevel, str]:
    """The interval of `chosen_interval` as a function of its level, what does not depend on the level computed once."""
    clustered = jackknifed_mean(totals)
    if clustered.standard_error == 0 and totals.estimate not in (*bounds, 0):
        return lambda level: bounded_mean_interval(totals, bounds=bounds, level=level), "bounded-mean bound"
    if bounds == (0, 1):
        return _value_method(totals, clustered)
    if affected_sources(totals, bounds) >= ENOUGH_AFFECTED:
        return partial(_student, clustered, totals.n - 1), "Student's t on the clustered standard error"
    return difference_method(totals), "Wilson for either sign, combined"


def _value_method(totals: ClusterTotals, clustered: ClusteredMean) -> tuple[IntervalAtLevel, str]:
    wilson = Wilson.of(totals, clustered)
    if not _few_carry(totals):
        return wilson.at, "Wilson on the effective sample size"

    def wider(level: float) -> tuple[float, float]:
        own, bound = wilson.at(level), bounded_mean_interval(totals, level=level)
        return min(own[0], bound[0]), max(own[1], bound[1])

    return wider, "Wilson or bounded-mean bound, whichever reaches further"


def _student(mean: ClusteredMean, df: int, level: float) -> tuple[float, float]:
    """Student's t interval for a mean of values in [-1, 1], with the clustered standard error.

    Source: C. B. Hansen, "Asymptotic properties of a robust variance matrix estimator for panel data when T is large",
    Journal of Econometrics 141(2), 2007, for n - 1 degrees of freedom with n clusters.
    """
    if mean.standard_error is None:
        raise ValueError("a single cluster has no standard error")
    reach = student_t_quantile((1 + level) / 2, df) * mean.standard_error
    return max(-1.0, mean.estimate - reach), min(1.0, mean.estimate + reach)


def _reasons(totals: ClusterTotals, percentile: tuple[float, float], bounds: tuple[int, int]) -> tuple[str, ...]:
    reasons = []
    if totals.n < FEW_SOURCES:
        reasons.append(f"there are only {totals.n} sources (fewer than {FEW_SOURCES})")
    affected = affected_sources(totals, bounds)
    if affected < FEW_AFFECTED <= totals.n:
        nearer_end = "0" if totals.estimate <= 0.5 else "1"
        others = nearer_end if bounds == (0, 1) else "the most common value"
        reasons.append(f"only {affected} of {totals.n} sources differ from {others}")
    if bounds == (0, 1) and _few_carry(totals):
        reasons.append(FEW_CARRY)
    if percentile[0] == percentile[1]:
        reasons.append("the percentile interval has collapsed to a point")
    return tuple(reasons)


def _few_carry(totals: ClusterTotals) -> bool:
    """Whether few of many affected sources carry the variation, as where a few sources alone have many usable pairs."""
    if affected_sources(totals) < FEW_AFFECTED:
        return False
    return effective_sources(totals) < min(_FEW_CARRY, _CARRYING_SHARE * totals.n)


def difference_interval(totals: ClusterTotals, *, level: float = 0.95) -> tuple[float, float]:
    """An interval for a mean of values in [-1, 1], most of which may be 0, such as paired differences.

    The totals of the sources are split by sign into gains and losses. Wilson's intervals for the two are combined,
    using their correlation, by the method of variance estimates recovery. If all values are 0, it is the interval of
    either side at 0. If sources gained and none lost, or the other way round, and there are so many that a sign test of
    the same level rejects an even chance of either side (six at 95%), it is Wilson's interval of that side: the limit for
    a side that never occurred would conceal what these sources show.

    Sources: R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions based on
    paired data", Statistics in Medicine 17(22), 1998, method 10; and that of `combined_intervals`. Raises ValueError for a single cluster.
    """
    return difference_method(totals)(level)


def difference_method(totals: ClusterTotals) -> IntervalAtLevel:
    """`difference_interval` as a function of its level, what does not depend on the level computed once."""
    clustered = jackknifed_mean(totals)
    gains = ClusterTotals(tuple(max(0, total) for total in totals.sums), totals.counts, totals.scale)
    losses = ClusterTotals(tuple(max(0, -total) for total in totals.sums), totals.counts, totals.scale)
    gain, loss = jackknifed_mean(gains), jackknifed_mean(losses)
    of_gain, of_loss = Wilson.of(gains, gain), Wilson.of(losses, loss)
    correlation = correlation_of_means(clustered, gain, loss)
    affected = sum(map(bool, totals.sums))
    one_side = None if gain.estimate and loss.estimate else of_gain if gain.estimate else of_loss

    combined = combined_intervals(
        totals.estimate, (gain.estimate, of_gain.at), (loss.estimate, of_loss.at), correlation=correlation
    )

    def at_level(level: float) -> tuple[float, float]:
        if one_side is not None and 2 * 0.5**affected <= 1 - level:
            lower, upper = one_side.at(level)
            return (lower, upper) if gain.estimate else (-upper, -lower)
        return combined(level)

    return at_level


def combined_intervals(
    difference: float,
    first: tuple[float, IntervalAtLevel],
    second: tuple[float, IntervalAtLevel],
    *,
    correlation: float = 0.0,
    limit: float = 1.0,
) -> IntervalAtLevel:
    """The interval of first - second within ±`limit`, from the intervals of two means (each its estimate and interval).

    This is the method of variance estimates recovery: G. Y. Zou and A. Donner, "Construction of confidence limits about
    effect measures: a general approach", Statistics in Medicine 27(10), 2008. `correlation` is that of the means.
    """
    (one, of_one), (other, of_other) = first, second

    def interval(level: float) -> tuple[float, float]:
        (low, high), (other_low, other_high) = of_one(level), of_other(level)
        below = _combined_reach(one - low, other_high - other, correlation)
        above = _combined_reach(high - one, other - other_low, correlation)
        return max(-limit, difference - below), min(limit, difference + above)

    return interval


def _combined_reach(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(0.0, first * first + second * second - 2 * correlation * first * second))


def correlation_of_means(difference: ClusteredMean, first: ClusteredMean, second: ClusteredMean) -> float:
    """The correlation of two means, from their standard errors and that of their difference; 0 if one does not vary."""
    errors = [mean.standard_error or 0.0 for mean in (difference, first, second)]
    product = 2 * errors[1] * errors[2]
    if product == 0:
        return 0.0
    return max(-1.0, min(1.0, (errors[1] ** 2 + errors[2] ** 2 - errors[0] ** 2) / product))
