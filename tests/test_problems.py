"""A problem is its place and its message; `expect` says once how a value that disagrees is told."""

import pytest

from spinefairbench.problems import (
    HALF_OF_THIRD_DECIMAL,
    Problem,
    ProblemKind,
    Reference,
    as_problem,
    expect,
    expect_each,
    missing,
    shortened,
)


def test_a_problem_is_printed_as_place_and_message() -> None:
    assert str(Problem("a.csv: line 3", "blank")) == "a.csv: line 3: blank"
    assert str(Problem("", "no model")) == "no model"
    assert str(missing("x").within("a.json")) == "a.json: x: missing"
    assert str(as_problem("no model").within("a.json")) == "a.json: no model"
    assert missing("x").within("a.json").kind is ProblemKind.MISSING


def test_values_that_agree_are_no_problem() -> None:
    assert not expect("a", "a", name="panel")
    assert not expect(0.1234, 0.123, HALF_OF_THIRD_DECIMAL, name="rate")
    assert not expect((0.1, 0.2), [0.1, 0.2], 0.0, name="interval")
    assert not expect(None, None, 0.0, name="rate")


@pytest.mark.parametrize(
    ("actual", "wanted", "said"),
    [
        (0.1241, 0.123, "m: rate is 0.1241; the published value is 0.123"),
        (None, 0.5, "m: rate is None; the published value is 0.5"),
        (float("nan"), 0.5, "m: rate is nan; the published value is 0.5"),
        ((0.1, 0.2), [0.1, 0.3], "m: rate is [0.1, 0.2]; the published value is [0.1, 0.3]"),
        ([0.1], [0.1, 0.3], "m: rate is [0.1]; the published value is [0.1, 0.3]"),
    ],
)
def test_values_that_disagree_are_told_with_their_source(actual: object, wanted: object, said: str) -> None:
    (problem,) = expect(actual, wanted, HALF_OF_THIRD_DECIMAL, name="rate", place="m")
    assert str(problem) == said
    assert problem.kind is ProblemKind.MISMATCH


def test_each_named_field_is_compared() -> None:
    found = expect_each(("real", "imag"), 1 + 2j, {"real": 1.0, "imag": 3.0}, reference=Reference.FROZEN_SUMMARY)
    assert list(map(str, found)) == ["imag is 2.0; the frozen summary has 3.0"]


def test_what_is_shown_is_never_long() -> None:
    assert shortened("x" * 200) == "'" + "x" * 76 + "..."
