"""Intervals of several contrasts: by hand, where few sources are affected, and one inside the other."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spinefairbench.statistics import simultaneous
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import student_t_quantile
from spinefairbench.statistics.intervals import difference_interval
from spinefairbench.statistics.max_t import max_t_tests
from spinefairbench.statistics.simultaneous import ContrastMean, ContrastValues, contrast_means


def means(*contrasts: ContrastValues, iterations: int = 400) -> list[ContrastMean]:
    [result] = max_t_tests([[contrast.flippable for contrast in contrasts]], Bootstrap(iterations))
    return contrast_means(contrasts, result)


def test_with_enough_affected_sources_it_is_students_t_of_those_by_hand() -> None:
    values = [1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1] + [0] * 28
    [found] = means(ContrastValues(values, 2, 2))
    error = statistics.stdev(values) / 2 / math.sqrt(40)
    reach = student_t_quantile(0.975, 11) * error
    assert found.n_sources == 40
    assert found.estimate == 4 / 80
    assert found.interval == pytest.approx((0.05 - reach, 0.05 + reach))
    assert found.reason is None


def test_the_level_of_one_contrast_is_95_and_that_of_many_is_shared() -> None:
    values = [1, -1, 1, 1] * 20
    [alone] = means(ContrastValues(values, 1, 1), iterations=4000)
    assert alone.simultaneous == pytest.approx(alone.interval, rel=0.1)
    # Copies are no further contrasts, and only as many patterns as there are can tell.
    many = means(*[ContrastValues(values, 1, 1)] * 8, iterations=4000)
    assert many[0].simultaneous == pytest.approx(alone.interval, rel=0.1)


def test_where_no_source_is_affected_the_interval_is_no_point() -> None:
    quiet, busy = ContrastValues([0] * 40, 2, 4), ContrastValues([1, -1] * 20, 2, 2)
    found, _ = means(quiet, busy)
    zeros = ClusterTotals((0,) * 40, (1,) * 40, 1)
    single, shared = (difference_interval(zeros, level=1 - error) for error in (0.05, 0.025))
    # A source may be as far from 0 as 4 halves.
    assert found.interval == pytest.approx([2 * bound for bound in single])
    assert found.simultaneous == pytest.approx([2 * bound for bound in shared])
    assert found.estimate == 0
    assert found.interval is not None and found.interval[0] < 0 < found.interval[1]


def test_a_few_sources_in_one_direction_show_nothing_to_a_small_error() -> None:
    # Six that agree have a chance of 2 in 64 where either direction is as likely: below 5%, but not below a share.
    six = ContrastValues([1] * 6 + [0] * 54, 1, 1)
    other = ContrastValues([-value for value in six.units if value is not None], 1, 1)
    found, mirrored, _ = means(six, other, ContrastValues([1, -1] * 30, 1, 1))
    assert found.interval is not None and found.simultaneous is not None
    assert found.interval[0] > 0 > found.simultaneous[0]
    assert mirrored.simultaneous == pytest.approx([-bound for bound in found.simultaneous[::-1]])


def test_a_count_has_no_interval_where_few_sources_are_affected() -> None:
    few, many = [3] * 9 + [0] * 31, [3] * 10 + [0] * 30
    rare, common = means(ContrastValues(few, 1, None), ContrastValues(many, 1, None))
    assert (rare.estimate, rare.interval, rare.simultaneous) == (27 / 40, None, None)
    assert rare.reason is not None and rare.reason.startswith("only 9 of 40 sources")
    assert common.interval is not None and common.reason is None


def test_one_source_and_none_have_no_interval() -> None:
    one, none = means(ContrastValues([1, None], 1, 1), ContrastValues([None, None], 1, 1))
    assert (one.n_sources, one.estimate, one.interval) == (1, 1.0, None)
    assert one.reason == "there is only one source, so nothing shows how much sources differ"
    assert (none.n_sources, none.estimate, none.simultaneous) == (0, None, None)
    assert none.reason == "no source has usable pairs of all edits that are compared"


def test_values_of_other_units_have_intervals_of_other_units() -> None:
    values = [1, 1, 0, -1, 1, 0, 1, -1, 1, 1, 1, 0, 1, 1]
    one, ten = (means(ContrastValues([k * v for v in values], 1, k))[0] for k in (1, 10))
    assert ten.estimate == 10 * (one.estimate or 0)
    assert ten.simultaneous == pytest.approx([10 * bound for bound in one.simultaneous or ()])


@given(st.lists(st.lists(st.integers(-2, 2), min_size=30, max_size=30), min_size=1, max_size=4))
def test_an_interval_holds_its_estimate_and_lies_within_the_simultaneous_one(family: list[list[int]]) -> None:
    for found in means(*(ContrastValues(values, 2, 2) for values in family), iterations=100):
        assert found.interval is not None and found.simultaneous is not None and found.estimate is not None
        assert -1 <= found.simultaneous[0] <= found.interval[0] <= found.estimate
        assert found.estimate <= found.interval[1] <= found.simultaneous[1] <= 1
        assert found.interval[0] < found.interval[1]


@pytest.mark.parametrize("sources", [5, 12, 60])
def test_a_critical_value_has_the_error_of_its_t(sources: int) -> None:
    """The root of the sum of squares that gives t is t·sqrt(n/(n - 1 + t²)); beyond sqrt(n) there is no t."""
    for t in (0.5, 2.0, 4.0):
        critical = t * math.sqrt(sources / (sources - 1 + t * t))
        expected = 2 * stats.t.sf(t, sources - 1)
        assert simultaneous._error_beyond(critical, sources) == pytest.approx(expected, rel=1e-9)
    assert simultaneous._error_beyond(math.sqrt(sources) + 1, sources) == 0.0
