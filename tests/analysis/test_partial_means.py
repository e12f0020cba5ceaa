"""Means over the sources that have a value, while all sources are resampled."""

from fractions import Fraction

from spinefairbench.analysis.estimates import DIFFERENCE
from spinefairbench.analysis.partial_means import partial_mean, partial_mean_of_units

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def test_without_a_value_there_is_nothing_to_estimate() -> None:
    assert partial_mean((None, None)).totals is None
    assert partial_mean(()).totals is None


def test_a_mean_is_over_the_sources_that_have_a_value() -> None:
    sample = partial_mean((HALF, None, -THIRD, Fraction(0)))
    assert sample.totals is not None and sample.among is not None
    assert sample.totals.estimate == float((HALF - THIRD) / 3)
    assert sample.totals.counts == (1, 1, 1)
    assert (sample.among.sums, sample.among.counts) == (
        (sample.totals.sums[0], 0, *sample.totals.sums[1:]),
        (1, 0, 1, 1),
    )
    assert sample.among.scale == sample.totals.scale
    assert sample.bounds == DIFFERENCE


def test_where_all_have_a_value_nothing_is_partial() -> None:
    sample = partial_mean((HALF, THIRD))
    assert sample.totals is not None and sample.totals.estimate == float((HALF + THIRD) / 2)
    assert sample.among is None


def test_units_mean_their_fractions_in_lowest_terms() -> None:
    assert partial_mean_of_units((6, None, -4, 0), 12) == partial_mean((HALF, None, -THIRD, Fraction(0)))
    assert partial_mean_of_units((None,), 12) == partial_mean((None,))
