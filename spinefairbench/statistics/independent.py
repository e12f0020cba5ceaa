"""Two means of different sources: how they differ."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import sub
from typing import TYPE_CHECKING, NamedTuple

from spinefairbench.statistics.bootstrap import Bootstrap, bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.interval_test import interval_p_value
from spinefairbench.statistics.intervals import combined_intervals, interval_method
from spinefairbench.statistics.percentiles import percentile_interval

if TYPE_CHECKING:
    from array import array

__all__ = ["IndependentDifference", "independent_difference", "independent_percentile_intervals"]


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


def independent_percentile_intervals(
    samples: Sequence[tuple[ClusterTotals, ClusterTotals]], bootstrap: Bootstrap
) -> list[tuple[float, float]]:
    """95% percentile intervals of the first mean less the second, of two samples with different sources each.

    The sources of each sample are resampled by themselves (B. Efron and R. J. Tibshirani, "An Introduction to the
    Bootstrap", 1993, section 8.3): the first ones with the seed of `bootstrap`, the second ones with the seed after it,
    since two samples of similar size would otherwise be drawn alike. They are for comparison with intervals published
    by that method; with few sources they are too short, as any percentile interval is.
    """
    ones = _replicates([one for one, _ in samples], bootstrap)
    others = _replicates([other for _, other in samples], replace(bootstrap, seed=bootstrap.seed + 1))
    return [percentile_interval(map(sub, ones[one], others[other])) for one, other in samples]


def _replicates(samples: Iterable[ClusterTotals], bootstrap: Bootstrap) -> dict[ClusterTotals, "array[float]"]:
    """The replicates of each distinct sample."""
    distinct = list(dict.fromkeys(samples))
    return dict(zip(distinct, bootstrap_replicates(distinct, bootstrap), strict=True))
