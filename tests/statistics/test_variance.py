"""The clustered standard error, worked out by hand and against what it must not depend on."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.variance import clustered_mean, jackknifed_mean


def test_three_sources_by_hand() -> None:
    # Sums 2, 0, 1 over counts 2, 1, 2: mean 3/5, residuals 4/5, -3/5, -1/5, squares 26/25 in all,
    # variance 3/2 * 26/25 / 25. Independent: 3/5 * 2/5 / 4.
    totals = ClusterTotals.from_units([1, 1, 0, 1, 0], ["a", "a", "b", "c", "c"], 1)
    mean = clustered_mean(totals)
    assert mean.estimate == 0.6
    assert mean.standard_error == pytest.approx(math.sqrt(0.0624))
    assert mean.independent_standard_error == pytest.approx(math.sqrt(0.06))
    assert mean.design_effect == pytest.approx(1.04)


def test_with_one_value_a_source_it_is_the_usual_standard_error() -> None:
    values = [3, 1, 4, 1, 5]
    mean = clustered_mean(ClusterTotals.from_units(values, list("abcde"), 10))
    spread = math.sqrt(sum((value - 2.8) ** 2 for value in values) / 4) / 10
    assert mean.standard_error == pytest.approx(spread / math.sqrt(5))
    assert mean.design_effect == pytest.approx(1)


def test_repeating_every_value_within_its_source_doubles_the_design_effect() -> None:
    values, ids = [1, 0, 1, 1, 0, 0, 1], list("abcdefg")
    single = clustered_mean(ClusterTotals.from_units(values, ids, 1))
    twice = clustered_mean(ClusterTotals.from_units(values * 2, ids * 2, 1))
    assert twice.standard_error == pytest.approx(single.standard_error)
    assert twice.design_effect == pytest.approx(2 * 13 / 12)


def test_what_is_not_defined_is_none() -> None:
    one = clustered_mean(ClusterTotals.from_units([1, 0], ["a", "a"], 1))
    assert one.standard_error is None
    assert one.design_effect is None
    constant = clustered_mean(ClusterTotals.from_units([1, 1], ["a", "b"], 1))
    assert constant.standard_error == 0
    assert constant.design_effect is None
    assert clustered_mean(ClusterTotals((1, 0), (1, 1))).design_effect is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=2, max_size=12), st.integers(2, 99))
def test_the_unit_of_the_sums_does_not_matter(rows: list[tuple[int, int]], factor: int) -> None:
    sums, counts = zip(*rows, strict=True)
    plain = clustered_mean(ClusterTotals(sums, counts))
    finer = clustered_mean(ClusterTotals(tuple(total * factor for total in sums), counts, factor))
    assert finer == plain


def test_the_jackknife_by_hand_and_by_leaving_out_each_cluster() -> None:
    totals = ClusterTotals((3, 0, 1, 2), (4, 1, 1, 2), 2)
    mean = sum(totals.sums) / (totals.n_values * totals.scale)
    left_out = [
        (sum(totals.sums) - total) / ((totals.n_values - count) * totals.scale)
        for total, count in zip(totals.sums, totals.counts, strict=True)
    ]
    variance = 3 / 4 * sum((each - mean) ** 2 for each in left_out)
    assert jackknifed_mean(totals).standard_error == pytest.approx(math.sqrt(variance))
    assert jackknifed_mean(totals).estimate == mean


def test_with_equal_counts_the_jackknife_is_the_linearized_error() -> None:
    totals = ClusterTotals((3, 0, 1, 2), (4,) * 4, 2)
    assert jackknifed_mean(totals) == clustered_mean(totals)
