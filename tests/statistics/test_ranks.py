"""Simultaneous confidence sets for ranks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import Bootstrap, bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.ranks import RankSet, rank_sets
from tests.statistics.models import model, simulated


def _rank_sets(models: list[ClusterTotals], *, higher_is_better: bool, bootstrap: Bootstrap) -> list[RankSet]:
    return rank_sets(models, bootstrap_replicates(models, bootstrap), higher_is_better=higher_is_better)


def test_models_far_apart_have_one_rank_each() -> None:
    models = [simulated(rate, 200, seed) for seed, rate in enumerate((0.5, 0.1, 0.9))]
    lower_is_better = _rank_sets(models, higher_is_better=False, bootstrap=Bootstrap(500))
    assert [(it.rank, it.best_rank, it.worst_rank) for it in lower_is_better] == [
        (2, 2, 2),
        (1, 1, 1),
        (3, 3, 3),
    ]
    assert [it.not_separated_from_best for it in lower_is_better] == [False, True, False]
    higher_is_better = _rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(500))
    assert [it.rank for it in higher_is_better] == [2, 3, 1]


def test_models_that_cannot_be_told_apart_share_all_their_ranks() -> None:
    models = [simulated(0.5, 60, seed) for seed in (1, 2, 3)]
    sets = _rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(500))
    assert {(it.best_rank, it.worst_rank) for it in sets} == {(1, 3)}


def test_the_same_model_twice_ties() -> None:
    first, second = _rank_sets([simulated(0.5, 60, 1)] * 2, higher_is_better=True, bootstrap=Bootstrap(100))
    assert first == second
    assert (first.rank, first.best_rank, first.worst_rank) == (1, 1, 2)


def test_rank_sets_hold_the_true_ranks_as_often_as_they_say() -> None:
    # Three models, the first two equal: their true ranks are 1 and 2 in either order.
    held = 0
    for seed in range(60):
        models = [simulated(rate, 50, 10 * seed + at) for at, rate in enumerate((0.3, 0.3, 0.45))]
        first, second, third = _rank_sets(models, higher_is_better=False, bootstrap=Bootstrap(199))
        held += (
            first.best_rank == second.best_rank == 1
            and min(first.worst_rank, second.worst_rank) >= 2
            and third.worst_rank == 3
        )
    assert held >= 54


def test_constant_differences_need_enough_sources_to_separate() -> None:
    def sets(n: int) -> list[tuple[int, int]]:
        results = _rank_sets([model([0] * n), model([4] * n)], higher_is_better=True, bootstrap=Bootstrap(50))
        return [(it.best_rank, it.worst_rank) for it in results]

    assert sets(40) == [(2, 2), (1, 1)]
    assert sets(3) == [(1, 2), (1, 2)]


def test_too_few_resamples_separate_nothing() -> None:
    models = [simulated(0.1, 200, 1), simulated(0.9, 200, 2)]
    sets = _rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(5))
    assert [(it.best_rank, it.worst_rank) for it in sets] == [(1, 2), (1, 2)]


@given(st.permutations(range(4)))
@settings(max_examples=10)
def test_the_order_of_the_models_does_not_matter(order: list[int]) -> None:
    models = [simulated(rate, 60, seed) for seed, rate in enumerate((0.2, 0.3, 0.5, 0.55))]
    sets = _rank_sets(models, higher_is_better=True, bootstrap=Bootstrap(150))
    assert _rank_sets([models[at] for at in order], higher_is_better=True, bootstrap=Bootstrap(150)) == [
        sets[at] for at in order
    ]


def test_ranks_need_models() -> None:
    with pytest.raises(ValueError, match="no model to rank"):
        rank_sets([], [], higher_is_better=True)
