"""Adjusted intervals of the percentile interval: when, which, and always within the range."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.affected import affected_sources
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.bounded_mean import bounded_mean_interval
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.intervals import adjusted_interval, chosen_interval, difference_interval
from spinefairbench.statistics.wilson import effective_size, wilson_interval

# Sources with one to four values in twelfths, in [0, 1] and in [-1, 1].
SOURCE = st.integers(1, 4).flatmap(lambda count: st.tuples(st.integers(0, 12 * count), st.just(count)))


SIGNED = st.integers(1, 4).flatmap(lambda count: st.tuples(st.integers(-12 * count, 12 * count), st.just(count)))


def totals_of(rows: list[tuple[int, int]], scale: int = 12) -> ClusterTotals:
    sums, counts = zip(*rows, strict=True)
    return ClusterTotals(sums, counts, scale)


def rate(events: int, n: int, pairs: int = 1) -> ClusterTotals:
    """The first `events` of `n` sources change in all their pairs, the others in none."""
    units = [int(source < events) for source in range(n) for _ in range(pairs)]
    return ClusterTotals.from_units(units, [f"s{source:05d}" for source in range(n) for _ in range(pairs)], 1)


@given(st.lists(SIGNED, min_size=2, max_size=30))
def test_the_difference_interval_holds_the_estimate_and_stays_in_range(rows: list[tuple[int, int]]) -> None:
    totals = totals_of(rows)
    lower, upper = difference_interval(totals)
    assert -1 <= lower <= totals.estimate + 1e-12
    assert totals.estimate - 1e-12 <= upper <= 1
    reversed_sign = difference_interval(totals_of([(-total, count) for total, count in rows]))
    assert reversed_sign == pytest.approx((-upper, -lower), abs=1e-9)


def test_with_many_sources_the_difference_interval_is_the_usual_one() -> None:
    # Differences of 1 and -1 in turn: gains and losses exclude each other, the standard error is 1/sqrt(4000).
    lower, upper = difference_interval(ClusterTotals((1, -1) * 2000, (1,) * 4000))
    assert (lower, upper) == pytest.approx((-1.96 / math.sqrt(4000), 1.96 / math.sqrt(4000)), rel=0.01)


def test_a_difference_of_nothing_but_zeros_is_bounded_as_a_rate_of_zero() -> None:
    zero = ClusterTotals((0,) * 60, (2,) * 60)
    reach = wilson_interval(zero)[1]
    assert difference_interval(zero) == pytest.approx((-reach, reach))


def test_many_varied_sources_need_no_companion() -> None:
    totals = rate(300, 1000, pairs=4)
    assert adjusted_interval(totals, percentile_intervals([totals], Bootstrap(200))[0]) is None


def test_few_sources_are_named_as_the_reason() -> None:
    beside = adjusted_interval(rate(10, 20), (0.3, 0.7))
    assert beside is not None
    assert beside.interval == wilson_interval(rate(10, 20))
    assert beside.reasons[0] == "there are only 20 sources (fewer than 50)"


def test_a_rate_near_an_end_is_named_as_the_reason() -> None:
    beside = adjusted_interval(rate(3, 1000), (0.0, 0.007))
    assert beside is not None
    assert beside.reasons == ("only 3 of 1000 sources differ from 0",)
    high = adjusted_interval(rate(997, 1000), (0.993, 1.0))
    assert high is not None
    assert high.reasons == ("only 3 of 1000 sources differ from 1",)


def test_a_collapsed_interval_gets_a_companion_that_is_none() -> None:
    totals = rate(200, 200)
    beside = adjusted_interval(totals, (1.0, 1.0))
    assert beside is not None
    assert "the percentile interval has collapsed to a point" in beside.reasons
    assert beside.interval == pytest.approx((1 - 0.019, 1.0), abs=1e-3)


def test_one_source_gives_a_reason_and_no_interval() -> None:
    beside = adjusted_interval(rate(1, 1, pairs=4), (1.0, 1.0))
    assert beside is not None
    assert (beside.interval, beside.method) == (None, None)
    assert beside.reasons == ("there is only one source, so nothing shows how much sources differ",)
    with pytest.raises(ValueError, match="single cluster"):
        effective_size(rate(1, 1))


def test_sources_that_all_agree_within_the_range_get_the_bound_that_always_holds() -> None:
    totals = ClusterTotals.from_fractions([Fraction(1, 3)] * 100, [f"s{at:03d}" for at in range(100)])
    beside = adjusted_interval(totals, (1 / 3, 1 / 3))
    assert beside is not None
    assert beside.method == "bounded-mean bound"
    assert beside.interval == bounded_mean_interval(totals)


def test_differences_get_the_interval_for_differences() -> None:
    totals = ClusterTotals((1, -1, 1) + (0,) * 97, (1,) * 100)
    beside = adjusted_interval(totals, (-0.02, 0.04), bounds=(-1, 1))
    assert beside is not None
    assert beside.interval == difference_interval(totals)
    assert beside.reasons == ("only 3 of 100 sources differ from the most common value",)


@given(st.lists(SOURCE, min_size=1, max_size=60))
@settings(max_examples=50)
def test_what_is_printed_is_finite_and_within_the_range(rows: list[tuple[int, int]]) -> None:
    totals = totals_of(rows)
    percentile = percentile_intervals([totals], Bootstrap(50))[0]
    beside = adjusted_interval(totals, percentile)
    for lower, upper in [percentile] + ([beside.interval] if beside and beside.interval else []):
        assert 0 <= lower <= upper <= 1


def test_ranges_without_a_companion_are_refused() -> None:
    with pytest.raises(ValueError, match="no adjusted interval for values between -5 and 5"):
        adjusted_interval(rate(1, 2), (0.0, 1.0), bounds=(-5, 5))


def test_whole_numbers_are_taken_as_shares_of_the_largest() -> None:
    counts = ClusterTotals((4, 0, 1, 2) * 5, (1,) * 20)
    beside = adjusted_interval(counts, (1.0, 2.5), bounds=(0, 4))
    share = adjusted_interval(replace(counts, scale=4), (0.25, 0.625))
    assert beside is not None
    assert share is not None
    assert share.interval is not None
    assert beside == share._replace(interval=(4 * share.interval[0], 4 * share.interval[1]))
    enough = ClusterTotals((4, 0, 1, 2) * 50, (1,) * 200)
    assert adjusted_interval(enough, (1.5, 2.0), bounds=(0, 4)) is None


def one_each(values: list[int]) -> ClusterTotals:
    """One value a source."""
    return ClusterTotals(tuple(values), (1,) * len(values))


def test_a_difference_with_ten_affected_sources_has_students_interval() -> None:
    difference = one_each([1] * 7 + [-1] * 3 + [0] * 30)
    interval, method = chosen_interval(difference, (-1, 1))
    # mean 0.1, variance (10 - 40·0.01)/39, standard error 0.07845; t(39) at 97.5% is 2.02269
    assert interval == pytest.approx((0.1 - 2.022691 * 0.0784465, 0.1 + 2.022691 * 0.0784465), abs=1e-6)
    assert method == "Student's t on the clustered standard error"


def test_a_difference_with_nine_affected_sources_does_not() -> None:
    assert chosen_interval(one_each([1] * 7 + [-1] * 2 + [0] * 31), (-1, 1))[1] == "Wilson for either sign, combined"


@pytest.mark.parametrize("sign", [1, -1])
def test_six_sources_of_sixty_to_one_side_exclude_zero(sign: int) -> None:
    # The pairs of 6 of 60 sources of a model that always repeats itself changed, those of the other 54 did not.
    lower, upper = chosen_interval(ClusterTotals((sign,) * 6 + (0,) * 54, (2,) * 60), (-1, 1))[0]
    assert min(sign * lower, sign * upper) == pytest.approx(0.0208, abs=5e-4)
    assert max(sign * lower, sign * upper) == pytest.approx(0.1152, abs=5e-4)


def test_three_sources_to_one_side_do_not_exclude_zero() -> None:
    lower, upper = chosen_interval(one_each([1] * 3 + [0] * 57), (-1, 1))[0]
    assert lower < 0 < upper


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=60), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_higher_level_gives_no_shorter_interval(values: list[int], level: float) -> None:
    totals = ClusterTotals(tuple(values), (4,) * len(values))
    inner, outer = (chosen_interval(totals, (-1, 1), level=each)[0] for each in (level - 0.05, level))
    assert outer[0] <= inner[0] <= inner[1] <= outer[1]


def heavy(n: int, few: int) -> ClusterTotals:
    """Few sources with four values of 1, all others with one value: 1 in a fifth of them."""
    sums = (4,) * few + tuple(int(at % 5 == 0) for at in range(n - few))
    return ClusterTotals(sums, (4,) * few + (1,) * (n - few))


def test_where_few_sources_carry_the_variation_the_interval_reaches_further() -> None:
    totals = heavy(120, 3)
    assert affected_sources(totals) >= 20
    [percentile] = percentile_intervals([totals], Bootstrap(200))
    adjusted = adjusted_interval(totals, percentile)
    assert adjusted is not None
    assert adjusted.interval is not None
    assert adjusted.reasons == ("a few sources carry most of the variation",)
    lower, upper = wilson_interval(totals)
    assert adjusted.interval[0] <= lower
    assert adjusted.interval[1] > upper


def test_even_variation_needs_no_adjustment() -> None:
    totals = heavy(120, 0)
    [percentile] = percentile_intervals([totals], Bootstrap(200))
    assert adjusted_interval(totals, percentile) is None
