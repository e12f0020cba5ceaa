"""Intervals to stand beside the percentile bootstrap where it is known to fail.

The percentile interval can only repeat what was seen: with few sources, or a rate so near 0 or 1 that few
sources depart from it, it is too short, and where all sources agree it collapses to a point. `adjusted_interval`
says whether that is so, why, and what to print beside it. What each interval covers is measured by
scripts/validate_intervals.py.
"""

import math
from collections import Counter
from typing import NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import beta_quantile, student_t_quantile
from spinefairbench.statistics.variance import clustered_mean

__all__ = [
    "FEW_AFFECTED",
    "FEW_SOURCES",
    "AdjustedInterval",
    "adjusted_interval",
    "affected_sources",
    "bounded_mean_interval",
    "difference_interval",
    "effective_size",
    "wilson_bounds",
    "wilson_interval",
]

#: With fewer sources the percentile interval is not trusted.
FEW_SOURCES = 50
#: With fewer sources that depart from the nearer end of the range, the percentile interval is not trusted.
FEW_AFFECTED = 20

# How many affected sources the design effect is held to be worth before any is seen: see `effective_size`.
_PRIOR_AFFECTED = 2
# Up to so many affected sources Wilson's limit towards the end of the range is too near: see
# `wilson_interval`.
_WILSON_TOO_SHORT = 3
# The fractions of the largest allowed stake over which the betting capital is spread.
_STAKES = tuple(2.0**-power for power in range(9))
_BISECTIONS = 40


class AdjustedInterval(NamedTuple):
    """What to print beside a percentile interval that is known to fail.

    `interval` is None where nothing can be said; `method` then is None too. `reasons` are plain clauses.
    """

    interval: tuple[float, float] | None
    method: str | None
    reasons: tuple[str, ...]


def adjusted_interval(
    totals: ClusterTotals, percentile: tuple[float, float], *, bounds: tuple[int, int] = (0, 1)
) -> AdjustedInterval | None:
    """The adjusted interval of a percentile interval, or None where the percentile interval stands on its own.

    `bounds` is the range of the single values: (0, 1) for a rate or a Jaccard index, (-1, 1) for a
    difference of two. The adjusted interval is Wilson's interval on the effective sample size or, for differences,
    the interval put together from two of them; where sources do not vary at all though the mean lies within
    the range, it is the bounded-mean bound. All stay within `bounds`. Raises ValueError for other bounds.
    """
    if bounds not in ((0, 1), (-1, 1)):
        raise ValueError(f"there is no adjusted interval for values between {bounds[0]} and {bounds[1]}")
    if totals.n == 1:
        return AdjustedInterval(None, None, ("there is one source only, so nothing shows how far sources differ",))
    reasons = _reasons(totals, percentile, bounds)
    if not reasons:
        return None
    inside = totals.estimate not in (*bounds, 0)
    if inside and clustered_mean(totals).standard_error == 0:
        return AdjustedInterval(bounded_mean_interval(totals, bounds=bounds), "bounded-mean bound", reasons)
    if bounds == (0, 1):
        return AdjustedInterval(wilson_interval(totals), "Wilson on the effective sample size", reasons)
    return AdjustedInterval(difference_interval(totals), "Wilson for either sign, combined", reasons)


def _reasons(totals: ClusterTotals, percentile: tuple[float, float], bounds: tuple[int, int]) -> tuple[str, ...]:
    reasons = []
    if totals.n < FEW_SOURCES:
        reasons.append(f"there are only {totals.n} sources (fewer than {FEW_SOURCES})")
    affected = affected_sources(totals, bounds)
    if affected < FEW_AFFECTED <= totals.n:
        if bounds == (0, 1):
            end = "0" if totals.estimate <= 0.5 else "1"
            reasons.append(f"only {affected} of {totals.n} sources depart from {end}")
        else:
            reasons.append(f"only {affected} of {totals.n} sources depart from the commonest value")
    if percentile[0] == percentile[1]:
        reasons.append("the percentile interval has collapsed to a point")
    return tuple(reasons)


def affected_sources(totals: ClusterTotals, bounds: tuple[int, int] = (0, 1)) -> int:
    """How many sources carry information on the spread.

    In (0, 1) those with a mean off the end of the range that fewer are off; in another range, where the
    ends are far from most values, those whose mean is not the commonest one.
    """
    pairs = list(zip(totals.sums, totals.counts, strict=True))
    if bounds == (0, 1):
        off_zero = sum(1 for total, _ in pairs if total)
        off_one = sum(1 for total, count in pairs if total != count * totals.scale)
        return min(off_zero, off_one)
    means = Counter(total / count for total, count in pairs)
    return totals.n - means.most_common(1)[0][1]


def effective_size(totals: ClusterTotals) -> float:
    """The number of independent 0/1 values that would tell as much about the mean of values in [0, 1].

    It is mean·(1 - mean) over the clustered variance, the design effect taken as at least 1; at a mean of 0
    or 1, where there is no variance to measure, it is the number of sources. Between the two we depart from
    E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data", Survey Methodology 24(2), 1998: a variance seen in k
    affected sources counts k times and one that would make the number of sources the effective size counts
    twice, because one or two affected sources cannot show how values cluster. Raises ValueError for a
    single cluster.
    """
    mean = clustered_mean(totals)
    if mean.standard_error is None:
        raise ValueError("a single cluster has no effective size")
    spread = mean.estimate * (1 - mean.estimate)
    if spread <= 0:
        return float(totals.n)
    independent = mean.independent_standard_error
    floor = spread / totals.n_values if independent is None else independent**2
    seen = max(mean.standard_error**2, floor) / spread
    affected = affected_sources(totals)
    return (_PRIOR_AFFECTED + affected) / (_PRIOR_AFFECTED / totals.n + affected * seen)


def wilson_interval(totals: ClusterTotals, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a mean of values in [0, 1], on the effective sample size and with a t quantile.

    E. B. Wilson, JASA 22, 1927; n - 1 degrees of freedom for n clusters. Values in [0, 1] vary at most as 0/1
    values of the same mean do, so the form serves Jaccard means too; where all values are 0, or all 1, its
    limit lies beyond that of a binomial with one value a source and therefore holds for any values in [0,
    1]. With up to three affected sources the limit towards the end of the range is moved out to the
    one-sided exact limit, as L. D. Brown, T. T. Cai and A. DasGupta propose, "Interval Estimation for a
    Binomial Proportion", Statistical Science 16(2), 2001, section 4.1.1 (there with the Poisson's limit).
    Raises ValueError for a single cluster.
    """
    size, mean = effective_size(totals), min(1.0, max(0.0, totals.estimate))
    lower, upper = wilson_bounds(mean, size, student_t_quantile((1 + level) / 2, totals.n - 1))
    if 0 < mean < 1 and affected_sources(totals) <= _WILSON_TOO_SHORT:
        if mean <= 0.5:
            lower = min(lower, beta_quantile(1 - level, mean * size, size - mean * size + 1))
        else:
            upper = max(upper, beta_quantile(level, mean * size + 1, size - mean * size))
    return lower, upper


def wilson_bounds(mean: float, size: float, quantile: float) -> tuple[float, float]:
    """Wilson's interval in its plain form: for a mean in [0, 1] of `size` values, at a two-sided quantile."""
    square = quantile * quantile
    centre = (mean + square / (2 * size)) / (1 + square / size)
    half = math.sqrt(square * (mean * (1 - mean) + square / (4 * size)) / size) / (1 + square / size)
    # At an end of the range rounding must not shut the end out.
    lower = 0.0 if mean == 0 else max(0.0, centre - half)
    upper = 1.0 if mean == 1 else min(1.0, centre + half)
    return lower, upper


def difference_interval(totals: ClusterTotals, *, level: float = 0.95) -> tuple[float, float]:
    """An interval for a mean of values in [-1, 1] of which most may be 0, such as paired differences.

    The sources' totals are split by their sign into gains and losses; each has Wilson's interval, and the
    two are combined by the method of variance estimates recovery with their correlation (R. G. Newcombe,
    "Improved confidence intervals for the difference between binomial proportions based on paired data",
    Statistics in Medicine 17(22), 1998, method 10; G. Y. Zou and A. Donner, Statistics in Medicine 27(10),
    2008). With nothing but zeros it is the interval of either side at 0. Raises ValueError for a single
    cluster.
    """
    gains = ClusterTotals(tuple(max(0, total) for total in totals.sums), totals.counts, totals.scale)
    losses = ClusterTotals(tuple(max(0, -total) for total in totals.sums), totals.counts, totals.scale)
    gain, loss = gains.estimate, losses.estimate
    gain_low, gain_high = wilson_interval(gains, level=level)
    loss_low, loss_high = wilson_interval(losses, level=level)
    correlation = _correlation(totals, gains, losses)
    below = _combined(gain - gain_low, loss_high - loss, correlation)
    above = _combined(gain_high - gain, loss - loss_low, correlation)
    return max(-1.0, totals.estimate - below), min(1.0, totals.estimate + above)


def _combined(first: float, second: float, correlation: float) -> float:
    return math.sqrt(max(0.0, first * first + second * second - 2 * correlation * first * second))


def _correlation(difference: ClusterTotals, gains: ClusterTotals, losses: ClusterTotals) -> float:
    """The correlation of the two means, from the three standard errors; 0 where one does not vary."""
    errors = [clustered_mean(totals).standard_error or 0.0 for totals in (difference, gains, losses)]
    product = 2 * errors[1] * errors[2]
    if product == 0:
        return 0.0
    return max(-1.0, min(1.0, (errors[1] ** 2 + errors[2] ** 2 - errors[0] ** 2) / product))


def bounded_mean_interval(
    totals: ClusterTotals, *, bounds: tuple[int, int] = (0, 1), level: float = 0.95
) -> tuple[float, float]:
    """A bound on the mean of values within `bounds` that holds for any number of sources and any
    distribution.

    I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86(1),
    2024: a mean m is excluded when a gambler who bets on the sources against it, in a game that is fair if
    m is true, would have multiplied the capital 2/(1 - level)-fold, which happens with at most half of 1 -
    level on either side. We depart in two ways: the capital is spread over fixed stakes instead of being
    steered, so that the order of the sources cannot matter, and the bet is on sum - m·count over the
    largest count, which has mean 0 for a ratio mean. The price of holding always is a wide interval. Raises
    ValueError when values cannot lie within the bounds.
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
    """The lowest mean against which the log capital of betting on more stays below `limit`."""
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
        # Everything was staked and lost.
        return -math.inf
    return sum(times * math.log1p(factor) for factor, times in factors)
