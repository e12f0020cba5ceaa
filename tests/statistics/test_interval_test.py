"""The interval of a difference of two means, and the p value that agrees with it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.interval_test import means_test
from spinefairbench.statistics.wilson import wilson_interval

VALUES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


def _totals(quarters: list[int]) -> ClusterTotals:
    return ClusterTotals(tuple(quarters), (1,) * len(quarters), 4)


@given(VALUES)
def test_the_p_value_says_what_the_interval_says(drawn: list[tuple[int, int]]) -> None:
    first, second = (_totals([pair[side] for pair in drawn]) for side in (0, 1))
    found = means_test(first, second)
    lower, upper = found.interval
    assert -1 <= lower <= first.estimate - second.estimate <= upper <= 1
    assert 0 < found.p_value <= 1
    if abs(found.p_value - 0.05) > 2e-4:
        assert (found.p_value < 0.05) == (not lower <= 0 <= upper)
    mirrored = means_test(second, first)
    assert mirrored.interval == pytest.approx((-upper, -lower), abs=1e-12)
    assert mirrored.p_value == pytest.approx(found.p_value, rel=0.01)


def test_limits_of_independent_means_are_combined_as_squares() -> None:
    # Every value of the one meets every value of the other equally often, so the two means do not correlate.
    first, second = _totals([0, 0, 4, 4] * 10), _totals([0, 4, 0, 4] * 10)
    low, high = wilson_interval(first)
    reach = math.hypot(0.5 - low, high - 0.5)
    assert means_test(first, second).interval == pytest.approx((-reach, reach), abs=1e-12)
    assert means_test(first, second).p_value == 1.0


def test_a_side_on_which_nothing_changed_still_has_room_for_a_change() -> None:
    # Eight sources gained a quarter, none lost: a single loss of a whole one among 100 would undo half of that.
    first, second = _totals([1] * 8 + [0] * 92), _totals([0] * 100)
    found = means_test(first, second)
    assert found.interval[0] < 0 < found.interval[1]
    assert found.p_value > 0.05


def test_two_samples_must_be_of_the_same_sources() -> None:
    with pytest.raises(ValueError, match="same sources"):
        means_test(_totals([1, 2]), _totals([1, 2, 3]))
