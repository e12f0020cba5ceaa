"""Simultaneous confidence sets for ranks."""

import itertools
import math
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics import ranks
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.ranks import rank_sets
from tests.statistics.models import model, simulated


def test_models_far_apart_have_one_rank_each() -> None:
    models = [simulated(rate, 200, seed) for seed, rate in enumerate((0.5, 0.1, 0.9))]
    lower_is_better = rank_sets(models, Bootstrap(500), higher_is_better=False)
    assert [(it.rank, it.best_rank, it.worst_rank) for it in lower_is_better] == [
        (2, 2, 2),
        (1, 1, 1),
        (3, 3, 3),
    ]
    assert [it.not_separated_from_best for it in lower_is_better] == [False, True, False]
    higher_is_better = rank_sets(models, Bootstrap(500), higher_is_better=True)
    assert [it.rank for it in higher_is_better] == [2, 3, 1]


def test_models_that_cannot_be_told_apart_share_all_their_ranks() -> None:
    models = [simulated(0.5, 60, seed) for seed in (1, 2, 3)]
    sets = rank_sets(models, Bootstrap(500), higher_is_better=True)
    assert {(it.best_rank, it.worst_rank) for it in sets} == {(1, 3)}


def test_the_same_model_twice_ties() -> None:
    first, second = rank_sets([simulated(0.5, 60, 1)] * 2, Bootstrap(100), higher_is_better=True)
    assert first == second
    assert (first.rank, first.best_rank, first.worst_rank) == (1, 1, 2)


def test_rank_sets_hold_the_true_ranks_as_often_as_they_say() -> None:
    # Three models, the first two equal: their true ranks are 1 and 2 in either order.
    held = 0
    for seed in range(60):
        models = [simulated(rate, 50, 10 * seed + at) for at, rate in enumerate((0.3, 0.3, 0.45))]
        first, second, third = rank_sets(models, Bootstrap(199), higher_is_better=False)
        held += (
            first.best_rank == second.best_rank == 1
            and min(first.worst_rank, second.worst_rank) >= 2
            and third.worst_rank == 3
        )
    assert held >= 54


def test_constant_differences_need_enough_sources_to_separate() -> None:
    def sets(n: int) -> list[tuple[int, int]]:
        results = rank_sets([model([0] * n), model([4] * n)], Bootstrap(50), higher_is_better=True)
        return [(it.best_rank, it.worst_rank) for it in results]

    assert sets(40) == [(2, 2), (1, 1)]
    assert sets(3) == [(1, 2), (1, 2)]


def test_a_small_constant_difference_needs_more_sources_than_a_large_one() -> None:
    # If the true mean were 0, n sources would all show a difference of 1/4 with a probability of up to 1.25^-n, which
    # is below 0.05 / 2 from 17 sources on.
    def sets(n: int) -> list[tuple[int, int]]:
        results = rank_sets([model([0] * n), model([1] * n)], Bootstrap(50), higher_is_better=True)
        return [(it.best_rank, it.worst_rank) for it in results]

    assert sets(16) == [(1, 2), (1, 2)]
    assert sets(17) == [(2, 2), (1, 1)]


def _worked(first: list[int], second: list[int]) -> list[tuple[int, int]]:
    """Rank sets of two models by the definition: every sign pattern, the 95% quantile of the largest t."""
    n = len(first)
    values = [one - other for one, other in zip(first, second, strict=True)]

    def student(sample: list[float]) -> float:
        mean = sum(sample) / n
        variance = sum((value - mean) ** 2 for value in sample) / (n - 1)
        return mean / math.sqrt(variance / n)

    centred = [value - sum(values) / n for value in values]
    largest = sorted(
        abs(student([sign * value for sign, value in zip(signs, centred, strict=True)]))
        for signs in itertools.product((1, -1), repeat=n)
    )
    observed = student([float(value) for value in values])
    critical = largest[math.ceil(0.95 * (len(largest) + 1)) - 1]
    if abs(observed) <= critical:
        return [(1, 2), (1, 2)]
    return [(2, 2), (1, 1)] if observed < 0 else [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([4, 4, 3, 4, 2, 4, 4, 3, 4, 4], [0, 1, 0, 2, 0, 1, 0, 0, 1, 0]),
        ([2, 1, 3, 0, 2, 4, 1, 2, 0, 3], [1, 2, 2, 1, 0, 3, 2, 1, 1, 2]),
        ([0, 1, 0, 0, 1, 0, 0, 0, 1, 0], [3, 2, 4, 3, 2, 3, 4, 3, 2, 4]),
    ],
)
def test_two_models_have_the_ranks_that_all_sign_patterns_give(first: list[int], second: list[int]) -> None:
    models = [ClusterTotals(tuple(each), (4,) * len(each)) for each in (first, second)]
    sets = rank_sets(models, Bootstrap(4000), higher_is_better=True)
    assert [(it.best_rank, it.worst_rank) for it in sets] == _worked(first, second)


def _stepped_down(models: list[list[int]]) -> tuple[list[tuple[int, int]], list[float]]:
    """Rank sets by the definition, higher being better: every sign pattern, all ordered pairs, step by step.

    Also the critical value of each step.
    """
    n = len(models[0])
    patterns = list(itertools.product((1, -1), repeat=n))

    def student(values: list[float]) -> float:
        mean = sum(values) / n
        return mean / math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1) / n)

    observed: dict[tuple[int, int], float] = {}
    flipped: dict[tuple[int, int], list[float]] = {}
    for pair in itertools.permutations(range(len(models)), 2):
        values = [float(one - other) for one, other in zip(*(models[at] for at in pair), strict=True)]
        centred = [value - sum(values) / n for value in values]
        observed[pair] = student(values)
        flipped[pair] = [student([s * value for s, value in zip(signs, centred, strict=True)]) for signs in patterns]
    shown: set[tuple[int, int]] = set()
    critical: list[float] = []
    while waiting := observed.keys() - shown:
        largest = sorted(max(flipped[pair][at] for pair in waiting) for at in range(len(patterns)))
        critical.append(largest[math.ceil(0.95 * (len(patterns) + 1)) - 1])
        rejected = {pair for pair in waiting if observed[pair] > critical[-1]}
        if not rejected:
            break
        shown |= rejected
    models_at = range(len(models))
    return [
        (
            1 + sum((other, at) in shown for other in models_at),
            len(models) - sum((at, other) in shown for other in models_at),
        )
        for at in models_at
    ], critical


# The last two models differ by a t of 2.68: less than the first critical value, and more than that of the second step.
STEPPED = [[4, 4, 3, 4, 4, 4, 2, 4, 4], [3, 2, 1, 3, 2, 2, 1, 3, 2], [2, 1, 2, 2, 1, 0, 1, 0, 1]]


def test_three_models_are_stepped_down_as_the_definition_says() -> None:
    expected, critical = _stepped_down(STEPPED)
    assert critical[0] > 3.1 and critical[1] < 2.6 and expected == [(1, 1), (2, 2), (3, 3)]
    models = [ClusterTotals(tuple(each), (4,) * len(each)) for each in STEPPED]
    sets = rank_sets(models, Bootstrap(6000), higher_is_better=True)
    assert [(it.best_rank, it.worst_rank) for it in sets] == expected


def test_the_critical_value_is_the_order_statistic_that_leaves_five_percent() -> None:
    # Of 19 patterns the largest is the 95% quantile: position 0.95·20 = 19; of 39, the second largest.
    assert ranks._quantile([float(value) for value in range(19)]) == 18
    assert ranks._quantile([float(value) for value in range(39)]) == 37
    assert ranks._quantile([0.0] * 18) == math.inf
    # The largest of each pattern counts, whichever pair of models it is of, and a gap that is not tested does not.
    gaps = [ranks._Gap(first, second, 1.0, 0.0) for first, second in ((0, 1), (0, 2), (1, 2))]
    totals = [array("d", [9.0] + [0.0] * 18), array("d", [0.0] * 19), array("d", [0.0] * 18 + [-7.0])]
    for waiting, largest in (({(0, 1)}, 9), ({(1, 0)}, 0), ({(1, 2)}, 7), ({(1, 0), (0, 2)}, 9), ({(0, 1), (1, 2)}, 9)):
        assert ranks._critical_value(dict.fromkeys(gaps, math.inf), waiting, totals) == largest


def test_models_that_are_measured_on_other_scales_are_ranked_alike() -> None:
    coarse = [ClusterTotals(tuple(each), (4,) * len(each)) for each in STEPPED]
    fine = [ClusterTotals(tuple(3 * total for total in each.sums), each.counts, 3) for each in coarse]
    mixed = [coarse[0], fine[1], coarse[2]]
    assert rank_sets(mixed, Bootstrap(500), higher_is_better=True) == rank_sets(
        coarse, Bootstrap(500), higher_is_better=True
    )


def test_models_on_other_pairs_cannot_be_ranked() -> None:
    with pytest.raises(ValueError, match="same number of pairs"):
        rank_sets([model([1, 2]), ClusterTotals((1, 2), (4, 3))], higher_is_better=True)


def test_too_few_resamples_separate_nothing() -> None:
    models = [simulated(0.1, 200, 1), simulated(0.9, 200, 2)]
    sets = rank_sets(models, Bootstrap(5), higher_is_better=True)
    assert [(it.best_rank, it.worst_rank) for it in sets] == [(1, 2), (1, 2)]


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_the_order_of_the_models_does_not_matter(order: list[int]) -> None:
    models = [simulated(rate, 60, seed) for seed, rate in enumerate((0.2, 0.3, 0.5, 0.55))]
    sets = rank_sets(models, Bootstrap(150), higher_is_better=True)
    assert rank_sets([models[at] for at in order], Bootstrap(150), higher_is_better=True) == [sets[at] for at in order]


def test_gaps_that_cannot_change_the_quantile_are_left_out_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    models = [simulated(0.2 + 0.02 * seed, 50, seed) for seed in range(16)]
    taken_in = 0
    larger_of_each = ranks._larger_of_each

    def counted(ones: list[float], others: list[float]) -> list[float]:
        nonlocal taken_in
        taken_in += 1
        return larger_of_each(ones, others)

    monkeypatch.setattr(ranks, "_larger_of_each", counted)
    found = rank_sets(models, Bootstrap(300), higher_is_better=True)
    left = taken_in
    taken_in = 0
    monkeypatch.setattr(ranks, "_GAPS_BETWEEN_QUANTILES", math.inf)
    assert rank_sets(models, Bootstrap(300), higher_is_better=True) == found
    assert 2 * left < taken_in


def test_ranks_need_models() -> None:
    with pytest.raises(ValueError, match="no model to rank"):
        rank_sets([], higher_is_better=True)
