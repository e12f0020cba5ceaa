"""Values by cluster, and the exactness of their sums."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.clusters import Clusters, ClusterTotals, partition


def test_clusters_are_sorted_as_strings_and_keep_the_order_of_their_values() -> None:
    groups = partition([1, 2, 3, 4], ["s9", "s10", "s9", "s10"])
    assert list(groups.items()) == [("s10", [2, 4]), ("s9", [1, 3])]


def test_totals_of_each_cluster() -> None:
    totals = ClusterTotals.from_fractions([Fraction(1, 2), Fraction(1, 3), 1], ["b", "a", "b"])
    assert totals == ClusterTotals((2, 9), (1, 2), 6, ("a", "b"))
    assert (totals.n, totals.n_values) == (2, 3)
    assert totals.estimate == float(Fraction(11, 18))


def test_the_estimate_does_not_depend_on_summation_order_or_float_noise() -> None:
    tenths = [0.1] * 10
    assert ClusterTotals.from_floats(tenths, list("abcdefghij")).estimate == 0.1


@pytest.mark.parametrize(
    ("sums", "counts", "scale", "ids", "message"),
    [
        ((), (), 1, None, "no cluster"),
        ((1,), (1, 2), 1, None, "1 cluster sums but 2 counts"),
        ((1,), (0,), 1, None, "at least one value"),
        ((1,), (1,), 0, None, "scale must be positive"),
        ((1,), (1,), 1, ("a", "b"), "1 cluster sums but 2 ids"),
    ],
)
def test_totals_that_fit_no_data_are_refused(
    sums: tuple[int, ...], counts: tuple[int, ...], scale: int, ids: tuple[str, ...] | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ClusterTotals(sums, counts, scale, ids)


def test_values_and_clusters_must_match() -> None:
    with pytest.raises(ValueError, match="3 values but 2 cluster ids"):
        partition([1, 2, 3], ["a", "b"])
    with pytest.raises(ValueError, match="no values"):
        partition([], [])


@given(st.lists(st.tuples(st.integers(-20, 20), st.sampled_from(["a0", "a1", "b0", "b1", "c0"])), min_size=1))
def test_the_totals_of_clusters_are_those_of_their_values_one_by_one(values: list[tuple[int, str]]) -> None:
    units, ids = [unit for unit, _ in values], [each for _, each in values]
    found = Clusters(ids).totals(units, 4)
    groups = partition(units, ids)
    expected = ClusterTotals(tuple(map(sum, groups.values())), tuple(map(len, groups.values())), 4, tuple(groups))
    assert found == expected and found.sum_of_squares == sum(unit**2 for unit in units)


def test_clusters_are_asked_about_as_many_values_as_they_have() -> None:
    clusters = Clusters(["b", "a", "b"])
    # What was asked before changes nothing.
    assert [clusters.totals(units, 1).sums for units in ([1, 2, 3], [0, -5, 0])] == [(2, 4), (-5, 0)]
    with pytest.raises(ValueError, match="2 values but 3 cluster ids"):
        clusters.totals([1, 2], 1)
    with pytest.raises(ValueError, match="no values"):
        Clusters([])


@given(st.lists(st.tuples(st.integers(-20, 20), st.sampled_from(["a0", "a1", "b0", "b1", "c0"])), min_size=1))
def test_regrouped_clusters_are_those_of_the_values_grouped_at_once(values: list[tuple[int, str]]) -> None:
    units, ids = [unit for unit, _ in values], [each for _, each in values]
    regrouped = ClusterTotals.from_units(units, ids, 4).regrouped(lambda each: each[0])
    at_once = ClusterTotals.from_units(units, [each[0] for each in ids], 4)
    assert regrouped == at_once and regrouped.sum_of_squares == at_once.sum_of_squares


def test_clusters_whose_ids_are_not_known_cannot_be_regrouped() -> None:
    with pytest.raises(ValueError, match="without ids"):
        ClusterTotals((1, 2), (1, 1)).regrouped(str)


def test_residuals_are_whole_numbers_that_add_up_to_nothing() -> None:
    # 1·4 - 3·2 and 2·4 - 3·2.
    totals = ClusterTotals((1, 2), (2, 2), 2)
    assert totals.residuals == [-2, 2]
    assert sum(ClusterTotals((1, 5, 0), (2, 3, 1)).residuals) == 0


def test_totals_among_more_clusters_are_zero_where_there_is_no_value() -> None:
    totals = ClusterTotals.from_units([3, -1, 4], ["b", "b", "d"], 2)
    among = totals.among(["a", "b", "c", "d"])
    assert (among.sums, among.counts, among.scale, among.n) == ((0, 2, 0, 4), (0, 2, 0, 1), 2, 4)
    with pytest.raises(ValueError, match="not among"):
        totals.among(["a", "b"])
    with pytest.raises(ValueError, match="without ids"):
        ClusterTotals((1,), (1,)).among(["a"])
