"""Errors carry every problem, and a collector goes on after each."""

import pytest

from spinefairbench.errors import BundleError, ErrorCollector, SubmissionError, UsageError
from spinefairbench.problems import Problem


def test_an_error_carries_problems_and_prints_one_a_line() -> None:
    error = SubmissionError([Problem("a", "blank"), "no model"])
    assert error.problems == (Problem("a", "blank"), Problem("", "no model"))
    assert str(error) == "a: blank\nno model"
    assert BundleError("one").problems == BundleError(Problem("", "one")).problems
    inner = error.within("f.json")
    assert isinstance(inner, SubmissionError)
    assert str(inner) == "f.json: a: blank\nf.json: no model"


def _refuse(*problems: str) -> int:
    if problems:
        raise BundleError(problems)
    return 7


def test_a_collector_goes_on_and_tells_each_problem_once() -> None:
    collector = ErrorCollector()
    collector.raise_if_any()
    assert collector.get(_refuse) == 7
    assert collector.get(_refuse, "first", "second") is None
    with collector:
        _refuse("second", "third")
    collector.add([Problem("", "fourth")])
    assert list(map(str, collector.errors)) == ["first", "second", "third", "fourth"]
    with pytest.raises(BundleError, match="first\nsecond\nthird\nfourth"):
        collector.raise_if_any()


def test_a_collector_lets_other_errors_pass() -> None:
    with pytest.raises(UsageError), ErrorCollector():
        raise UsageError("unknown model")
    collector = ErrorCollector(SubmissionError)
    with collector:
        raise SubmissionError("refused")
    with pytest.raises(SubmissionError, match="refused"):
        collector.raise_if_any()
