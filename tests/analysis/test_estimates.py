"""Means with their intervals, alone and from a shared pass over the draws."""

import pytest

from spinefairbench.analysis.estimates import (
    NO_ESTIMATE,
    RATE,
    Estimate,
    Request,
    Sample,
    SharedPass,
    answer,
    estimates,
    without_interval,
)
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals


def test_estimates_of_several_sizes_do_not_depend_on_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefairbench.analysis.resampling._WORTH_A_PROCESS", 0)
    samples = [Sample(ClusterTotals(tuple(range(n)), (n,) * n), RATE) for n in (50, 51, 52, 51)]
    assert estimates(samples, Bootstrap(50)) == estimates(samples, Bootstrap(50, jobs=2))


def test_what_is_made_of_a_result_needs_the_same_samples() -> None:
    request = Request([Sample(ClusterTotals((1, 2, 3), (1, 1, 1)), RATE)], lambda found: found[0].n_sources)
    assert answer(request.then(str), Bootstrap(50)) == "3"


def test_requests_answered_together_find_what_each_finds_alone() -> None:
    bootstrap = Bootstrap(60)
    small, large = (Sample(ClusterTotals(tuple(range(n)), (n,) * n), RATE) for n in (20, 31))
    requests = [Request([small, large], list), Request([], list), Request([large], list)]
    shared = SharedPass(bootstrap)
    pending = [shared.add(request) for request in requests]
    with pytest.raises(LookupError, match="not run yet"):
        _ = pending[0].result
    shared.run()
    found: list[list[Estimate]] = [each.result for each in pending]
    assert found == [answer(request, bootstrap) for request in requests]
    assert found[0][1] == found[2][0]


def test_what_needs_no_estimate_is_computed_before_these_are_waited_for() -> None:
    known: list[int] = []
    asked = Request([Sample(ClusterTotals((1, 2, 3), (1, 1, 1)))], lambda found: list(known), lambda: known.append(7))
    assert answer(asked.then(tuple), Bootstrap(50)) == (7,)


def test_a_mean_without_an_interval_is_that_of_the_estimate() -> None:
    sample = Sample(ClusterTotals((1, 2, 2), (2, 2, 2)))
    (estimate,) = estimates([sample], Bootstrap(50))
    assert without_interval(sample) == Estimate(estimate.value) == Estimate(5 / 6)
    assert without_interval(Sample(None)) == NO_ESTIMATE


@pytest.mark.parametrize(
    ("found", "judged", "side"),
    [
        (Estimate(0.3, (0.1, 0.5)), (0.1, 0.5), 1),
        (Estimate(-0.3, (-0.5, -0.1)), (-0.5, -0.1), -1),
        (Estimate(0.3, (0.0, 0.5)), (0.0, 0.5), 0),
        (Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources"), (-0.1, 0.6), 0),
        (Estimate(0.3, (0.0, 0.5), (0.1, 0.6), "few sources"), (0.1, 0.6), 1),
        (Estimate(0.3, (0.3, 0.3), None, "one source"), None, None),
        (Estimate(0.3, None, None, "one source"), None, None),
        (NO_ESTIMATE, None, None),
    ],
)
def test_the_adjusted_interval_is_judged_by_where_there_is_one(
    found: Estimate, judged: tuple[float, float] | None, side: int | None
) -> None:
    assert (found.judged_ci95, found.side) == (judged, side)
