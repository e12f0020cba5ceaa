"""Minimum detectable effects and required sources: the power they are computed from, and that they are the smallest."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.power import (
    RatePlan,
    at_least,
    few_carry,
    interval_reach,
    minimum_detectable_effect,
    pilot_noise,
    rate_plan,
    required_sources,
    unplannable,
)


def rate(changed: int, sources: int) -> ClusterTotals:
    """One pair a source."""
    return ClusterTotals((1,) * changed + (0,) * (sources - changed), (1,) * sources, sum_of_squares=changed)


@dataclass
class LinearPlan:
    """A power that is effect·sources/100, known where it is asked for unless it says otherwise."""

    asked: float = 0.8
    reach: float = 1.0
    doubt: str | None = None

    def power(self, effect: float, sources: int) -> float:
        return min(1.0, effect * sources / 100)

    def objection(self, effect: float, sources: int) -> str | None:
        assert effect > 0 and sources >= 20
        return self.doubt


def test_the_smallest_effect_and_number_of_sources_have_the_power_asked_for() -> None:
    effect = minimum_detectable_effect(LinearPlan(), 200)
    assert effect == pytest.approx(0.4)
    assert required_sources(LinearPlan(), 0.5) == 160


def test_a_reason_stands_where_no_figure_does() -> None:
    assert minimum_detectable_effect(LinearPlan(reach=0.1), 200) == (
        "no effect within reach would be found with a probability of 80%"
    )
    assert minimum_detectable_effect(LinearPlan(doubt="unknown"), 200) == "unknown"
    assert required_sources(LinearPlan(doubt="unknown"), 0.5) == "unknown"
    assert required_sources(LinearPlan(reach=0.1), 0.5) == "an effect of 0.5 is out of reach"
    assert required_sources(LinearPlan(reach=9), 5.0) == (
        "an effect of 5 takes no more than 20 sources; fewer are not planned for"
    )
    assert required_sources(LinearPlan(), 1e-9) == "an effect of 1e-09 takes more than 10,000,000 sources"


def test_an_effect_must_be_positive() -> None:
    with pytest.raises(ValueError, match="effect to detect must be positive"):
        required_sources(LinearPlan(), 0.0)


def test_the_spread_of_a_rate_is_that_at_the_alternative() -> None:
    # One of ten changes, one pair a source, and 0.1 is to be told from 0.2. With the spread at 0.1, it would take
    # (1.96 + 0.84)²·0.09/0.01 = 71 sources, with that at 0.2 (1.96 + 0.84)²·0.16/0.01 = 126; an estimate that just
    # misses has a spread between the two.
    plan = rate_plan(rate(100, 1000))
    assert isinstance(plan, RatePlan)
    assert plan.spread == pytest.approx(1, rel=2e-3)
    needed = required_sources(plan, 0.1)
    assert not isinstance(needed, str) and 95 < needed < 126


def test_a_rate_and_its_complement_need_the_same() -> None:
    few, many = rate_plan(rate(30, 200)), rate_plan(rate(170, 200))
    assert isinstance(few, RatePlan) and isinstance(many, RatePlan)
    assert minimum_detectable_effect(few, 200) == pytest.approx(minimum_detectable_effect(many, 200))


def test_what_cannot_be_planned_with() -> None:
    assert unplannable(rate(1, 1)) == "there is only one source, so the variation between sources is unknown"
    assert unplannable(rate(60, 60)) == "all sources have the same value, so there is no variation to plan with"
    assert rate_plan(rate(10, 20)) == "there are only 20 sources (fewer than 50)"
    assert rate_plan(rate(4, 100)) == "the variation comes from fewer than 5 sources"
    assert rate_plan(rate(96, 100)) == "the variation comes from fewer than 5 sources"


def test_nothing_is_planned_where_a_few_sources_carry_the_variation() -> None:
    # Three of 100 sources have as many values as all others together.
    counts = (40, 40, 40, *[1] * 97)
    totals = ClusterTotals((40, 0, 40, *[0, 1] * 48, 0), counts, sum_of_squares=128)
    assert rate_plan(totals) == "a few sources carry most of the variation"


def test_the_chance_of_a_number_of_affected_sources_is_binomial() -> None:
    # 1 - 0.5³ and 0.5³.
    assert at_least(1, 3, 0.5) == pytest.approx(0.875)
    assert at_least(3, 3, 0.5) == pytest.approx(0.125)
    assert at_least(4, 3, 0.5) == 0


@given(st.integers(5, 195), st.floats(0.01, 0.5))
def test_no_smaller_effect_or_number_would_do(changed: int, effect: float) -> None:
    plan = rate_plan(rate(changed, 200))
    assert isinstance(plan, RatePlan)
    detectable = minimum_detectable_effect(plan, 200)
    if not isinstance(detectable, str):
        assert plan.power(detectable, 200) >= 0.8 > plan.power(detectable * 0.95, 200) - 0.02
    needed = required_sources(plan, effect)
    if not isinstance(needed, str):
        assert plan.power(effect, needed) >= 0.8 and plan.power(effect, needed - 1) < 0.82


@pytest.mark.parametrize("sources", [19, 30, 49, 50, 60, 400])
@pytest.mark.parametrize(("value", "effect"), [(0.1, 0.05), (0.1, 0.2), (0.02, 0.03), (0.4, 0.1)])
def test_the_power_of_a_rate_by_scipy(value: float, effect: float, sources: int) -> None:
    """The chance that the estimate passes the one whose lower limit is the fixed value, with each of two intervals."""
    spread, independent = 1.7, 2.5
    truth = value + effect
    error = math.sqrt(spread * truth * (1 - truth) / sources)
    skewness = (1 - 2 * truth) / math.sqrt(truth * (1 - truth)) * math.sqrt(spread / sources)
    z, t = stats.norm.ppf(0.975), stats.t.ppf(0.975, sources - 1)
    by_wilson = value + t * math.sqrt(spread * value * (1 - value) / sources)

    def limit(estimate: float) -> float:
        return float(estimate - z * math.sqrt(spread * estimate * (1 - estimate) * (sources - 1) / sources**2))

    by_percentiles = optimize.brentq(lambda estimate: limit(estimate) - value, value, 1) - (
        (z**2 - 1) / 6 * skewness * error
    )
    spread_of_limit = math.sqrt(1 + t**2 / (4 * (sources - 1)))
    passes = [stats.norm.cdf((truth - it) / error / spread_of_limit) for it in (by_percentiles, by_wilson)]
    enough = stats.binom.sf(19, sources, 1 - (1 - truth) ** independent) if sources >= 50 else 0.0
    expected = enough * passes[0] + (1 - enough) * passes[1]
    assert RatePlan(value, spread, independent).power(effect, sources) == pytest.approx(expected, abs=1e-9)


def test_how_far_the_lower_limit_lies_below_the_mean() -> None:
    z = 1.959963984540054
    assert interval_reach(40, 0.3, percentile=True) == pytest.approx(z * math.sqrt(39 / 40) - (z**2 - 1) / 6 * 0.3)
    assert interval_reach(40, 0.3, percentile=False) == pytest.approx(stats.t.ppf(0.975, 39), abs=1e-9)
    # (1.96 + 0.8416)² / (2·49): the power of 80% and the level of 5% from 50 sources.
    assert pilot_noise(50) == pytest.approx((z + 0.8416212335729143) ** 2 / 98)


def test_as_much_evenness_as_of_ten_equal_sources_is_enough() -> None:
    def off_the_mean(sources: int) -> ClusterTotals:
        return ClusterTotals((*(2, 0) * (sources // 2), *(1,) * 90), (1,) * (sources + 90))

    assert few_carry(off_the_mean(10), 20) is None
    assert few_carry(off_the_mean(8), 20) == "a few sources carry most of the variation"
    assert few_carry(off_the_mean(8), 19) is None
