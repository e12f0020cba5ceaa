"""Exact sums: what a float means, and the integers that stand for it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.exact import UNITS, in_lowest_terms, ratio, units_from_floats, units_from_fractions


def test_every_value_of_the_benchmark_is_an_integer_in_units() -> None:
    assert all(UNITS % denominator == 0 for denominator in range(1, 14))


@given(st.lists(st.tuples(st.integers(0, 13), st.integers(1, 13)), min_size=1))
def test_fractions_are_recovered_from_their_floats(pairs: list[tuple[int, int]]) -> None:
    units, scale = units_from_floats([numerator / denominator for numerator, denominator in pairs])
    assert scale == UNITS
    assert [Fraction(unit, scale) for unit in units] == [Fraction(*pair) for pair in pairs]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_any_finite_float_is_held_exactly(values: list[float]) -> None:
    units, scale = units_from_floats(values)
    assert [unit / scale for unit in units] == values


def test_fractions_share_their_least_common_denominator() -> None:
    assert units_from_fractions([Fraction(1, 4), Fraction(-5, 6), 2]) == ([3, -10, 24], 12)


@given(st.lists(st.integers(-50, 50)), st.integers(1, 60))
def test_the_lowest_terms_are_those_of_the_fractions(units: list[int], scale: int) -> None:
    assert in_lowest_terms(units, scale) == units_from_fractions([Fraction(unit, scale) for unit in units])


def test_a_ratio_is_its_fraction() -> None:
    assert (ratio(6, 4), ratio(0, 7), ratio(-1, 3)) == (Fraction(3, 2), Fraction(0), Fraction(-1, 3))


def test_a_float_means_a_unit_only_where_all_of_them_do() -> None:
    assert units_from_floats([5 / 12, 1.0]) == ([150150, 360360], UNITS)
    # The float that follows 1/2 is no unit, so that each one means its own exact value.
    after = 0.5 + 2**-53
    assert units_from_floats([1.5, after]) == ([3 << 52, (1 << 52) + 1], 1 << 53)


def test_the_largest_floats_are_integers() -> None:
    # 360,360 times as large, it is no float any more.
    assert units_from_floats([1e308, -1.0]) == ([int(1e308) * UNITS, -UNITS], UNITS)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_has_no_units(value: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        units_from_floats([0.5, value])


def test_no_values_have_no_units() -> None:
    assert units_from_fractions([]) == ([], 1)
