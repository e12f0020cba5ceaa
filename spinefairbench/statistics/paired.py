"""Two or more models on the same sources: differences, all pairs, equivalence."""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from spinefairbench.statistics.bootstrap import Progress, bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import student_t_cdf, student_t_quantile
from spinefairbench.statistics.intervals import bounded_mean_interval
from spinefairbench.statistics.percentiles import percentile_interval
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from spinefairbench.statistics.variance import clustered_mean

__all__ = [
    "Equivalence",
    "PairedComparison",
    "compare_all_pairs",
    "contrast_intervals",
    "equivalence",
    "paired_difference",
]


class PairedComparison(NamedTuple):
    """Sample `first` less sample `second`, by their places in the list compared.

    `p_value` is the two-sided one of the source-level sign-flip randomization, `p_holm` the same adjusted for
    all pairs compared.
    """

    first: int
    second: int
    difference: float
    ci95: tuple[float, float]
    p_value: float
    p_holm: float


class Equivalence(NamedTuple):
    """The outcome of two one-sided tests.

    `p_value` is the larger of the two, None where the sources do not vary and no t statistic exists;
    `interval` is the two-sided one of level 1 - 2·alpha that lies within ±margin exactly when equivalence
    is shown.
    """

    difference: float
    margin: float
    alpha: float
    p_value: float | None
    interval: tuple[float, float] | None
    equivalent: bool


def paired_difference(first: ClusterTotals, second: ClusterTotals) -> ClusterTotals:
    """The totals of the differences first - second, pair by pair.

    Raises ValueError unless both have the same sources with the same number of pairs each: what is missing on
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


def contrast_intervals(
    contrasts: Sequence[tuple[ClusterTotals, ClusterTotals]],
    *,
    iterations: int = 10_000,
    seed: int = 42,
    progress: Progress | None = None,
) -> list[tuple[float, float]]:
    """The 95 % percentile interval of the difference of each two means, from the same source draws for both.

    The two samples of a contrast need the same sources but, unlike in `paired_difference`, not the same
    number of pairs in each. Raises ValueError for different sources and as `percentile_intervals`.
    """
    for first, second in contrasts:
        _check_same_sources(first, second)
    samples = [sample for contrast in contrasts for sample in contrast]
    replicates = bootstrap_replicates(samples, iterations=iterations, seed=seed, progress=progress)
    return [
        percentile_interval(one - other for one, other in zip(first, second, strict=True))
        for first, second in zip(replicates[::2], replicates[1::2], strict=True)
    ]


def compare_all_pairs(
    samples: Sequence[ClusterTotals],
    *,
    iterations: int = 10_000,
    seed: int = 42,
    progress: Progress | None = None,
) -> list[PairedComparison]:
    """Every two of the samples (models on the same pairs of the same sources): the matrix above its diagonal.

    Intervals are unadjusted percentile intervals from the source draws that the single means have too; Holm's
    family is all pairs returned. Raises ValueError as `paired_difference` and `percentile_intervals`.
    """
    pairs = list(combinations(range(len(samples)), 2))
    differences = [paired_difference(samples[first], samples[second]) for first, second in pairs]
    replicates = bootstrap_replicates(differences, iterations=iterations, seed=seed, progress=progress)
    p_values = sign_flip_p_values(
        [difference.sums for difference in differences], iterations=iterations, seed=seed
    )
    return [
        PairedComparison(first, second, difference.estimate, percentile_interval(drawn), p_value, adjusted)
        for (first, second), difference, drawn, p_value, adjusted in zip(
            pairs, differences, replicates, p_values, holm(p_values), strict=True
        )
    ]


def equivalence(
    difference: ClusterTotals,
    margin: float,
    *,
    alpha: float = 0.05,
    bounds: tuple[int, int] = (-1, 1),
) -> Equivalence:
    """Whether the true mean of paired differences is shown to lie within ±`margin`, by two one-sided t tests.

    D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987, with the clustered
    standard error and n - 1 degrees of freedom for n sources. Where all sources agree there is no standard
    error, and the bounded-mean bound for values within `bounds` decides in its place; with one source
    nothing is shown. Raises ValueError for a margin that is not positive or an alpha outside (0, 0.5).
    """
    if not (margin > 0 and math.isfinite(margin)):
        raise ValueError(f"the margin of equivalence must be positive, got {margin}")
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha must be between 0 and 0.5, got {alpha}")
    mean = clustered_mean(difference)
    if mean.standard_error is None:
        return Equivalence(mean.estimate, margin, alpha, None, None, False)
    if mean.standard_error == 0:
        interval = bounded_mean_interval(difference, bounds=bounds, level=1 - 2 * alpha)
        within = -margin < interval[0] and interval[1] < margin
        return Equivalence(mean.estimate, margin, alpha, None, interval, within)
    df = difference.n - 1
    reach = student_t_quantile(1 - alpha, df) * mean.standard_error
    p_value = student_t_cdf((abs(mean.estimate) - margin) / mean.standard_error, df)
    interval = (max(bounds[0], mean.estimate - reach), min(bounds[1], mean.estimate + reach))
    return Equivalence(mean.estimate, margin, alpha, p_value, interval, p_value < alpha)


def _check_same_sources(first: ClusterTotals, second: ClusterTotals) -> None:
    if first.n != second.n or (None not in (first.ids, second.ids) and first.ids != second.ids):
        raise ValueError("the two samples do not have the same sources")
