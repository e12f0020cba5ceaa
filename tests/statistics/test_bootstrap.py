"""The clustered bootstrap: NumPy's intervals, exact sums, shared draws."""

import json
import random
from fractions import Fraction
from operator import sub
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.bootstrap import (
    Bootstrap,
    bootstrap_replicates,
    percentile_intervals,
    source_clustered_bootstrap_ci,
)
from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals
from spinefairbench.statistics.pcg64 import PCG64
from tests import DATA

CASES: list[dict[str, Any]] = json.loads((DATA / "bootstrap.json").read_text(encoding="utf-8"))["cases"]

JACCARD = st.integers(1, 13).flatmap(lambda size: st.builds(Fraction, st.integers(0, size), st.just(size)))

CLUSTERED = st.lists(st.tuples(st.sampled_from("abcdefg"), JACCARD), min_size=1, max_size=20)

TOTALS = st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 4)), min_size=1, max_size=9).map(
    lambda rows: ClusterTotals(tuple(row[0] for row in rows), tuple(row[1] for row in rows), 12)
)


def naive_replicates(sample: ClusterTotals, iterations: int, seed: int) -> list[float]:
    """The definition, drawn by drawn, in fractions."""
    generator = PCG64(seed)
    statistics = []
    for _ in range(iterations):
        row = generator.integers(sample.n, sample.n)
        assert isinstance(row, list)
        total = sum((Fraction(sample.sums[index], sample.scale) for index in row), Fraction(0))
        statistics.append(float(total / sum(sample.counts[index] for index in row)))
    return statistics


@pytest.mark.parametrize("exact", [True, False], ids=["fractions", "floats"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{len(case['values'])} values, seed {case['seed']}")
def test_intervals_are_numpys(case: dict[str, Any], exact: bool) -> None:
    values = [Fraction(*pair) if exact else pair[0] / pair[1] for pair in case["values"]]
    lower, upper = source_clustered_bootstrap_ci(
        values, case["source_ids"], iterations=case["iterations"], seed=case["seed"]
    )
    assert lower == pytest.approx(case["lower"], rel=0, abs=1e-12)
    assert upper == pytest.approx(case["upper"], rel=0, abs=1e-12)


def test_the_toy_submissions_published_interval() -> None:
    ids = ["s1", "s1", "s2", "s2", "s3"]
    lower, upper = source_clustered_bootstrap_ci([1, 0, 0, 1, 0], ids, iterations=1000)
    assert (lower, upper) == (0.0, 0.5)


@given(st.lists(TOTALS, min_size=1, max_size=4), st.integers(1, 40), st.integers(0, 1 << 70))
def test_packed_replicates_are_the_definition(samples: list[ClusterTotals], iterations: int, seed: int) -> None:
    replicates = bootstrap_replicates(samples, Bootstrap(iterations, seed))
    assert [each.tolist() for each in replicates] == [naive_replicates(sample, iterations, seed) for sample in samples]


def test_a_rejected_half_is_skipped_and_the_rows_move_up() -> None:
    n, iterations, seed = 9973, 3, 126
    sample = ClusterTotals(tuple(range(n)), (1,) * n)
    [replicates] = bootstrap_replicates([sample], Bootstrap(iterations, seed))
    assert replicates.tolist() == naive_replicates(sample, iterations, seed)
    generator = PCG64(seed)
    halves = generator.integers(1 << 32, n * iterations)
    assert isinstance(halves, list)
    assert any(half * n & 0xFFFFFFFF < (1 << 32) % n for half in halves)


@given(CLUSTERED, st.randoms(use_true_random=False))
def test_the_order_of_the_values_changes_nothing(rows: list[tuple[str, Fraction]], shuffler: random.Random) -> None:
    shuffled = rows[:]
    shuffler.shuffle(shuffled)

    def interval(given_rows: list[tuple[str, Fraction]]) -> tuple[float, float]:
        values = [float(value) for _, value in given_rows]
        return source_clustered_bootstrap_ci(values, [cluster for cluster, _ in given_rows], iterations=50)

    assert interval(shuffled) == interval(rows)


@given(CLUSTERED)
def test_the_interval_lies_within_the_range_of_the_values(rows: list[tuple[str, Fraction]]) -> None:
    values = [float(value) for _, value in rows]
    lower, upper = source_clustered_bootstrap_ci(values, [cluster for cluster, _ in rows], iterations=50)
    assert min(values) <= lower <= upper <= max(values)


@given(TOTALS, st.integers(2, 1000))
def test_the_unit_that_sums_are_counted_in_changes_nothing(sample: ClusterTotals, factor: int) -> None:
    sums = tuple(total * factor for total in sample.sums)
    finer = ClusterTotals(sums, sample.counts, sample.scale * factor)
    assert bootstrap_replicates([finer], Bootstrap(20)) == bootstrap_replicates([sample], Bootstrap(20))


def test_samples_share_the_stream_whatever_their_sizes() -> None:
    small = ClusterTotals((1, 0, 3), (4, 2, 4))
    large = ClusterTotals(tuple(range(40)), (3,) * 40, 7)
    together = percentile_intervals([small, large, small], Bootstrap(200, 6))
    alone = [percentile_intervals([sample], Bootstrap(200, 6))[0] for sample in (small, large)]
    assert together == [alone[0], alone[1], alone[0]]


@pytest.mark.parametrize("counts", [(2, 2, 2, 2), (1, 2, 2, 1)])
def test_a_difference_that_is_not_drawn_has_the_interval_that_it_has_by_itself(counts: tuple[int, ...]) -> None:
    one, other = (3, 0, 1, 7), (1, 1, 0, 2)
    sums = [one, other, tuple(map(sub, one, other))]
    samples = [ClusterTotals(each, counts, 12) for each in sums]
    alone = [percentile_intervals([sample], Bootstrap(300, 2))[0] for sample in samples]
    assert percentile_intervals(samples, Bootstrap(300, 2)) == alone


def test_one_cluster_gives_its_own_mean_every_time() -> None:
    assert source_clustered_bootstrap_ci([1, 0, 0, 0], ["a"] * 4, iterations=20) == (0.25, 0.25)


def test_one_iteration_gives_an_interval_of_one_value() -> None:
    lower, upper = source_clustered_bootstrap_ci([1, 0, 1], ["a", "b", "c"], iterations=1)
    assert lower == upper


def test_progress_ends_with_everything_done() -> None:
    seen: list[tuple[int, int]] = []
    sample = ClusterTotals(tuple(range(300)), (1,) * 300)
    bootstrap_replicates([sample], Bootstrap(100, progress=lambda done, total: seen.append((done, total))))
    assert seen[-1] == (100, 100)
    assert len(seen) > 1
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_no_sample_gives_no_interval() -> None:
    assert percentile_intervals([], Bootstrap(10)) == []


def test_faulty_input_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="at least one iteration, got 0"):
        source_clustered_bootstrap_ci([1.0], ["a"], iterations=0)
    with pytest.raises(ValueError, match="no cluster"):
        source_clustered_bootstrap_ci([], [])
    with pytest.raises(ValueError, match="2 values but 1 cluster ids"):
        source_clustered_bootstrap_ci([1.0, 0.5], ["a"])
    with pytest.raises(ValueError, match="not a finite number"):
        source_clustered_bootstrap_ci([1.0, float("nan")], ["a", "b"])
    with pytest.raises(ValueError, match="not a finite number"):
        source_clustered_bootstrap_ci([float("inf")], ["a"])
    with pytest.raises(ValueError, match="seed"):
        source_clustered_bootstrap_ci([1.0], ["a"], seed=-1)


def test_a_resample_without_a_value_is_left_out() -> None:
    partial = PartialTotals((0, 0, 6, 2), (0, 0, 2, 1), 2)
    generator = PCG64(7)
    expected = []
    for _ in range(200):
        drawn = generator.integers(4, 4)
        assert isinstance(drawn, list)
        sums, counts = sum(partial.sums[at] for at in drawn), sum(partial.counts[at] for at in drawn)
        if counts:
            expected.append(sums / (counts * 2))
    [replicates] = bootstrap_replicates([partial], Bootstrap(200, 7))
    assert list(replicates) == expected
    assert len(expected) < 200
