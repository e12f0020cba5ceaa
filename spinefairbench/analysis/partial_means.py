"""Means over the sources that have a value, all sources of a model being resampled.

So every stratum of a model, and every model with as many sources, sees the same draws; a source without a value counts
neither above nor below the line.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Final

from spinefairbench.analysis.estimates import DIFFERENCE, Estimate, Interval, estimate_of
from spinefairbench.parallel import OrderedWorkers
from spinefairbench.statistics.bootstrap import Bootstrap, bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import units_from_fractions
from spinefairbench.statistics.percentiles import percentile_interval

__all__ = ["Values", "partial_means"]

# Means resampled at a time: their replicates are in memory together.
_BATCH: Final = 60
# Values below which a second process costs more than it saves.
_WORTH_A_PROCESS: Final = 20_000

Values = tuple[Fraction | None, ...]
"""One value in [-1, 1] for each source of a model, None where the source has none."""


def partial_means(all_values: Sequence[Values], bootstrap: Bootstrap) -> list[Estimate]:
    """The mean of each over the sources that have a value, in the order given."""
    intervals: list[Interval | None] = []
    jobs = 1 if sum(map(len, all_values)) < _WORTH_A_PROCESS else bootstrap.jobs
    size = max(1, min(_BATCH, -(-len(all_values) // jobs)))
    of_batch = partial(_batch_intervals, bootstrap=bootstrap.for_one_process)
    with OrderedWorkers(of_batch, jobs, intervals.extend) as workers:
        for start in range(0, len(all_values), size):
            workers.put(all_values[start : start + size])
    return [_mean(values, interval) for values, interval in zip(all_values, intervals, strict=True)]


def _batch_intervals(all_values: Sequence[Values], bootstrap: Bootstrap) -> list[Interval | None]:
    """The intervals of means that one process takes on together, None where there are fewer than two values."""
    samples: dict[ClusterTotals, int] = {}
    places: list[tuple[int, int] | None] = []
    for values in all_values:
        if sum(value is not None for value in values) < 2:
            places.append(None)
            continue
        totals = _one_value_each([value or Fraction(0) for value in values])
        shares = _one_value_each([int(value is not None) for value in values])
        # Strata share which sources they have: what is the same is drawn once.
        at = samples.setdefault(totals, len(samples))
        places.append((at, samples.setdefault(shares, len(samples))))
    if not samples:
        return [None] * len(places)
    replicates = bootstrap_replicates(list(samples), bootstrap)
    return [
        None
        if place is None
        else percentile_interval(
            [total / share for total, share in zip(*(replicates[at] for at in place), strict=True) if share]
        )
        for place in places
    ]


def _mean(values: Values, interval: Interval | None) -> Estimate:
    given = [value for value in values if value is not None]
    if not given:
        return estimate_of(None, DIFFERENCE, None)
    return estimate_of(_one_value_each(given), DIFFERENCE, interval)


def _one_value_each(values: Sequence[Fraction | int]) -> ClusterTotals:
    """The totals of sources that have one value each."""
    units, scale = units_from_fractions(values)
    return ClusterTotals(tuple(units), (1,) * len(units), scale)
