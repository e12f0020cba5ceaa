"""The interval of a bounded mean that always holds."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.bounded_mean import bounded_mean_interval
from spinefairbench.statistics.clusters import ClusterTotals

# Sources with one to four values in twelfths, in [0, 1] and in [-1, 1].
SOURCE = st.integers(1, 4).flatmap(lambda count: st.tuples(st.integers(0, 12 * count), st.just(count)))


def totals_of(rows: list[tuple[int, int]], scale: int = 12) -> ClusterTotals:
    sums, counts = zip(*rows, strict=True)
    return ClusterTotals(sums, counts, scale)


def rate(events: int, n: int, pairs: int = 1) -> ClusterTotals:
    """The first `events` of `n` sources change in all their pairs, the others in none."""
    units = [int(source < events) for source in range(n) for _ in range(pairs)]
    return ClusterTotals.from_units(units, [f"s{source:05d}" for source in range(n) for _ in range(pairs)], 1)


@given(st.lists(SOURCE, min_size=2, max_size=12))
@settings(max_examples=50)
def test_the_bounded_mean_bound_holds_the_estimate_and_stays_in_range(rows: list[tuple[int, int]]) -> None:
    totals = totals_of(rows)
    lower, upper = bounded_mean_interval(totals)
    assert 0 <= lower <= totals.estimate <= upper <= 1
    assert lower < upper


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.9])
def test_the_bounded_mean_bound_covers_its_level_at_least(p: float) -> None:
    n = 12
    covered = 0.0
    for events in range(n + 1):
        lower, upper = bounded_mean_interval(rate(events, n))
        if lower <= p <= upper:
            covered += math.comb(n, events) * p**events * (1 - p) ** (n - events)
    assert covered >= 0.95


def test_the_bounded_mean_bound_scales_with_the_range() -> None:
    unit = totals_of([(3, 1), (12, 2), (30, 3), (5, 1)])
    pairs = zip(unit.sums, unit.counts, strict=True)
    stretched = totals_of([(2 * total - 12 * count, count) for total, count in pairs])
    lower, upper = bounded_mean_interval(unit)
    expected = (2 * lower - 1, 2 * upper - 1)
    assert bounded_mean_interval(stretched, bounds=(-1, 1)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "rows",
    [[(3, 1), (12, 2), (30, 3), (5, 1)], [(0, 2), (24, 2), (6, 1), (0, 4), (12, 3)], [(1, 1)] * 11 + [(12, 1)]],
)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_bound_is_where_a_gambler_has_won_enough(rows: list[tuple[int, int]], level: float) -> None:
    """At the lower bound, bets that the mean is higher have multiplied the capital by 2/(1 - level); above it, by less."""
    largest = max(count for _, count in rows)

    def capital(mean: float) -> float:
        def won(stake: float) -> float:
            factors = (1 + stake * (total / 12 / mean - count) / largest for total, count in rows)
            return math.prod(factors)

        return math.fsum(won(2.0**-power) for power in range(9)) / 9

    lower, _ = bounded_mean_interval(totals_of(rows), level=level)
    assert 0 < lower < totals_of(rows).estimate
    assert capital(lower * (1 - 1e-6)) > 2 / (1 - level) > capital(lower * (1 + 1e-6))


def test_values_outside_the_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot all lie between 0 and 1"):
        bounded_mean_interval(ClusterTotals((3, 0), (2, 2)))
