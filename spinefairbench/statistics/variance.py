"""The clustered standard error of a mean, and its design effect."""

import math
from fractions import Fraction
from operator import mul
from typing import NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["ClusteredMean", "clustered_mean", "jackknifed_mean"]


class ClusteredMean(NamedTuple):
    """A ratio mean with its clustered standard error, in the unit of the values.

    `standard_error` is None with one cluster. `independent_standard_error` is what it would be if all values were
    independent, None with one value or if the squares of the values are unknown. `design_effect` is the squared ratio
    of the two, None if it is not defined.
    """

    estimate: float
    standard_error: float | None
    independent_standard_error: float | None
    design_effect: float | None


def clustered_mean(totals: ClusterTotals) -> ClusteredMean:
    """The mean (total sum divided by total count) with its standard error and design effect, for independent clusters.

    The standard error is computed by linearization: with the residuals z = sum - mean·count of the n clusters, the
    variance is n/(n-1)·Σz² divided by the square of the total count. There is no finite population correction, as
    clusters are assumed to be drawn with replacement. All steps before the square root are exact.

    Sources: W. G. Cochran, "Sampling Techniques", 3rd ed. 1977, section 6.3 and formula 9A.9; L. Kish, "Survey
    Sampling", 1965, section 8.2, for the design effect.
    """
    variance = _variance(totals)
    independent = _variance_if_independent(totals)
    return ClusteredMean(
        totals.estimate,
        None if variance is None else math.sqrt(variance),
        None if independent is None else math.sqrt(independent),
        float(variance / independent) if variance is not None and independent else None,
    )


def jackknifed_mean(totals: ClusterTotals) -> ClusteredMean:
    """The mean as `clustered_mean` has it, its standard error from leaving out one cluster at a time.

    With the residuals z, the variance is (n - 1)/n·Σ(z/(total count - count))². If all counts are equal, that is the
    linearized variance; if not, that one is too small, since a cluster with many values draws the mean to itself.

    Source: B. Efron and C. Stein, "The jackknife estimate of variance", Annals of Statistics 9(3), 1981.
    """
    mean = clustered_mean(totals)
    if mean.standard_error is None or len(set(totals.counts)) == 1:
        return mean
    count = totals.n_values
    squares = math.fsum(
        (residual / (count - cluster_count)) ** 2
        for residual, cluster_count in zip(totals.residuals, totals.counts, strict=True)
    )
    error = math.sqrt((totals.n - 1) / totals.n * squares) / (count * totals.scale)
    return mean._replace(standard_error=error)


def _variance(totals: ClusterTotals) -> Fraction | None:
    if totals.n < 2:
        return None
    residuals = totals.residuals
    squares = sum(map(mul, residuals, residuals))
    return Fraction(totals.n * squares, (totals.n - 1) * totals.n_values**4 * totals.scale**2)


def _variance_if_independent(totals: ClusterTotals) -> Fraction | None:
    count = totals.n_values
    if totals.sum_of_squares is None or count < 2:
        return None
    squares = count * totals.sum_of_squares - sum(totals.sums) ** 2
    return Fraction(squares, count * count * (count - 1) * totals.scale**2)
