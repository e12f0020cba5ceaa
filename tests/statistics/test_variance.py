"""Clustered standard errors, design effects and what they mean for the size of a study."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.power import minimum_detectable_effect, required_sources
from spinefairbench.statistics.variance import clustered_mean


def test_three_sources_by_hand() -> None:
    # Sums 2, 0, 1 over counts 2, 1, 2: mean 3/5, residuals 4/5, -3/5, -1/5, squares 26/25 in all,
    # variance 3/2 * 26/25 / 25. Independent: 3/5 * 2/5 / 4.
    totals = ClusterTotals.from_units([1, 1, 0, 1, 0], ["a", "a", "b", "c", "c"], 1)
    mean = clustered_mean(totals)
    assert mean.estimate == 0.6
    assert mean.standard_error == pytest.approx(math.sqrt(0.0624))
    assert mean.independent_standard_error == pytest.approx(math.sqrt(0.06))
    assert mean.design_effect == pytest.approx(1.04)
    assert (mean.n_clusters, mean.n_values) == (3, 5)


def test_with_one_value_a_source_it_is_the_usual_standard_error() -> None:
    values = [3, 1, 4, 1, 5]
    mean = clustered_mean(ClusterTotals.from_units(values, list("abcde"), 10))
    spread = math.sqrt(sum((value - 2.8) ** 2 for value in values) / 4) / 10
    assert mean.standard_error == pytest.approx(spread / math.sqrt(5))
    assert mean.design_effect == pytest.approx(1)


def test_repeating_every_value_within_its_source_doubles_the_design_effect() -> None:
    values, ids = [1, 0, 1, 1, 0, 0, 1], list("abcdefg")
    single = clustered_mean(ClusterTotals.from_units(values, ids, 1))
    twice = clustered_mean(ClusterTotals.from_units(values * 2, ids * 2, 1))
    assert twice.standard_error == pytest.approx(single.standard_error)
    assert twice.design_effect == pytest.approx(2 * 13 / 12)


def test_what_is_not_defined_is_none() -> None:
    one = clustered_mean(ClusterTotals.from_units([1, 0], ["a", "a"], 1))
    assert one.standard_error is None
    assert one.design_effect is None
    constant = clustered_mean(ClusterTotals.from_units([1, 1], ["a", "b"], 1))
    assert constant.standard_error == 0
    assert constant.design_effect is None
    assert clustered_mean(ClusterTotals((1, 0), (1, 1))).design_effect is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=2, max_size=12), st.integers(2, 99))
def test_the_unit_of_the_sums_does_not_matter(rows: list[tuple[int, int]], factor: int) -> None:
    sums, counts = zip(*rows, strict=True)
    plain = clustered_mean(ClusterTotals(sums, counts))
    finer = clustered_mean(ClusterTotals(tuple(total * factor for total in sums), counts, factor))
    assert finer == plain


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
