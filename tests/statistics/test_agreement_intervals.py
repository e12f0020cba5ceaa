"""Intervals for the agreement between readers."""

import math

import pytest

from spinefairbench.statistics.agreement import agreement
from spinefairbench.statistics.agreement_intervals import agreement_intervals
from spinefairbench.statistics.distributions import student_t_quantile

Table = list[list[int]]
#: Three readers, 450 pairs, Yes and No: the published marginals of the plausibility question.
READER_STUDY: Table = [[3, 0]] * 434 + [[2, 1]] * 9 + [[1, 2]] * 4 + [[0, 3]] * 3
#: 100 pairs of which the readers see a rarer finding in one of three.
COMMON: Table = [[3, 0]] * 55 + [[2, 1]] * 15 + [[1, 2]] * 12 + [[0, 3]] * 18


def ids(table: Table, pairs: int = 1) -> list[str]:
    return [f"s{place // pairs}" for place in range(len(table))]


def jackknifed(table: Table, name: str) -> tuple[float, float]:
    """The interval with every coefficient computed anew, one subject left out at a time."""
    n = len(table)
    left = [math.log(1 - getattr(agreement(table[:at] + table[at + 1 :]), name)) for at in range(n)]
    mean = sum(left) / n
    error = math.sqrt((n - 1) / n * sum((each - mean) ** 2 for each in left))
    full, reach = math.log(1 - getattr(agreement(table), name)), student_t_quantile(0.975, n - 1) * error
    return 1 - math.exp(full + reach), 1 - math.exp(full - reach)


def test_both_intervals_are_those_of_a_jackknife_written_out() -> None:
    found = agreement_intervals(COMMON, ids(COMMON))
    assert found.fleiss_kappa.interval == pytest.approx(jackknifed(COMMON, "fleiss_kappa"), abs=1e-9)
    assert found.gwet_ac1.interval == pytest.approx(jackknifed(COMMON, "gwet_ac1"), abs=1e-9)


def test_the_reader_study_has_an_interval_of_ac1_and_none_of_kappa() -> None:
    found = agreement_intervals(READER_STUDY, ids(READER_STUDY))
    low, high = found.gwet_ac1.interval or (1.0, 0.0)
    # AC1 is 0.980; 13 of 450 pairs have a disagreement, so the interval is asymmetric and stays below 1.
    assert 0.96 < low < 0.980 < high < 0.99 and 0.980 - low > high - 0.980
    assert found.fleiss_kappa.interval is None
    assert found.fleiss_kappa.reason == (
        "two readers agree on another answer than the most common one for only 7 of 450 sources (an interval of kappa "
        "needs 20)"
    )


def test_pairs_of_one_source_that_are_answered_alike_count_once() -> None:
    once = agreement_intervals(COMMON, ids(COMMON)).gwet_ac1.interval
    doubled = [row for row in COMMON for _ in range(2)]
    twice = agreement_intervals(doubled, ids(doubled, 2)).gwet_ac1.interval
    apart = agreement_intervals(doubled, ids(doubled)).gwet_ac1.interval
    assert once is not None and twice is not None and apart is not None
    assert twice == pytest.approx(once, abs=1e-12)
    assert apart[1] - apart[0] < 0.8 * (once[1] - once[0])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[2, 1]] * 49, "there are only 49 sources"),
        ([[3, 0]] * 60, "the readers disagree on only 0 of 60 sources"),
        ([[3, 0]] * 91 + [[2, 1]] * 9, "the readers disagree on only 9 of 100 sources"),
    ],
)
def test_too_little_to_go_by_is_a_reason_for_both(table: Table, said: str) -> None:
    found = agreement_intervals(table, ids(table))
    assert found.fleiss_kappa.interval is None and found.gwet_ac1.interval is None
    assert said in str(found.gwet_ac1.reason) and found.fleiss_kappa.reason == found.gwet_ac1.reason
