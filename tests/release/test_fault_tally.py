"""Faults that many rows share: the first few are told, the others counted."""

from spinefairbench.problems import Problem
from spinefairbench.release.fault_tally import FaultTally


def test_the_first_of_each_kind_are_told_in_order_and_the_others_counted() -> None:
    problems = [Problem("before", "stays")]
    tally = FaultTally(problems)
    for number in range(5):
        tally.add("odd", Problem(f"line {number}", "odd"), most=2)
        tally.add("even", Problem(f"line {number}", "even"), most=1)
    tally.close()
    assert [str(problem) for problem in problems] == [
        "before: stays",
        "line 0: odd",
        "line 0: even; and so in 4 more rows",
        "line 1: odd; and so in 3 more rows",
    ]


def test_what_is_told_whole_has_no_count() -> None:
    problems: list[Problem] = []
    tally = FaultTally(problems)
    tally.add("odd", Problem("line 1", "odd"))
    tally.close()
    tally.close()
    assert [str(problem) for problem in problems] == ["line 1: odd"]
