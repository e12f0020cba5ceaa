"""Samples are dealt out over processes by what they cost, and no interval depends on it."""

import pytest

from spinefairbench.analysis.resampling import _dealt, begun_by_size
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals


@pytest.mark.parametrize("jobs", [1, 2])
def test_intervals_are_in_the_order_of_the_samples(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefairbench.analysis.resampling._WORTH_A_PROCESS", 0)
    samples = [ClusterTotals(tuple(range(n)), (n,) * n) for n in (50, 51, 52, 51)]
    sizes = [sample.n for sample in samples]
    found = begun_by_size(percentile_intervals, samples, sizes, Bootstrap(50, jobs=jobs))()
    assert found == percentile_intervals(samples, Bootstrap(50))
    assert begun_by_size(percentile_intervals, [], [], Bootstrap(50, jobs=jobs))() == []


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_samples_are_dealt_out_by_what_they_cost(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefairbench.analysis.resampling._WORTH_A_PROCESS", 0)
    sizes = [1000] * 200 + [900] * 2 + [800] * 2 + [1000] * 50
    parts = _dealt(sizes, Bootstrap(50, jobs=jobs))
    assert sorted(place for part in parts for place in part) == list(range(len(sizes)))
    assert len(parts) == jobs
    # Many samples of one size are split; few stay together, so that their draws are made once.
    assert all(sum(sizes[place] == 1000 for place in part) >= 250 // jobs for part in parts)
    assert all(sum(size in {sizes[place] for place in part} for part in parts) == 1 for size in (900, 800))


def test_few_draws_are_no_work_for_several_processes() -> None:
    assert _dealt([100] * 300, Bootstrap(1000, jobs=2)) == [list(range(300))]
