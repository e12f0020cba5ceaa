"""Wilson's interval for a mean of values in [0, 1], with the effective sample size of clustered values."""

import math
from typing import NamedTuple

from spinefairbench.statistics.affected import ENOUGH_AFFECTED, affected_sources
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import beta_quantile, student_t_quantile
from spinefairbench.statistics.variance import ClusteredMean, jackknifed_mean

__all__ = ["Wilson", "effective_size", "wilson_bounds", "wilson_interval"]

# The weight, in affected sources, of the prior assumption about the design effect: see `effective_size`.
_PRIOR_AFFECTED = 2
# With up to this many affected sources, Wilson's limit toward the end of the range is too close to the estimate: see
# `wilson_interval`.
_WILSON_TOO_SHORT = 3


def effective_size(totals: ClusterTotals) -> float:
    """The number of independent 0/1 values that would carry as much information on the mean of values in [0, 1].

    It is mean·(1 - mean) divided by the clustered variance. With fewer than ten affected sources, the design effect is
    at least 1. For a mean of 0 or 1 there is no variance to measure, and it is the number of sources; with unequal
    numbers of values, Kish's effective number of them, (Σcount)²/Σcount². Between these two cases we deviate from E. L.
    Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated
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
    if affected >= ENOUGH_AFFECTED and mean.standard_error:
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
    return Wilson.of(totals, jackknifed_mean(totals)).at(level)


class Wilson(NamedTuple):
    """All that Wilson's interval depends on but its level."""

    mean: float
    size: float
    df: int
    affected: int

    @classmethod
    def of(cls, totals: ClusterTotals, clustered: ClusteredMean) -> "Wilson":
        """That of a sample, whose mean and standard error are given. Raises ValueError for a single cluster."""
        affected = affected_sources(totals)
        size = _effective_size(totals, clustered, affected)
        return cls(min(1.0, max(0.0, clustered.estimate)), size, totals.n - 1, affected)

    def at(self, level: float) -> tuple[float, float]:
        """The interval of this level."""
        mean, size = self.mean, self.size
        lower, upper = wilson_bounds(mean, size, student_t_quantile((1 + level) / 2, self.df))
        if 0 < mean < 1 and self.affected <= _WILSON_TOO_SHORT:
            # A mean of 0.5 is as far from either end.
            if mean <= 0.5:
                lower = min(lower, beta_quantile(1 - level, mean * size, size - mean * size + 1))
            if mean >= 0.5:
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
