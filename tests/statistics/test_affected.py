"""The sources that show how much sources differ."""

import pytest

from spinefairbench.statistics.affected import affected_sources, effective_sources
from spinefairbench.statistics.clusters import ClusterTotals


def rate(events: int, n: int, pairs: int = 1) -> ClusterTotals:
    """The first `events` of `n` sources change in all their pairs, the others in none."""
    units = [int(source < events) for source in range(n) for _ in range(pairs)]
    return ClusterTotals.from_units(units, [f"s{source:05d}" for source in range(n) for _ in range(pairs)], 1)


def one_each(values: list[int]) -> ClusterTotals:
    """One value a source."""
    return ClusterTotals(tuple(values), (1,) * len(values))


def test_affected_sources_are_those_off_the_nearer_end() -> None:
    assert affected_sources(rate(3, 10)) == 3
    assert affected_sources(rate(9, 10)) == 1
    assert affected_sources(ClusterTotals((2, 0, 0, -1), (4, 1, 2, 1)), (-1, 1)) == 2


def test_the_effective_number_of_sources_by_hand() -> None:
    # Residuals 1, -1, 0, 0: (1 + 1)²/(1 + 1) = 2; then 3, -1, -1, -1: (9 + 3)²/(81 + 3) = 12/7.
    assert effective_sources(one_each([2, 0, 1, 1])) == pytest.approx(2)
    assert effective_sources(one_each([4, 0, 0, 0])) == pytest.approx(12 / 7)
    assert effective_sources(one_each([1, 1, 1])) == 3
