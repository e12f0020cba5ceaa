"""Totals under sign patterns: against one sign at a time, by hand, and far beyond machine integers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.sign_patterns import AbsoluteTotals, absolute_totals, positive_totals
from tests.statistics.models import drawn_signs

values_of_sources = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.integers(-(1 << size * size), 1 << size * size), min_size=1, max_size=140)
)


def read(totals: AbsoluteTotals, iterations: int) -> list[int]:
    """The absolute total of each pattern, digit by digit."""
    levels = [
        sum((digits >> pattern & 1) << power for power, digits in enumerate(totals.slices))
        for pattern in range(iterations)
    ]
    return [totals.total(level) for level in levels]


@given(values_of_sources, st.integers(1, 150), st.integers(0, 1 << 70))
@settings(max_examples=40)
def test_positive_totals_are_the_sums_of_what_has_a_positive_sign(
    values: list[int], iterations: int, seed: int
) -> None:
    rows = drawn_signs(len(values), iterations, seed)
    expected = [sum(value for sign, value in zip(signs, values, strict=True) if sign > 0) for signs in rows]
    assert positive_totals(values, Bootstrap(iterations, seed)) == expected


@given(values_of_sources, st.integers(1, 150), st.integers(0, 1 << 70))
@settings(max_examples=60)
def test_every_pattern_has_the_total_of_its_signs(values: list[int], iterations: int, seed: int) -> None:
    totals = absolute_totals(values, Bootstrap(iterations, seed))
    rows = drawn_signs(len(values), iterations, seed)
    expected = [abs(sum(sign * value for sign, value in zip(signs, values, strict=True))) for signs in rows]
    assert read(totals, iterations) == expected
    # As many slices as the largest level needs.
    assert max(map(totals.level, expected)).bit_length() == len(totals.slices)
    for total in (*expected[:5], max(expected), sum(values)):
        level = totals.level(total)
        assert totals.total(level) == abs(total)
        reaching = totals.reaching(level)
        assert [reaching >> pattern & 1 for pattern in range(iterations)] == [each >= abs(total) for each in expected]


def test_levels_by_hand() -> None:
    # One source has one absolute total; two equal ones have 0 or twice theirs, three an odd multiple.
    assert set(read(absolute_totals([-6], Bootstrap(50)), 50)) == {6}
    assert set(read(absolute_totals([6, -6], Bootstrap(50)), 50)) == {0, 12}
    three = absolute_totals([6, 0, 6, 6], Bootstrap(50))
    assert set(read(three, 50)) == {6, 18}
    assert (three.unit, three.odd, three.levels) == (6, 1, 2)
    assert [three.reaching(level).bit_count() for level in (0, 2, 3, 1 << 80)] == [50, 0, 0, 0]


def test_values_of_0_have_the_level_0_only() -> None:
    totals = absolute_totals([0, 0, 0], Bootstrap(9))
    assert (totals.total(0), totals.levels, totals.slices) == (0, 1, [])
    assert [totals.reaching(level) for level in (0, 1)] == [(1 << 9) - 1, 0]


def test_a_seed_that_equals_one_in_use_is_refused_all_the_same() -> None:
    absolute_totals([1, 2], Bootstrap(5, 1))
    for seed in (True, 1.0, -1):
        with pytest.raises(ValueError, match="seed must be a non-negative integer"):
            absolute_totals([1, 2], Bootstrap(5, seed))  # type: ignore[arg-type]
