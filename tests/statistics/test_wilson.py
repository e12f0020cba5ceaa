"""Wilson's interval with the effective sample size."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.wilson import effective_size, wilson_bounds, wilson_interval

# Sources with one to four values in twelfths, in [0, 1] and in [-1, 1].
SOURCE = st.integers(1, 4).flatmap(lambda count: st.tuples(st.integers(0, 12 * count), st.just(count)))


def totals_of(rows: list[tuple[int, int]], scale: int = 12) -> ClusterTotals:
    sums, counts = zip(*rows, strict=True)
    return ClusterTotals(sums, counts, scale)


def rate(events: int, n: int, pairs: int = 1) -> ClusterTotals:
    """The first `events` of `n` sources change in all their pairs, the others in none."""
    units = [int(source < events) for source in range(n) for _ in range(pairs)]
    return ClusterTotals.from_units(units, [f"s{source:05d}" for source in range(n) for _ in range(pairs)], 1)


# R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
# table I, method 3.
@pytest.mark.parametrize(
    ("events", "n", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_as_published(events: int, n: int, lower: float, upper: float) -> None:
    bounds = wilson_bounds(events / n, n, 1.959964)
    assert bounds == pytest.approx((lower, upper), abs=5e-5)


def test_at_zero_the_effective_size_is_the_number_of_sources() -> None:
    totals = rate(0, 30, pairs=4)
    assert effective_size(totals) == 30
    # t squared for 29 degrees of freedom over n + t squared; t = 2.0452.
    assert wilson_interval(totals) == pytest.approx((0.0, 2.0452**2 / (30 + 2.0452**2)), abs=1e-5)
    assert wilson_interval(totals)[0] == 0


def test_sources_whose_pairs_all_agree_count_once_each() -> None:
    # 40 of 100 sources change in all four pairs: 400 values tell no more than the 100 sources.
    assert effective_size(rate(40, 100, pairs=4)) == pytest.approx(99, abs=0.1)


def test_the_design_effect_is_never_taken_as_less_than_one() -> None:
    # Every source has one change in two pairs: no variance between sources, yet 40 values are not more than 40.
    totals = ClusterTotals.from_units([0, 1] * 20, [f"s{at // 2:02d}" for at in range(40)], 1)
    assert 20 < effective_size(totals) <= 40


def test_the_limit_near_the_end_is_the_exact_one_for_one_to_three_affected_sources() -> None:
    # One-sided 95% limits of the Poisson mean for 1, 2 and 3 events are 0.0513, 0.3554 and 0.8177.
    for events, limit in ((1, 0.0513), (2, 0.3554), (3, 0.8177)):
        lower, _ = wilson_interval(rate(events, 1000))
        assert lower == pytest.approx(limit / 1000, rel=0.01)


@given(st.lists(SOURCE, min_size=2, max_size=30))
@example([(0, 1), (0, 1), (12, 4), (48, 4)])  # a mean of just 0.5, and few affected sources
def test_wilson_holds_the_estimate_stays_in_range_and_mirrors(rows: list[tuple[int, int]]) -> None:
    totals = totals_of(rows)
    lower, upper = wilson_interval(totals)
    assert 0 <= lower <= totals.estimate <= upper <= 1
    assert lower < upper
    mirrored = wilson_interval(totals_of([(12 * count - total, count) for total, count in rows]))
    assert mirrored == pytest.approx((1 - upper, 1 - lower), abs=1e-9)


def test_with_ten_affected_sources_the_clustered_variance_stands_as_it_is() -> None:
    # Four values a source that are less alike than independent ones: two changes in each of ten sources, none in ten.
    totals = ClusterTotals((2,) * 10 + (0,) * 10, (4,) * 20, 1, sum_of_squares=20)
    variance = 20 / 19 * 20 / 80**2
    assert effective_size(totals) == pytest.approx(0.25 * 0.75 / variance)
