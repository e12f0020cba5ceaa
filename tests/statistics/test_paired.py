"""Differences of two models on the same sources, and their equivalence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.bounded_mean import bounded_mean_interval
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import (
    equivalence,
    paired_difference,
)
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from tests.statistics.models import naive_p_value, simulated


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
    # None of 100 sources differ. Wilson's limit is t²/(100 + t²); with 99 degrees of freedom t is 1.6604 at 95%.
    difference = ClusterTotals((0,) * 100, (4,) * 100)
    result = equivalence(difference, 0.05)
    assert result.interval == pytest.approx((-0.026830, 0.026830), abs=1e-5)
    assert result.equivalent
    assert not equivalence(difference, 0.0268).equivalent
    # The limit is 0.05 at the level where t²/(100 + t²) = 0.05, or t = 2.2942: a one-sided p of 0.0120.
    assert result.p_value == pytest.approx(0.0120, abs=2e-4)


def test_rare_differences_of_just_the_margin_are_not_called_equivalent() -> None:
    # One model changes in five of 100 pairs, the other in none; Student's t would allow 0.05 from two of 100 on.
    assert not equivalence(ClusterTotals((1,) * 2 + (0,) * 98, (1,) * 100), 0.05).equivalent
    assert equivalence(ClusterTotals((1,) * 2 + (0,) * 998, (1,) * 1000), 0.05).equivalent


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=30), st.floats(0.01, 0.99))
def test_equivalence_is_its_interval_within_the_margin(sums: list[int], margin: float) -> None:
    result = equivalence(ClusterTotals(tuple(sums), (4,) * len(sums)), margin)
    assert result.interval is not None
    lower, upper = result.interval
    assert -1 <= lower <= upper <= 1
    nearest = min(margin - upper, lower + margin)
    assert result.equivalent == (nearest > 0) or abs(nearest) < 1e-9


def test_without_variation_the_bound_that_always_holds_decides() -> None:
    # All sources show the same difference of 0.1: only the bounded-mean interval says how far the mean may be from it.
    few, many = ClusterTotals((4,) * 50, (4,) * 50, 10), ClusterTotals((4,) * 2000, (4,) * 2000, 10)
    assert equivalence(few, 0.15).interval == bounded_mean_interval(few, bounds=(-1, 1), level=0.9)
    assert not equivalence(few, 0.15).equivalent
    assert equivalence(many, 0.15).equivalent


def test_one_source_shows_no_equivalence() -> None:
    assert equivalence(ClusterTotals((0,), (4,)), 0.9)[1:] == (None, None, False)


@pytest.mark.parametrize(("margin", "alpha"), [(0.0, 0.05), (-1.0, 0.05), (0.1, 0.5), (0.1, 0.0)])
def test_equivalence_needs_a_margin_and_a_level(margin: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        equivalence(ClusterTotals((0, 1), (4, 4)), margin, alpha=alpha)
