"""Each condition's intervals come from its own seed, those of consistency from two."""

import pytest

from spinefairbench.analysis.mitigation_intervals import ConditionIntervals, condition_intervals
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals

CHANGE = ClusterTotals((0, 1, 2, 1, 4), (4, 4, 3, 4, 4))
CONSISTENCY = ClusterTotals((3, 4, 9, 7, 2), (4, 4, 3, 4, 4), 4)


@pytest.mark.parametrize(
    ("condition", "seed"), [("condition_a", 101), ("condition_b", 200), ("condition_bprime", 210), ("condition_d", 220)]
)
def test_the_seeds_of_a_condition(condition: str, seed: int) -> None:
    other = ("n", "condition_d"), ByEndpoint[ClusterTotals | None](None, None)
    found = condition_intervals(dict([(("m", condition), ByEndpoint(CHANGE, CONSISTENCY)), other]), Bootstrap(5, 1))
    change, same = percentile_intervals([CHANGE, CONSISTENCY], Bootstrap(10_000, seed))
    [following] = percentile_intervals([CONSISTENCY], Bootstrap(10_000, seed + 1))
    assert found["m", condition] == (change, same, following)
    assert found["n", "condition_d"] == ConditionIntervals()


def test_without_a_diagnosis_there_is_no_interval_of_it() -> None:
    found = condition_intervals({("m", "condition_a"): ByEndpoint(CHANGE, None)}, Bootstrap())
    assert found["m", "condition_a"].recommendation is not None
    assert found["m", "condition_a"][1:] == (None, None)
