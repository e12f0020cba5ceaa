"""Step-down max-T by sign flips: against one sign at a time, and against the enumeration of all sign patterns."""

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.max_t import MaxT, max_t_tests
from tests.statistics.models import drawn_signs

Family = list[list[int]]


def statistics(family: Family, signs: list[int]) -> list[float]:
    """The squared statistic of each contrast under one sign pattern."""
    found = []
    for contrast in family:
        total = sum(sign * value for sign, value in zip(signs, contrast, strict=True))
        squares = sum(value * value for value in contrast)
        found.append(total**2 / squares if squares else 0.0)
    return found


def shares(family: Family, patterns: list[list[int]], added: int) -> tuple[list[float], list[float]]:
    """P values and adjusted ones as their definitions say, every suffix of the ordered contrasts by itself."""
    observed = statistics(family, [1] * len(family[0]))
    under = [statistics(family, signs) for signs in patterns]
    p_values = [
        (sum(row[at] >= observed[at] for row in under) + added) / (len(under) + added) for at in range(len(family))
    ]
    adjusted = [0.0] * len(family)
    highest = 0.0
    for at in sorted(range(len(family)), key=lambda at: -observed[at]):
        smaller = [other for other in range(len(family)) if observed[other] <= observed[at]]
        reached = sum(max(row[other] for other in smaller) >= observed[at] for row in under)
        highest = max(highest, (reached + added) / (len(under) + added))
        adjusted[at] = highest
    return p_values, adjusted


def told(result: MaxT) -> tuple[list[float], list[float], list[float]]:
    """All that a result says."""
    return result.p_values, result.adjusted, [result.largest(nth) for nth in range(1, result.patterns + 1)]


def test_two_contrasts_of_three_sources_by_hand() -> None:
    # Of 8 patterns the first reaches 3² / 3 in two, both with equal signs. The second is 2² / 4 in every pattern.
    [result] = max_t_tests([[[1, 1, 1], [0, 0, 2]]], Bootstrap(20_000))
    assert result.p_values == pytest.approx([0.25, 1.0], abs=0.01)
    assert result.adjusted == pytest.approx([0.25, 1.0], abs=0.01)
    # The largest is 3 in a quarter of the patterns and 1 in the others.
    assert result.critical(0.3) == pytest.approx(1.0)
    assert result.critical(0.2) == pytest.approx(3**0.5)


@given(
    st.integers(1, 70).flatmap(
        lambda n: st.lists(st.lists(st.integers(-9, 9), min_size=n, max_size=n), min_size=1, max_size=5)
    ),
    st.integers(1, 150),
    st.integers(0, 1 << 70),
)
@settings(max_examples=40)
def test_the_signs_are_bits_of_the_stream_for_all_contrasts_alike(family: Family, iterations: int, seed: int) -> None:
    patterns = drawn_signs(len(family[0]), iterations, seed)
    [result] = max_t_tests([family], Bootstrap(iterations, seed))
    assert (result.p_values, result.adjusted) == shares(family, patterns, 1)
    largest = sorted((max(statistics(family, signs)) for signs in patterns), reverse=True)
    assert [result.largest(nth) for nth in range(1, iterations + 1)] == largest


def test_random_patterns_approach_the_enumeration_of_all() -> None:
    family = [
        [2, 1, 1, 0, 1, 1, 2, -1],
        [1, -1, 1, 1, 0, 0, 1, 1],
        [0, 0, 3, 0, 0, 1, 0, 0],
        [1, 1, -1, -1, 0, 1, -1, 0],
    ]
    patterns = [list(signs) for signs in product((1, -1), repeat=8)]
    p_values, adjusted = shares(family, patterns, 0)
    [result] = max_t_tests([family], Bootstrap(20_000))
    assert result.p_values == pytest.approx(p_values, abs=0.015)
    assert result.adjusted == pytest.approx(adjusted, abs=0.015)


def test_copies_of_a_contrast_cost_nothing() -> None:
    contrast = [3, -1, 2, 2, 0, 1, 1, -1, 2, 1, 1]
    [alone] = max_t_tests([[contrast]], Bootstrap(999))
    copies = [contrast, [7 * value for value in contrast], [-value for value in contrast]]
    [together] = max_t_tests([copies], Bootstrap(999))
    assert together.adjusted == alone.adjusted * 3 == together.p_values


def test_families_are_tested_as_if_alone() -> None:
    first, second = [[1, 2, 1, 0], [1, -1, 1, 1]], [[1, -1, 1, 1], [0, 0, 0, 5]]
    both = max_t_tests([first, second], Bootstrap(200))
    alone = max_t_tests([first], Bootstrap(200)) + max_t_tests([second], Bootstrap(200))
    assert list(map(told, both)) == list(map(told, alone))


def test_a_contrast_of_zeros_has_p_values_of_one() -> None:
    [result] = max_t_tests([[[0] * 30, [1] * 30]], Bootstrap(99))
    assert result.p_values == [1.0, 0.01]
    assert result.adjusted == [1.0, 0.01]


def test_values_of_any_size_are_summed_exactly() -> None:
    small = [[1, 1, -1, 1, 1, 0, 1], [1, 0, 1, 1, 1, 1, -1]]
    [expected] = max_t_tests([small], Bootstrap(300))
    for factor in (10_000, 1 << 40, 1 << 80):
        [found] = max_t_tests([[[factor * value for value in each] for each in small]], Bootstrap(300))
        assert found[:2] == expected[:2]
        assert found.critical(0.3) == pytest.approx(expected.critical(0.3))


def test_an_error_that_no_pattern_can_show_has_no_critical_value() -> None:
    assert MaxT([], [], 3, {1: 9.0, 2: 4.0, 3: 1.0}.__getitem__).critical(0.2) == float("inf")
    assert MaxT([], [], 3, {1: 9.0, 2: 4.0, 3: 1.0}.__getitem__).critical(0.25) == 3.0


def test_what_cannot_be_tested() -> None:
    assert list(map(told, max_t_tests([[]], Bootstrap(2)))) == [([], [], [0.0, 0.0])]
    with pytest.raises(ValueError, match="same number of sources"):
        max_t_tests([[[1], [1, 2]]])
    with pytest.raises(ValueError, match="no source"):
        max_t_tests([[[]]])


def test_more_contrasts_than_a_byte_counts_step_down_like_few() -> None:
    chooser = random.Random(5)
    family = [[chooser.randrange(-3, 4) for _ in range(12)] for _ in range(140)]
    patterns = drawn_signs(12, 60, 9)
    [result] = max_t_tests([family], Bootstrap(60, 9))
    assert (result.p_values, result.adjusted) == shares(family, patterns, 1)


@pytest.mark.parametrize("large", [300, 1 << 52, 1 << 100, 3 << 200])
def test_sums_far_from_their_mean_are_told_apart_as_floats_are(large: int) -> None:
    # Of one source with a large value, no sum is near the mean; of many with small ones, all are. Where the value is
    # so large that it hides the others, all of its statistics are equal.
    family = [[large, 1, 1, 1], [1, 1, 1, 1], [70_000, 1, 2, 3], [1, large, -large, 5]]
    patterns = drawn_signs(4, 80, 3)
    [result] = max_t_tests([family], Bootstrap(80, 3))
    assert (result.p_values, result.adjusted) == shares(family, patterns, 1)
    largest = sorted((max(statistics(family, signs)) for signs in patterns), reverse=True)
    assert [result.largest(nth) for nth in (1, 4, 40, 80)] == [largest[at] for at in (0, 3, 39, 79)]
