"""The spread of a difference under an effect, against data whose spread is known."""

import random
from dataclasses import astuple

import pytest

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.difference_plans import NoiseMoments, excess_plan, paired_plan
from spinefairbench.statistics.power import minimum_detectable_effect, required_sources
from spinefairbench.statistics.superposition import DifferencePlan, Layout, Reaction
from spinefairbench.statistics.variance import clustered_mean

ALWAYS_SAME = NoiseMoments(0.0, 0.0, 0.0, 0.0)


def totals(values: list[int], scale: int = 1) -> ClusterTotals:
    return ClusterTotals(tuple(values), (1,) * len(values), scale)


def deterministic(changed: int, sources: int) -> DifferencePlan:
    """F is 0, and all four pairs of `changed` sources change."""
    values = [4] * changed + [0] * (sources - changed)
    excess = totals(values, 4)
    plan = excess_plan(excess, totals([0] * sources), excess, ALWAYS_SAME, [4] * sources, [4] * sources, size=1.0)
    assert isinstance(plan, DifferencePlan)
    return plan


def test_without_run_to_run_variation_five_sources_that_change_wholly_are_enough() -> None:
    # The power is P(X >= 5) for a binomial X, since the printed interval excludes 0 from five on.
    plan = deterministic(21, 60)
    # P(X >= 5) is 0.7291 for Binomial(60, 0.1), and 0.8 for Binomial(60, 0.1095).
    assert plan.power(0.1, 60) == pytest.approx(0.7291, abs=1e-3)
    assert minimum_detectable_effect(plan, 60) == pytest.approx(0.1095, abs=1e-4)


def test_a_deterministic_model_needs_far_fewer_sources_than_the_observed_spread_says() -> None:
    """By the spread at the observed excess, an effect of 0.05 would take 368 sources; 60 have a power of 0.86."""
    draws = random.Random(34)
    changed = [
        sum(draws.random() < level for _ in range(4)) for level in (draws.betavariate(1.5, 2.2) for _ in range(60))
    ]
    excess = totals(changed, 4)
    plan = excess_plan(excess, totals([0] * 60), excess, ALWAYS_SAME, [4] * 60, [4] * 60, size=1.0)
    assert isinstance(plan, DifferencePlan)
    error = clustered_mean(excess).standard_error
    assert error is not None and 2.8**2 * 60 * error**2 / 0.05**2 == pytest.approx(368, abs=1)
    needed = required_sources(plan, 0.05)
    assert not isinstance(needed, str) and 50 < needed < 60
    assert plan.power(0.05, 60) == pytest.approx(0.86, abs=0.02)


def noisy(sources: int, sampled: float, reacting: float, seed: int = 3) -> tuple[list[int], list[int], list[int]]:
    """T in quarters, F in sixths and the excess in twelfths; a report says something of its own with `sampled`."""
    draws = random.Random(seed)
    changed, repeated = [], []
    for _ in range(sources):
        odd = [draws.random() < sampled for _ in range(4)]
        edited = [draws.random() < sampled or draws.random() < reacting for _ in range(4)]
        changed.append(sum(map(max, odd, edited)))
        same = 4 - sum(odd)
        repeated.append(6 - same * (same - 1) // 2)
    return changed, repeated, [3 * t - 2 * f for t, f in zip(changed, repeated, strict=True)]


def sampling_plan(sources: int, sampled: float, reacting: float) -> DifferencePlan | str:
    changed, repeated, excess = noisy(sources, sampled, reacting)
    # Two reports agree if neither is odd, which is independent of other reports.
    same = (1 - sampled) ** 2
    noise = NoiseMoments(1 - same, 1 - same, 1 - 2 * same + (1 - sampled) ** 3, (1 - same) ** 2)
    counts = [4] * sources
    return excess_plan(totals(changed, 4), totals(repeated, 6), totals(excess, 12), noise, counts, counts, size=1.0)


@pytest.mark.parametrize("seen", [0.0, 0.2])
@pytest.mark.parametrize("effect", [0.0, 0.1, 0.3])
def test_the_variance_under_an_effect_is_that_of_data_with_it(seen: float, effect: float) -> None:
    plan = sampling_plan(2000, 0.2, seen)
    assert isinstance(plan, DifferencePlan)
    free = (1 - 0.2) ** 2
    _, _, excess = noisy(40_000, 0.2, effect / free, seed=9)
    mean = sum(excess) / len(excess)
    variance = sum((value - mean) ** 2 for value in excess) / len(excess) / 144
    assert mean / 12 == pytest.approx(effect, abs=0.01)
    assert plan.variance(effect) == pytest.approx(variance, rel=0.08)


def test_repeats_that_differ_must_tell_by_how_much() -> None:
    changed, repeated, excess = noisy(60, 0.2, 0.0)
    counts = [2] * 60
    plan = excess_plan(totals(changed, 4), totals(repeated, 6), totals(excess, 12), None, counts, counts, size=1.0)
    assert isinstance(plan, str) and "four reports" in plan


def test_what_an_excess_cannot_be_planned_with() -> None:
    assert isinstance(sampling_plan(40, 0.2, 0.0), str)
    few = totals([1] * 9 + [0] * 91)
    plan = excess_plan(few, totals([0] * 100), few, ALWAYS_SAME, [1] * 100, [2] * 100, size=1.0)
    assert plan == "only 9 sources differ from 0 (fewer than 10)"
    assert sampling_plan(500, 0.2, 0.9) == "T leaves too little room above F"
    same = totals([1, 0] * 50)
    less = excess_plan(
        totals([2, 1] * 50, 2), totals([1, 0] * 50), totals([0, 1] * 50, 2), ALWAYS_SAME, [2] * 100, [4] * 100, size=1.0
    )
    assert isinstance(less, str)
    assert paired_plan(same, same, totals([0] * 100)) == (
        "all sources have the same value, so there is no variation to plan with"
    )


def two_models(rate: float, gap: float, sources: int = 3000) -> tuple[ClusterTotals, ClusterTotals, ClusterTotals]:
    draws = random.Random(8)
    first = [int(draws.random() < rate + gap) for _ in range(sources)]
    second = [int(draws.random() < rate) for _ in range(sources)]
    return totals(first), totals(second), totals([a - b for a, b in zip(first, second, strict=True)])


def test_two_models_vary_by_both_rates_at_the_alternative() -> None:
    plan = paired_plan(*two_models(0.2, 0.0))
    assert isinstance(plan, DifferencePlan)
    assert plan.variance(0.1) == pytest.approx(0.2 * 0.8 + 0.3 * 0.7, rel=0.05)
    # P(1) - 3·P(nonzero)·mean + 2·mean³, with the shares 0.3·0.8 and 0.7·0.2 of +1 and -1.
    assert plan.third_moment(0.1) == pytest.approx(0.1 - 3 * 0.38 * 0.1 + 2 * 0.1**3, abs=0.02)


def test_the_order_of_two_models_does_not_matter() -> None:
    first, second, difference = two_models(0.3, 0.1)
    opposite = totals([-total for total in difference.sums])
    one, other = paired_plan(first, second, difference), paired_plan(second, first, opposite)
    assert isinstance(one, DifferencePlan) and one == other


def test_two_models_that_differ_to_one_side_only() -> None:
    second = totals([1] * 20 + [0] * 80)
    first = totals([1] * 40 + [0] * 60)
    difference = totals([0] * 20 + [1] * 20 + [0] * 60)
    assert paired_plan(first, second, difference) == "all sources differ to the same side"


def several_pairs(sources: int = 120) -> tuple[ClusterTotals, ClusterTotals, ClusterTotals]:
    """Two models on sources of one to four pairs each."""
    draws = random.Random(4)
    counts = tuple(draws.randint(1, 4) for _ in range(sources))
    first, second = (
        tuple(sum(draws.random() < rate for _ in range(count)) for count in counts) for rate in (0.35, 0.25)
    )
    difference = tuple(a - b for a, b in zip(first, second, strict=True))
    return (
        ClusterTotals(first, counts, sum_of_squares=sum(first)),
        ClusterTotals(second, counts, sum_of_squares=sum(second)),
        ClusterTotals(difference, counts),
    )


# Stored: the plans of which scripts/validation/power.py has shown that their power holds. Each field has its own part
# in that power, so that a formula that comes out otherwise is another plan.
STORED = {
    "excess": (
        Reaction(0.32055555555555554, Layout(0.25, 0.75), 1.0, 0.0, 0.4096, certain=False),
        (0.06186666666666665, 0.0576, 0.0064, 0.0098010480054436, 0.0080512492133443, 0.5130712378919592, 1.0, False, 300),
    ),
    "two models, one pair a source": (
        Reaction(0.1790326834528181, Layout(1.0, 0.0), 1.0, 0.0, 0.6739873348386808, certain=True),
        (0.2927371850530867, 0.14709037383553455, 0.14644875148784253, -0.002223517609494047, 0.08871226432916463,
         0.26895688445129684, 1.0, False, 400),
    ),
    "two models above one half": (
        Reaction(0.32771645021645024, Layout(1.0, 0.0), 1.0, 0.0, 0.45196517130957065, certain=True),
        (0.4336261219089887, 0.22040842036083713, 0.2168559777499353, -0.022446331669826923, 0.03364340499489931,
         0.37785918101249083, 1.0, False, 400),
    ),
    "two models, several pairs a source": (
        Reaction(0.2814135749299819, Layout(0.40816326530612246, 0.7719005969734832), 1.0034129692832763,
                 0.026198418343687583, 0.5216642937915169, certain=True),
        (0.20155690902313483, 0.08692383306818466, 0.09632535522567413, 0.021428008904591657, 0.02902482433592962,
         0.5177525936514923, 1.0, False, 120),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STORED)
def test_plans_are_those_whose_power_was_simulated(name: str) -> None:
    plan = {
        "excess": lambda: sampling_plan(300, 0.2, 0.1),
        "two models, one pair a source": lambda: paired_plan(*two_models(0.2, 0.1, 400)),
        "two models above one half": lambda: paired_plan(*two_models(0.6, 0.1, 400)),
        "two models, several pairs a source": lambda: paired_plan(*several_pairs()),
    }[name]()
    assert isinstance(plan, DifferencePlan)
    reaction, rest = STORED[name]
    assert plan.reaction.layout == pytest.approx(reaction.layout, rel=1e-9)
    assert plan.reaction.certain is reaction.certain
    for field in ("base", "size", "alike", "both_free"):
        assert getattr(plan.reaction, field) == pytest.approx(getattr(reaction, field), rel=1e-9, abs=1e-12)
    assert astuple(plan)[1:] == pytest.approx(rest, rel=1e-9, abs=1e-12)


def test_means_above_one_half_are_planned_as_their_distances_from_1() -> None:
    first, second, difference = several_pairs()
    of_first, of_second = (
        ClusterTotals(
            tuple(count - total for total, count in zip(each.sums, each.counts, strict=True)),
            each.counts,
            sum_of_squares=sum(each.counts) - sum(each.sums),
        )
        for each in (first, second)
    )
    one, other = paired_plan(first, second, difference), paired_plan(of_second, of_first, difference)
    assert isinstance(one, DifferencePlan) and isinstance(other, DifferencePlan)
    assert astuple(other)[1:] == pytest.approx(astuple(one)[1:], rel=1e-9, abs=1e-12)
    assert other.reaction.size == pytest.approx(one.reaction.size, rel=1e-9)


def test_a_second_model_that_never_changes_leaves_a_plan_of_the_first_alone() -> None:
    first = ClusterTotals((4,) * 21 + (0,) * 39, (4,) * 60, sum_of_squares=84)
    never = ClusterTotals((0,) * 60, (4,) * 60, sum_of_squares=0)
    plan = paired_plan(first, never, first)
    assert isinstance(plan, DifferencePlan)
    # A variance from 240 values divides by 239.
    assert plan.reaction.size == pytest.approx(240 / 239)
    assert plan.reaction._replace(size=1.0) == deterministic(21, 60).reaction
    assert plan.one_sided and plan.power(0.1, 60) == pytest.approx(deterministic(21, 60).power(0.1, 60), abs=1e-3)


def test_values_that_react_in_part_have_a_size_below_one() -> None:
    # Every pair that changes does so by one half: of the variance of a value of 0 or 1 with that mean, a third is left.
    halves = ClusterTotals((2, 0) * 30, (1,) * 60, 4, sum_of_squares=120)
    never = ClusterTotals((0,) * 60, (1,) * 60, 4, sum_of_squares=0)
    plan = paired_plan(halves, never, halves)
    assert isinstance(plan, DifferencePlan)
    assert plan.reaction.size == pytest.approx((0.25**2 * 60 / 59) / (0.25 * 0.75))
