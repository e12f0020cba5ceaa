"""Sign-flip randomization by source, and Holm's adjustment."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.randomization import holm, holm_in_families, sign_flip_p_values
from tests.statistics.models import naive_p_value


@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=140), min_size=1, max_size=3),
    st.integers(1, 300),
    st.integers(0, 1 << 80),
)
@settings(max_examples=40)
def test_sign_flips_are_bits_of_the_stream(samples: list[list[int]], iterations: int, seed: int) -> None:
    expected = [naive_p_value(sample, iterations, seed) for sample in samples]
    assert sign_flip_p_values(samples, Bootstrap(iterations, seed)) == expected


def test_the_randomization_approaches_the_exact_enumeration() -> None:
    differences = [5, 3, 2, -1, 1, 4]
    totals = [
        sum(sign * value for sign, value in zip(signs, differences, strict=True))
        for signs in product((1, -1), repeat=6)
    ]
    exact = sum(abs(total) >= 14 for total in totals) / len(totals)
    assert sign_flip_p_values([differences], Bootstrap(20_000))[0] == pytest.approx(exact, abs=0.005)


def test_no_difference_has_a_p_value_of_one_and_none_has_zero() -> None:
    p_values = sign_flip_p_values([[0] * 30, [1] * 30], Bootstrap(99))
    assert p_values == [1.0, 0.01]


def test_sign_flips_need_sources_and_iterations() -> None:
    with pytest.raises(ValueError, match="at least one iteration"):
        sign_flip_p_values([[1]], Bootstrap(0))
    with pytest.raises(ValueError, match="no source"):
        sign_flip_p_values([[]])


def test_holm_by_hand() -> None:
    # Ordered 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1, and never falling.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_between_no_adjustment_and_bonferronis(p_values: list[float]) -> None:
    for plain, adjusted in zip(p_values, holm(p_values), strict=True):
        assert plain <= adjusted <= min(1.0, len(p_values) * plain)


def test_holm_in_families_is_holm_of_each_family() -> None:
    p_values = [0.01, 0.04, None, 0.03, 0.02]
    assert holm_in_families(p_values, ["a", "b", "a", "a", "b"]) == [0.02, 0.04, None, 0.03, 0.04]
    assert holm_in_families([], []) == []
