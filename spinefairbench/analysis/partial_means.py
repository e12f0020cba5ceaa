"""Means over the sources that have a value, all sources of a model being resampled.

So every stratum of a model, and every model with as many sources, sees the same draws; a source without a value counts
neither above nor below the line.
"""

from collections.abc import Sequence
from fractions import Fraction

from spinefairbench.analysis.estimates import DIFFERENCE, Sample
from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals
from spinefairbench.statistics.exact import units_from_fractions

__all__ = ["Values", "partial_mean"]

Values = tuple[Fraction | None, ...]
"""One value in [-1, 1] for each source of a model, None where the source has none."""


def partial_mean(values: Values) -> Sample:
    """The mean over the sources that have a value."""
    given = [value for value in values if value is not None]
    if not given:
        return Sample(None, DIFFERENCE)
    totals = _one_value_each(given)
    if len(given) == len(values):
        return Sample(totals, DIFFERENCE)
    left = iter(totals.sums)
    among = PartialTotals(
        tuple(0 if value is None else next(left) for value in values),
        tuple(int(value is not None) for value in values),
        totals.scale,
    )
    return Sample(totals, DIFFERENCE, among)


def _one_value_each(values: Sequence[Fraction]) -> ClusterTotals:
    """The totals of sources that have one value each."""
    units, scale = units_from_fractions(values)
    return ClusterTotals(tuple(units), (1,) * len(units), scale)
