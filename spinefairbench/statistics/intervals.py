"""Adjusted intervals, for use where the percentile bootstrap interval is known to fail.

The percentile interval can only resample what was observed. With few sources, or with a rate so close to 0 or 1 that
few sources differ from it, it is too short; if all sources agree, it collapses to a point. `adjusted_interval` decides
whether this is the case, gives the reasons, and computes the interval to show next to it. The coverage of all these
intervals is measured by scripts/validate_intervals.py.
"""

import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import beta_quantile, student_t_quantile
from spinefairbench.statistics.variance import ClusteredMean, jackknifed_mean

__all__ = [
    "FEW_CARRY",
    "AdjustedInterval",
    "IntervalAtLevel",
    "adjusted_interval",
    "affected_sources",
    "bounded_mean_interval",
    "chosen_interval",
    "combined_reach",
    "correlation_of_means",
    "difference_interval",
    "effective_size",
    "effective_sources",
    "interval_method",
    "wilson_bounds",
    "wilson_interval",
]

FEW_CARRY: Final = "a few sources carry most of the variation"
"""The reason where few sources alone decide how far the mean may be off."""

IntervalAtLevel = Callable[[float], tuple[float, float]]
"""An interval (lower, upper) as a function of its level, such as 0.95."""

#: The percentile interval is not trusted with fewer sources than this.
_FEW_SOURCES = 50
#: The percentile interval is not trusted if fewer sources than this differ from the nearer end of the range.
_FEW_AFFECTED = 20

# From this many affected sources on, these show how much sources differ: nothing need be assumed of it.
_ENOUGH_AFFECTED = 10
# The variation comes from few sources if it is no more even than that of fewer than this many equal ones, and of fewer
# than this share of all (of normal residuals it is a third): see `effective_sources`.
_FEW_CARRY = 10
_CARRYING_SHARE = 1 / 6
# The weight, in affected sources, of the prior assumption about the design effect: see `effective_size`.
_PRIOR_AFFECTED = 2
# With this many sources that all differ from 0 to the same side, an even chance of either side is rejected (two-sided
# sign test at 5%: 2 · 0.5^6 = 0.031).
_ONE_SIDED = 6
# With up to this many affected sources, Wilson's limit toward the end of the range is too close to the estimate: see
# `wilson_interval`.
_WILSON_TOO_SHORT = 3
# The fractions of the largest allowed stake among which the betting capital is divided.
_STAKES = tuple(2.0**-power for power in range(9))
_BISECTIONS = 40


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
    (0, 1) for a rate or a Jaccard index, (-1, 1) for a difference of two. The adjusted interval is `chosen_interval`.
    Raises ValueError for other bounds.
    """
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
    if affected_sources(totals, bounds) >= _ENOUGH_AFFECTED:
        return partial(_student, clustered, totals.n - 1), "Student's t on the clustered standard error"
    return _difference_method(totals, clustered), "Wilson for either sign, combined"


def _value_method(totals: ClusterTotals, clustered: ClusteredMean) -> tuple[IntervalAtLevel, str]:
    wilson = _Wilson.of(totals, clustered)
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
    if totals.n < _FEW_SOURCES:
        reasons.append(f"there are only {totals.n} sources (fewer than {_FEW_SOURCES})")
    affected = affected_sources(totals, bounds)
    if affected < _FEW_AFFECTED <= totals.n:
        nearer_end = "0" if totals.estimate <= 0.5 else "1"
        others = nearer_end if bounds == (0, 1) else "the most common value"
        reasons.append(f"only {affected} of {totals.n} sources differ from {others}")
    if bounds == (0, 1) and _few_carry(totals):
        reasons.append(FEW_CARRY)
    if percentile[0] == percentile[1]:
        reasons.append("the percentile interval has collapsed to a point")
    return tuple(reasons)


def affected_sources(totals: ClusterTotals, bounds: tuple[int, int] = (0, 1)) -> int:
    """The number of sources that carry information on the spread of the values.

    For `bounds` (0, 1), the number of sources whose mean is not 0 or the number whose mean is not 1, whichever is
    smaller. For other bounds, whose ends are far from most values, the number whose mean is not the most common one.
    """
    pairs = list(zip(totals.sums, totals.counts, strict=True))
    if bounds == (0, 1):
        off_zero = sum(1 for total, _ in pairs if total)
        off_one = sum(1 for total, count in pairs if total != count * totals.scale)
        return min(off_zero, off_one)
    means = Counter(total / count for total, count in pairs)
    return totals.n - means.most_common(1)[0][1]


def effective_sources(totals: ClusterTotals) -> float:
    """How many sources, all equally far from the mean, would vary as evenly as these: n divided by the kurtosis.

    With the residuals z = sum - mean·count, it is (Σz²)²/Σz⁴; if no source differs from the mean, it is n.
    """
    total, count = sum(totals.sums), totals.n_values
    squares = [
        (cluster_sum * count - total * cluster_count) ** 2
        for cluster_sum, cluster_count in zip(totals.sums, totals.counts, strict=True)
    ]
    fourth = sum(square * square for square in squares)
    return sum(squares) ** 2 / fourth if fourth else float(totals.n)


def _few_carry(totals: ClusterTotals) -> bool:
    """Whether few of many affected sources carry the variation, as where a few sources alone have many usable pairs."""
    if affected_sources(totals) < _FEW_AFFECTED:
        return False
    return effective_sources(totals) < min(_FEW_CARRY, _CARRYING_SHARE * totals.n)


def effective_size(totals: ClusterTotals) -> float:
    """The number of independent 0/1 values that would carry as much information on the mean of values in [0, 1].

    It is mean·(1 - mean) divided by the clustered variance. With fewer than ten affected sources, the design effect is
    at least 1. For a mean of 0 or 1
    there is no variance to measure, and it is the number of sources; with unequal numbers of values, Kish's effective
    number of them, (Σcount)²/Σcount². Between these two cases we deviate from E. L. Korn
    and B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated
    from survey data", Survey Methodology 24(2), 1998: with fewer than ten affected sources, the variance is averaged
    with the one for which the effective size equals that number of sources, with weights k (the number of affected
    sources) and 2, because one or two affected sources cannot show how values cluster; with more, the variance is the
    clustered one as it is. Raises ValueError for a single cluster.
    """
    return _effective_size(totals, jackknifed_mean(totals), affected_sources(totals))


def _effective_size(totals: ClusterTotals, mean: ClusteredMean, affected: int) -> float:
    if mean.standard_error is None:
        raise ValueError("a single cluster has no effective size")
    spread = mean.estimate * (1 - mean.estimate)
    prior = totals.n_values**2 / sum(count * count for count in totals.counts)
    if spread <= 0:
        return prior
    if affected >= _ENOUGH_AFFECTED and mean.standard_error:
        return spread / mean.standard_error**2
    independent = mean.independent_standard_error
    floor = spread / totals.n_values if independent is None else independent**2
    seen = max(mean.standard_error**2, floor) / spread
    return (_PRIOR_AFFECTED + affected) / (_PRIOR_AFFECTED / prior + affected * seen)


def wilson_interval(totals: ClusterTotals, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a mean of values in [0, 1], with the effective sample size and a t quantile.

    Source: E. B. Wilson, JASA 22, 1927; here with n - 1 degrees of freedom for n clusters. Values in [0, 1] vary no
    more than 0/1 values with the same mean, so the interval is valid for Jaccard means too. If all values are 0 or all
    are 1, its limit lies beyond that of a binomial with one value per source, so it is valid for any values in [0, 1].
    With up to three affected sources, the limit toward the end of the range is moved out to the exact one-sided limit,
    as proposed by L. D. Brown, T. T. Cai and A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical
    Science 16(2), 2001, section 4.1.1 (there with the Poisson limit). Raises ValueError for a single cluster.
    """
    return _Wilson.of(totals, jackknifed_mean(totals)).at(level)


class _Wilson(NamedTuple):
    """All that Wilson's interval depends on but its level."""

    mean: float
    size: float
    df: int
    affected: int

    @classmethod
    def of(cls, totals: ClusterTotals, clustered: ClusteredMean) -> "_Wilson":
        affected = affected_sources(totals)
        size = _effective_size(totals, clustered, affected)
        return cls(min(1.0, max(0.0, clustered.estimate)), size, totals.n - 1, affected)

    def at(self, level: float) -> tuple[float, float]:
        mean, size = self.mean, self.size
        lower, upper = wilson_bounds(mean, size, student_t_quantile((1 + level) / 2, self.df))
        if 0 < mean < 1 and self.affected <= _WILSON_TOO_SHORT:
            if mean <= 0.5:
                lower = min(lower, beta_quantile(1 - level, mean * size, size - mean * size + 1))
            else:
                upper = max(upper, beta_quantile(level, mean * size + 1, size - mean * size))
        return lower, upper


def wilson_bounds(mean: float, size: float, quantile: float) -> tuple[float, float]:
    """Wilson's interval in its original form.

    `mean` in [0, 1] is that of `size` independent values, and `quantile` the two-sided quantile (1.96 for 95%).
    """
    square = quantile * quantile
    centre = (mean + square / (2 * size)) / (1 + square / size)
    half = math.sqrt(square * (mean * (1 - mean) + square / (4 * size)) / size) / (1 + square / size)
    # At an end of the range, rounding must not exclude that end.
    lower = 0.0 if mean == 0 else max(0.0, centre - half)
    upper = 1.0 if mean == 1 else min(1.0, centre + half)
    return lower, upper


def difference_interval(totals: ClusterTotals, *, level: float = 0.95) -> tuple[float, float]:
    """An interval for a mean of values in [-1, 1], most of which may be 0, such as paired differences.

    The totals of the sources are split by sign into gains and losses. Wilson's intervals for the two are combined,
    using their correlation, by the method of variance estimates recovery. If all values are 0, it is the interval of
    either side at 0. If at least six sources gained and none lost, or the other way round, it is Wilson's interval of
    that side: a sign test rejects an even chance of either side, and the limit for a side that never occurred would
    conceal what the six show.

    Sources: R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions based on
    paired data", Statistics in Medicine 17(22), 1998, method 10; G. Y. Zou and A. Donner, Statistics in Medicine
    27(10), 2008. Raises ValueError for a single cluster.
    """
    return _difference_method(totals, jackknifed_mean(totals))(level)


def _difference_method(totals: ClusterTotals, clustered: ClusteredMean) -> IntervalAtLevel:
    gains = ClusterTotals(tuple(max(0, total) for total in totals.sums), totals.counts, totals.scale)
    losses = ClusterTotals(tuple(max(0, -total) for total in totals.sums), totals.counts, totals.scale)
    gain, loss = jackknifed_mean(gains), jackknifed_mean(losses)
    of_gain, of_loss = _Wilson.of(gains, gain), _Wilson.of(losses, loss)
    if not loss.estimate and sum(map(bool, gains.sums)) >= _ONE_SIDED:
        return of_gain.at
    if not gain.estimate and sum(map(bool, losses.sums)) >= _ONE_SIDED:
        return lambda level: _negative(of_loss.at(level))
    correlation = correlation_of_means(clustered, gain, loss)

    def combined(level: float) -> tuple[float, float]:
        (gain_low, gain_high), (loss_low, loss_high) = of_gain.at(level), of_loss.at(level)
        below = combined_reach(gain.estimate - gain_low, loss_high - loss.estimate, correlation)
        above = combined_reach(gain_high - gain.estimate, loss.estimate - loss_low, correlation)
        return max(-1.0, totals.estimate - below), min(1.0, totals.estimate + above)

    return combined


def _negative(interval: tuple[float, float]) -> tuple[float, float]:
    return -interval[1], -interval[0]


def combined_reach(first: float, second: float, correlation: float) -> float:
    """How far the limit of a difference of two means lies from it, from how far the limits of the two lie from them."""
    return math.sqrt(max(0.0, first * first + second * second - 2 * correlation * first * second))


def correlation_of_means(difference: ClusteredMean, first: ClusteredMean, second: ClusteredMean) -> float:
    """The correlation of two means, from their standard errors and that of their difference; 0 if one does not vary."""
    errors = [mean.standard_error or 0.0 for mean in (difference, first, second)]
    product = 2 * errors[1] * errors[2]
    if product == 0:
        return 0.0
    return max(-1.0, min(1.0, (errors[1] ** 2 + errors[2] ** 2 - errors[0] ** 2) / product))


def bounded_mean_interval(
    totals: ClusterTotals, *, bounds: tuple[int, int] = (0, 1), level: float = 0.95
) -> tuple[float, float]:
    """An interval for the mean of values within `bounds` that is valid for any number of sources and any distribution.

    Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86(1),
    2024. A mean m is excluded if a gambler who bets against it on each source, in a game that is fair if m is true,
    would have multiplied the initial capital by 2/(1 - level). On each side this happens with a probability of at most
    (1 - level)/2. We deviate in two ways: the capital is divided among fixed stakes and not adapted, so that the order
    of the sources does not matter; and the bet is on sum - m·count, divided by the largest count, which has mean 0 for
    a ratio mean. The price of this validity is a wide interval. Raises ValueError if the values cannot all lie within
    the bounds.
    """
    low, high = bounds
    unit = totals.scale * (high - low)
    pairs = Counter(
        (total - low * count * totals.scale, count) for total, count in zip(totals.sums, totals.counts, strict=True)
    )
    if any(not 0 <= total <= count * unit for total, count in pairs):
        raise ValueError(f"a cluster's values cannot all lie between {low} and {high}")
    largest = max(totals.counts)
    shares = [(total / unit / largest, count / largest, times) for (total, count), times in pairs.items()]
    mirrored = [(weight - share, weight, times) for share, weight, times in shares]
    limit = math.log(2 / (1 - level))
    lower = low + (high - low) * _lowest_mean(shares, limit)
    upper = high - (high - low) * _lowest_mean(mirrored, limit)
    return max(float(low), min(lower, totals.estimate)), min(float(high), max(upper, totals.estimate))


def _lowest_mean(shares: list[tuple[float, float, int]], limit: float) -> float:
    """The lowest mean for which the log capital, after betting that the true one is higher, stays below `limit`."""
    if not any(share for share, _, _ in shares):
        return 0.0
    total = sum(share * times for share, _, times in shares)
    low, high = 0.0, total / sum(weight * times for _, weight, times in shares)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _log_capital(shares, middle) >= limit:
            low = middle
        else:
            high = middle
    return low


def _log_capital(shares: list[tuple[float, float, int]], mean: float) -> float:
    gains = [(share / mean - weight, times) for share, weight, times in shares]
    logs = [_log_product(gains, stake) for stake in _STAKES]
    highest = max(logs)
    return highest + math.log(sum(math.exp(value - highest) for value in logs) / len(logs))


def _log_product(gains: list[tuple[float, int]], stake: float) -> float:
    factors = [(stake * gain, times) for gain, times in gains]
    if any(factor <= -1 for factor, _ in factors):
        # The whole capital was staked and lost.
        return -math.inf
    return sum(times * math.log1p(factor) for factor, times in factors)
