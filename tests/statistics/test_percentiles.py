"""Percentiles are NumPy's, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.percentiles import percentile_interval, quantile_of_sorted


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.floats(0, 1))
def test_quantiles_agree_with_numpy(values: list[float], q: float) -> None:
    assert quantile_of_sorted(sorted(values), q) == np.quantile(values, q)


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
