"""Percentiles are NumPy's, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.percentiles import percentile_interval, quantile_of_sorted


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.floats(0, 1))
def test_quantiles_agree_with_numpy(values: list[float], q: float) -> None:
    assert quantile_of_sorted(sorted(values), q) == np.quantile(values, q)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=400), st.integers(1, 9))
def test_intervals_agree_with_numpy(values: list[float], repeats: int) -> None:
    # Long, and with ties: the tails are found from some of the values, and sorted alone.
    many = values * repeats
    assert percentile_interval(many) == (np.quantile(many, 0.025), np.quantile(many, 0.975))


@pytest.mark.parametrize("rare", [0, 39, 40, 41, 80])
def test_tails_that_the_guess_misses_are_found(rare: int) -> None:
    # Every value that the guess looks at is an extreme one.
    values = [rare if at % 40 else -1 for at in range(4000)]
    assert percentile_interval(values) == (np.quantile(values, 0.025), np.quantile(values, 0.975))
    raised = [-value for value in values]
    assert percentile_interval(raised) == (np.quantile(raised, 0.025), np.quantile(raised, 0.975))


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=300), st.integers(1, 12))
def test_a_statistic_is_computed_of_the_values_that_count(values: list[int], divisor: int) -> None:
    assert percentile_interval(values, lambda value: value / divisor) == percentile_interval(
        value / divisor for value in values
    )


def test_percentiles_interpolate_between_neighbours() -> None:
    assert percentile_interval([40.0, 0.0, 10.0, 30.0, 20.0]) == pytest.approx((1.0, 39.0), abs=1e-15)
    assert percentile_interval([7.0]) == (7.0, 7.0)
    with pytest.raises(ValueError, match="no value"):
        percentile_interval([])


def test_from_the_middle_on_a_quantile_is_reached_from_above() -> None:
    # 0.1 + (0.4 - 0.1)·0.75 is 0.32500000000000007 in floating point; from the other end it is 0.325.
    assert quantile_of_sorted([0.1, 0.4], 0.75) == 0.325
    assert quantile_of_sorted([0.1, 0.4], 0.5) == 0.4 - (0.4 - 0.1) * 0.5
    assert quantile_of_sorted([0.1, 0.4], 0.25) == 0.1 + (0.4 - 0.1) * 0.25
