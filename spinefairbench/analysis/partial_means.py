"""Means over the sources that have a value, all sources of a model being resampled.

So every stratum of a model, and every model with as many sources, sees the same draws; a source without a value counts
neither above nor below the line.
"""

from collections.abc import Sequence
from fractions import Fraction

from spinefairbench.analysis.estimates import DIFFERENCE, Sample
from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals
from spinefairbench.statistics.exact import in_lowest_terms, units_from_fractions

__all__ = ["Values", "partial_mean", "partial_mean_of_units"]

Values = tuple[Fraction | None, ...]
"""One value in [-1, 1] for each source of a model, None where the source has none."""


def partial_mean(values: Values) -> Sample:
    """The mean over the sources that have a value."""
    given, scale = units_from_fractions([value for value in values if value is not None])
    left = iter(given)
    return partial_mean_of_units([None if value is None else next(left) for value in values], scale)


def partial_mean_of_units(units: Sequence[int | None], scale: int) -> Sample:
    """The same of values that are integers in units of 1/`scale`."""
    given, scale = in_lowest_terms([unit for unit in units if unit is not None], scale)
    if not given:
        return Sample(None, DIFFERENCE)
    totals = ClusterTotals(tuple(given), (1,) * len(given), scale)
    if len(given) == len(units):
        return Sample(totals, DIFFERENCE)
    left = iter(given)
    among = PartialTotals(
        tuple([0 if unit is None else next(left) for unit in units]),
        tuple([int(unit is not None) for unit in units]),
        scale,
    )
    return Sample(totals, DIFFERENCE, among)
