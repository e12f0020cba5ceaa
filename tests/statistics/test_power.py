"""Minimum detectable effects and required sources."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.power import minimum_detectable_effect, required_sources


def test_the_detectable_effect_of_a_large_study_is_2_8_standard_errors() -> None:
    # 1.960 + 0.842, the usual multiplier for 80 % power at a two-sided 0.05.
    effect = minimum_detectable_effect(0.01, 10_000_000_000)
    assert effect == pytest.approx(0.02801585, abs=1e-8)


def test_with_few_sources_only_larger_effects_are_detected() -> None:
    # t quantiles for 4 degrees of freedom: 2.776 and 0.941.
    assert minimum_detectable_effect(0.01, 5) == pytest.approx(0.03717, abs=1e-5)


def test_sources_for_half_the_effect_are_four_times_as_many() -> None:
    effect = minimum_detectable_effect(0.02, 1000)
    assert effect is not None
    assert required_sources(effect * 1.000001, 0.02, 1000) == 1000
    needed = required_sources(effect / 2, 0.02, 1000)
    assert needed == pytest.approx(4000, abs=10)


@given(st.floats(1e-3, 0.5), st.integers(2, 5000), st.floats(1e-3, 1))
def test_no_fewer_sources_would_do(standard_error: float, n: int, effect: float) -> None:
    def detectable(sources: int) -> float:
        value = minimum_detectable_effect(standard_error * math.sqrt(n / sources), sources)
        assert value is not None
        return value

    needed = required_sources(effect, standard_error, n)
    if needed is None:
        assert detectable(10**9) > effect
        return
    assert detectable(needed) <= effect * (1 + 1e-9)
    assert needed == 2 or detectable(needed - 1) > effect * (1 - 1e-9)


def test_nothing_is_planned_without_variation_or_with_one_source() -> None:
    assert minimum_detectable_effect(0.0, 100) is None
    assert minimum_detectable_effect(0.1, 1) is None
    assert required_sources(0.1, 0.0, 100) is None
    assert required_sources(1e-9, 0.5, 100) is None


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="effect to detect must be positive"):
        required_sources(0.0, 0.1, 10)
    with pytest.raises(ValueError, match="power must be"):
        minimum_detectable_effect(0.1, 10, power=1.0)
    with pytest.raises(ValueError, match="alpha must be"):
        minimum_detectable_effect(0.1, 10, alpha=0.0)
    with pytest.raises(ValueError, match="standard error must be"):
        minimum_detectable_effect(float("nan"), 10)
