"""Intervals of several contrasts of the same sources that hold together."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.statistics.affected import ENOUGH_AFFECTED, affected_sources
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import student_t_cdf, student_t_quantile
from spinefairbench.statistics.intervals import chosen_interval
from spinefairbench.statistics.max_t import MaxT
from spinefairbench.statistics.variance import ClusteredMean, clustered_mean

__all__ = ["ContrastMean", "ContrastValues", "contrast_means"]

_ERROR: Final = 0.05
_BOUNDS: Final = (-1, 1)

_Interval = tuple[float, float]


class ContrastValues(NamedTuple):
    """One contrast: a whole number in units of 1/`scale` for each source, None for a source without the contrast.

    `limit` is the largest absolute value that a source can have, in the same units; None where there is no such limit.
    """

    units: Sequence[int | None]
    scale: int
    limit: int | None

    @property
    def flippable(self) -> list[int]:
        """The values as `max_t_tests` takes them."""
        return [unit or 0 for unit in self.units]

    @property
    def n_sources(self) -> int:
        """The number of sources that have the contrast."""
        return sum(unit is not None for unit in self.units)

    @property
    def mean(self) -> float | None:
        """The mean over the sources that have the contrast, None without any."""
        number = self.n_sources
        return sum(self.flippable) / (number * self.scale) if number else None


class ContrastMean(NamedTuple):
    """A mean over `n_sources` with its 95% intervals, in the unit of the contrast; None with the `reason` for it.

    `interval` holds by itself. All `simultaneous` intervals of the family hold at once.
    """

    n_sources: int
    estimate: float | None
    interval: _Interval | None
    simultaneous: _Interval | None
    reason: str | None


class _Sample(NamedTuple):
    """The values of one contrast scaled into [-1, 1], and by what; `affected` as in `affected_sources`."""

    totals: ClusterTotals
    unit: float
    affected: int
    bounded: bool

    @property
    def few(self) -> bool:
        """Whether a standard error says too little."""
        return self.affected < ENOUGH_AFFECTED


def contrast_means(contrasts: Sequence[ContrastValues], result: MaxT) -> list[ContrastMean]:
    """The mean of each contrast of a family with its intervals; `result` is that of `max_t_tests` for the family.

    An interval is the mean plus or minus its standard error times a quantile of Student's t with k - 1 degrees of
    freedom, where k is the number of affected sources: the others say nothing of the spread, and with n - 1 a few that
    all differ in one direction would be believed too much. With less than ten affected sources it is
    `difference_interval`, or none where values have no limit.

    The error of the family, 5%, is divided equally among its contrasts. Those with ten affected sources or more spend
    their shares together: their level is that at which Student's t exceeds the critical value of max-T. The others
    spend them singly (Bonferroni).
    """
    samples = [_sample(contrast) for contrast in contrasts]
    given = [sample for sample in samples if sample is not None]
    together = [sample for sample in given if not sample.few]
    singly = _ERROR / max(1, len(given))
    shared = singly * len(together)
    fewest = min((sample.totals.n for sample in together), default=0)
    # Random patterns may give a little less than what each contrast has by itself.
    error = max(singly, min(shared, _error_beyond(result.critical(shared), fewest)))
    return [
        ContrastMean(0, None, None, None, "no source has usable pairs of all edits that are compared")
        if sample is None
        else _mean(sample, singly if sample.few else error)
        for sample in samples
    ]


def _sample(contrast: ContrastValues) -> _Sample | None:
    given = [unit for unit in contrast.units if unit is not None]
    if not given:
        return None
    # Where values have no limit, the largest one seen will do: no bound is used then.
    largest = contrast.limit or max(map(abs, given)) or 1
    totals = ClusterTotals(tuple(given), (1,) * len(given), largest)
    affected = affected_sources(totals, _BOUNDS)
    return _Sample(totals, largest / contrast.scale, affected, contrast.limit is not None)


def _error_beyond(critical: float, sources: int) -> float:
    """The probability that Student's t of so many sources is as far from 0 as a critical value of max-T.

    That value is in units of the root of the sum of squares, t in units of the standard error.
    """
    square = critical * critical
    if square >= sources:
        return 0.0
    return 2 * student_t_cdf(-math.sqrt((sources - 1) * square / (sources - square)), sources - 1)


def _mean(sample: _Sample, error: float) -> ContrastMean:
    reason = _why_no_interval(sample)
    mean = clustered_mean(sample.totals)
    estimate = mean.estimate * sample.unit
    if reason is not None:
        return ContrastMean(sample.totals.n, estimate, None, None, reason)
    own, simultaneous = (_interval(sample, mean, each) for each in (_ERROR, error))
    return ContrastMean(sample.totals.n, estimate, own, simultaneous, None)


def _why_no_interval(sample: _Sample) -> str | None:
    if sample.totals.n < 2:
        return "there is only one source, so nothing shows how much sources differ"
    if sample.few and not sample.bounded:
        return (
            f"only {sample.affected} of {sample.totals.n} sources differ from the most common value (fewer than "
            f"{ENOUGH_AFFECTED}), and a count has no largest value that would bound what was not seen"
        )
    return None


def _interval(sample: _Sample, mean: ClusteredMean, error: float) -> _Interval:
    if sample.few:
        (lower, upper), _ = chosen_interval(sample.totals, _BOUNDS, level=1 - error)
    else:
        assert mean.standard_error is not None
        reach = student_t_quantile(1 - error / 2, sample.affected - 1) * mean.standard_error
        lower, upper = mean.estimate - reach, mean.estimate + reach
    if sample.bounded:
        lower, upper = max(_BOUNDS[0], lower), min(_BOUNDS[1], upper)
    return lower * sample.unit, upper * sample.unit
