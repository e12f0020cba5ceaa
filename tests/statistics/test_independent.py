"""Differences of two means of different sources."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.independent import independent_difference, independent_percentile_intervals
from spinefairbench.statistics.intervals import chosen_interval

SOURCES = st.lists(st.integers(0, 4), min_size=2, max_size=40).map(
    lambda sums: ClusterTotals(tuple(sums), (4,) * len(sums))
)


def affected(some: int, n: int, *, changed: int = 2) -> ClusterTotals:
    """`some` of `n` sources change in `changed` of four pairs, the others in none."""
    return ClusterTotals((changed,) * some + (0,) * (n - some), (4,) * n)


def test_fifty_sources_without_a_change_are_not_told_from_950_with_forty() -> None:
    # All 40 are among the 950 by chance with a probability of 0.123.
    found = independent_difference(affected(0, 50), affected(40, 950), (0, 1))
    assert found.estimate == pytest.approx(-80 / 3800)
    assert found.interval[0] < 0 < found.interval[1]
    assert found.p_value > 0.1


def test_the_interval_by_hand() -> None:
    one, other = affected(10, 40), affected(30, 60)
    (low, high), _ = chosen_interval(one, (0, 1))
    (other_low, other_high), _ = chosen_interval(other, (0, 1))
    found = independent_difference(one, other, (0, 1))
    assert found.estimate == pytest.approx(0.125 - 0.25)
    assert found.interval[0] == pytest.approx(-0.125 - math.sqrt((0.125 - low) ** 2 + (other_high - 0.25) ** 2))
    assert found.interval[1] == pytest.approx(-0.125 + math.sqrt((high - 0.125) ** 2 + (0.25 - other_low) ** 2))


Reference = Callable[[float], tuple[float, float]]


def _left_out(sums: Sequence[int], counts: Sequence[int], scale: int) -> tuple[float, float]:
    """A mean, and its jackknife variance from leaving out each source in turn."""
    values, sizes = np.array(sums) / scale, np.array(counts)
    without = (values.sum() - values) / (sizes.sum() - sizes)
    mean, n = values.sum() / sizes.sum(), len(values)
    return float(mean), float((n - 1) / n * np.sum((without - mean) ** 2))


def _score_interval(sums: Sequence[int], counts: Sequence[int], scale: int) -> tuple[float, Reference]:
    """The rates that a score test of the effective number of values does not reject, found as roots."""
    mean, variance = _left_out(sums, counts, scale)
    size = mean * (1 - mean) / variance

    def interval(level: float) -> tuple[float, float]:
        quantile = float(stats.t.ppf((1 + level) / 2, len(sums) - 1))

        def rejected(rate: float) -> float:
            return (rate - mean) ** 2 * size - quantile**2 * rate * (1 - rate)

        low, high = (float(optimize.brentq(rejected, mean, end, xtol=1e-15)) for end in (0.0, 1.0))
        return low, high

    return mean, interval


def _t_interval(sums: Sequence[int], counts: Sequence[int], scale: int) -> tuple[float, Reference]:
    mean, variance = _left_out(sums, counts, scale)
    return mean, lambda level: stats.t.interval(level, len(sums) - 1, mean, math.sqrt(variance))


# Enough sources differ (`affected_sources`) that nothing but their own variation decides.
RATES = (
    ((1, 0, 2, 4, 0, 3, 1, 2, 2, 1, 0, 4, 3, 1, 0, 2, 1, 1, 3, 2), (4, 4, 3, 4, 2, 4, 4, 4, 3, 4, 4, 4, 4, 1, 4, 4, 4, 4, 4, 4)),
    ((2, 3, 4, 1, 3, 2, 4, 4, 2, 3, 1, 4, 3, 0, 2, 4, 3), (4, 4, 4, 3, 4, 4, 4, 4, 2, 4, 4, 4, 4, 1, 4, 4, 4)),
)  # fmt: skip
EXCESSES = (
    ((1, -1, 2, 0, 3, -2, 1, 1, 2, -1, 1, 3, 2, -1, 4, 2), (1,) * 16),
    ((-2, 1, -1, 0, -3, 1, 1, -1, -2, 2, -1, 2, 3, -4), (1,) * 14),
)


@pytest.mark.parametrize(
    ("samples", "scale", "bounds", "reference"),
    [
        (RATES, 1, (0, 1), _score_interval),
        (EXCESSES, 6, (-1, 1), _t_interval),
    ],
)
def test_interval_and_p_value_are_those_computed_in_another_way(
    samples: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...],
    scale: int,
    bounds: tuple[int, int],
    reference: Callable[[Sequence[int], Sequence[int], int], tuple[float, Reference]],
) -> None:
    (one_mean, of_one), (other_mean, of_other) = (reference(*sample, scale) for sample in samples)

    def interval(level: float) -> tuple[float, float]:
        (low, high), (other_low, other_high) = of_one(level), of_other(level)
        difference = one_mean - other_mean
        return (
            difference - math.hypot(one_mean - low, other_high - other_mean),
            difference + math.hypot(high - one_mean, other_mean - other_low),
        )

    one, other = (ClusterTotals(*sample, scale) for sample in samples)
    found = independent_difference(one, other, bounds)
    assert found.estimate == pytest.approx(one_mean - other_mean, abs=1e-12)
    assert found.interval == pytest.approx(interval(0.95), abs=1e-9)
    nearer = 1 if found.estimate < 0 else 0
    alpha = optimize.brentq(lambda log: interval(1 - math.exp(log))[nearer], -25, -1e-9)
    assert found.p_value == pytest.approx(math.exp(alpha), rel=0.002)


def test_a_large_difference_has_a_small_p_value() -> None:
    found = independent_difference(affected(5, 100), affected(95, 100), (0, 1))
    assert found.p_value < 1e-10
    assert found.interval[1] < -0.3


def test_equal_means_have_a_p_value_of_one() -> None:
    found = independent_difference(affected(5, 20), affected(10, 40), (0, 1))
    assert (found.estimate, found.p_value) == (0.0, 1.0)


@given(SOURCES, SOURCES)
@settings(max_examples=50)
def test_the_p_value_and_the_interval_agree_and_do_not_depend_on_the_order(
    one: ClusterTotals, other: ClusterTotals
) -> None:
    found, mirrored = independent_difference(one, other, (0, 1)), independent_difference(other, one, (0, 1))
    assert mirrored.interval == pytest.approx((-found.interval[1], -found.interval[0]))
    assert mirrored.p_value == found.p_value
    low, high = found.interval
    assert -1 <= low <= found.estimate <= high <= 1
    if abs(found.p_value - 0.05) > 2e-4:
        assert (found.p_value < 0.05) == (low > 0 or high < 0)


def test_a_single_source_has_no_interval() -> None:
    with pytest.raises(ValueError, match="single cluster"):
        independent_difference(affected(1, 1), affected(3, 30), (0, 1))


def test_percentile_intervals_resample_each_sample_by_itself_as_numpy_does() -> None:
    one, other = ClusterTotals((0, 1, 4, 2), (4, 2, 4, 3)), ClusterTotals((3, 0, 2, 1, 1), (4, 4, 4, 1, 2))

    def replicates(sample: ClusterTotals, seed: int) -> list[float]:
        drawn = np.random.default_rng(seed).integers(0, sample.n, size=(300, sample.n))
        return [sum(sample.sums[i] for i in row) / sum(sample.counts[i] for i in row) for row in drawn]

    differences = np.subtract(replicates(one, 5), replicates(other, 6))
    expected = np.percentile(differences, [2.5, 97.5])
    [interval] = independent_percentile_intervals([(one, other)], Bootstrap(300, 5))
    assert interval == pytest.approx(expected, abs=1e-12)
