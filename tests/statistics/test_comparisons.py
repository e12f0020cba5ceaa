"""Comparisons of models on the same sources: randomization, differences, equivalence, ranks."""

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import (
    equivalence,
    paired_difference,
)
from spinefairbench.statistics.pcg64 import PCG64
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from spinefairbench.statistics.ranks import rank_sets


def model(sums: list[int], pairs: int = 4) -> ClusterTotals:
    ids = tuple(f"s{at:04d}" for at in range(len(sums)))
    return ClusterTotals(tuple(sums), (pairs,) * len(sums), 1, ids)


def simulated(rate: float, n: int, seed: int) -> ClusterTotals:
    chooser = random.Random(seed)
    return model([sum(chooser.random() < rate for _ in range(4)) for _ in range(n)])


def naive_p_value(differences: list[int], iterations: int, seed: int) -> float:
    generator = PCG64(seed)
    reached = 0
    for _ in range(iterations):
        words = [generator.random_raw() for _ in range(-(-len(differences) // 64))]
        bits = [words[at // 64] >> at % 64 & 1 for at in range(len(differences))]
        total = sum(abs(value) if bit else -abs(value) for value, bit in zip(differences, bits, strict=True))
        reached += abs(total) >= abs(sum(differences))
    return (reached + 1) / (iterations + 1)


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


def test_a_paired_difference_is_exact_whatever_the_units() -> None:
    first = ClusterTotals((1, 2), (1, 2), 2, ("a", "b"))
    second = ClusterTotals((1, 1), (1, 2), 3, ("a", "b"))
    assert paired_difference(first, second) == ClusterTotals((1, 4), (1, 2), 6, ("a", "b"))


def test_different_sources_or_pairs_are_not_compared() -> None:
    here = ClusterTotals((1, 2), (1, 2), 1, ("a", "b"))
    with pytest.raises(ValueError, match="same sources"):
        paired_difference(here, ClusterTotals((1, 2), (1, 2), 1, ("a", "c")))
    with pytest.raises(ValueError, match="same sources"):
        paired_difference(here, ClusterTotals((1,), (1,)))
    with pytest.raises(ValueError, match="same number of pairs"):
        paired_difference(here, ClusterTotals((1, 2), (2, 2), 1, ("a", "b")))


def test_differences_of_models_have_the_p_values_of_a_plain_randomization() -> None:
    models = [simulated(0.2, 80, 1), simulated(0.25, 80, 2), simulated(0.6, 80, 3)]
    near, far = (paired_difference(models[0], other) for other in models[1:])
    p_values = sign_flip_p_values([near.sums, far.sums], Bootstrap(500, 9))
    assert p_values == [naive_p_value(list(each.sums), 500, 9) for each in (near, far)]
    assert holm(p_values)[1] < 0.01 < p_values[0]


def test_equivalence_by_hand() -> None:
    # Differences 1, -1, 1, -1, 2 in hundredths: mean 0.004, standard error sqrt(0.072/20)/10 = 0.006,
    # t = (0.02 - 0.004)/0.006 = 2.667 with 4 degrees of freedom; one-sided 0.05 needs 2.132.
    difference = ClusterTotals((1, -1, 1, -1, 2), (1,) * 5, 100)
    result = equivalence(difference, 0.02)
    assert result.p_value == pytest.approx(0.028, abs=5e-4)
    assert result.interval == pytest.approx((0.004 - 2.132 * 0.006, 0.004 + 2.132 * 0.006), abs=1e-5)
    assert result.equivalent
    assert not equivalence(difference, 0.015).equivalent


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=30), st.floats(0.01, 0.99))
def test_equivalence_is_its_interval_within_the_margin(sums: list[int], margin: float) -> None:
    result = equivalence(ClusterTotals(tuple(sums), (4,) * len(sums)), margin)
    assert result.interval is not None
    lower, upper = result.interval
    assert -1 <= lower <= upper <= 1
    nearest = min(margin - upper, lower + margin)
    assert result.equivalent == (nearest > 0) or abs(nearest) < 1e-9


def test_without_variation_the_bound_that_always_holds_decides() -> None:
    few, many = ClusterTotals((0,) * 10, (4,) * 10), ClusterTotals((0,) * 2000, (4,) * 2000)
    assert equivalence(few, 0.05).p_value is None
    assert not equivalence(few, 0.05).equivalent
    assert equivalence(many, 0.05).equivalent


def test_one_source_shows_no_equivalence() -> None:
    assert equivalence(ClusterTotals((0,), (4,)), 0.9)[3:] == (None, None, False)


@pytest.mark.parametrize(("margin", "alpha"), [(0.0, 0.05), (-1.0, 0.05), (0.1, 0.5), (0.1, 0.0)])
def test_equivalence_needs_a_margin_and_a_level(margin: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        equivalence(ClusterTotals((0, 1), (4, 4)), margin, alpha=alpha)


def test_models_far_apart_have_one_rank_each() -> None:
    models = [simulated(rate, 200, seed) for seed, rate in enumerate((0.5, 0.1, 0.9))]
    lower_is_better = rank_sets(models, higher_is_better=False, bootstrap=Bootstrap(500))
    assert [(it.rank, it.best_rank, it.worst_rank) for it in lower_is_better] == [
        (2, 2, 2),
        (1, 1, 1),
        (3, 3, 3),
    ]
    assert [it.not_separated_from_best for it in lower_is_better] == [False, True, False]
    higher_is_better = rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(500))
    assert [it.rank for it in higher_is_better] == [2, 3, 1]


def test_models_that_cannot_be_told_apart_share_all_their_ranks() -> None:
    models = [simulated(0.5, 60, seed) for seed in (1, 2, 3)]
    sets = rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(500))
    assert {(it.best_rank, it.worst_rank) for it in sets} == {(1, 3)}


def test_the_same_model_twice_ties() -> None:
    first, second = rank_sets([simulated(0.5, 60, 1)] * 2, higher_is_better=True, bootstrap=Bootstrap(100))
    assert first == second
    assert (first.rank, first.best_rank, first.worst_rank) == (1, 1, 2)


def test_rank_sets_hold_the_true_ranks_as_often_as_they_say() -> None:
    # Three models, the first two equal: their true ranks are 1 and 2 in either order.
    held = 0
    for seed in range(60):
        models = [simulated(rate, 50, 10 * seed + at) for at, rate in enumerate((0.3, 0.3, 0.45))]
        first, second, third = rank_sets(models, higher_is_better=False, bootstrap=Bootstrap(199))
        held += (
            first.best_rank == second.best_rank == 1
            and min(first.worst_rank, second.worst_rank) >= 2
            and third.worst_rank == 3
        )
    assert held >= 54


def test_constant_differences_need_enough_sources_to_separate() -> None:
    def sets(n: int) -> list[tuple[int, int]]:
        results = rank_sets([model([0] * n), model([4] * n)], higher_is_better=True, bootstrap=Bootstrap(50))
        return [(it.best_rank, it.worst_rank) for it in results]

    assert sets(40) == [(2, 2), (1, 1)]
    assert sets(3) == [(1, 2), (1, 2)]


def test_too_few_resamples_separate_nothing() -> None:
    models = [simulated(0.1, 200, 1), simulated(0.9, 200, 2)]
    sets = rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(5))
    assert [(it.best_rank, it.worst_rank) for it in sets] == [(1, 2), (1, 2)]


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_the_order_of_the_models_does_not_matter(order: list[int]) -> None:
    models = [simulated(rate, 60, seed) for seed, rate in enumerate((0.2, 0.3, 0.5, 0.55))]
    sets = rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(150))
    assert rank_sets([models[at] for at in order], higher_is_better=True, bootstrap=Bootstrap(150)) == [
        sets[at] for at in order
    ]


def test_ranks_need_models_and_a_level() -> None:
    with pytest.raises(ValueError, match="no model to rank"):
        rank_sets([], higher_is_better=True)
    with pytest.raises(ValueError, match="alpha must be"):
        rank_sets([simulated(0.5, 5, 1)], higher_is_better=True, alpha=1.0)
