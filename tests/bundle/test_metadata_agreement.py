"""What is stated of a source's age and sex: in both source lists, and by its id."""

from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.metadata_agreement import (
    compare_with_id,
    compare_with_id_of,
    compare_with_other,
    list_problems,
    metadata_agreement,
)
from spinefairbench.bundle.source_metadata import StatedMetadata
from tests.conftest import Tampering

BUU = "buu_0001-F-037Y0"


def _row(age: Any = None, sex: Any = None, source_id: str = "vindr_a") -> dict[str, Any]:
    return {
        "source_id": source_id,
        **({} if age is None else {"source_age": age}),
        **({} if sex is None else {"source_sex": sex}),
    }


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (_row(30), _row(31), ["source_age is 30; there has 31"]),
        (_row(30), _row(45.0), ["source_age is 30; there has 45.0"]),
        (_row(0), _row(45.0), []),
        (_row(30), _row(30.0), []),
        (_row(30), _row(), []),
        (_row(sex="F"), _row(sex="M"), ["source_sex is 'F'; there has 'M'"]),
        (_row(sex="M"), _row(sex="F"), ["source_sex is 'M'; there has 'F'"]),
        (_row(sex="M"), _row(sex="O"), []),
        (_row(sex="F"), _row(), []),
        (_row([30]), _row(30), ["source_age is [30]; there has 30"]),
    ],
)
def test_two_rows_contradict_each_other(one: dict[str, Any], other: dict[str, Any], said: list[str]) -> None:
    assert [problem.message for problem in compare_with_other(one, "here", other, "there")] == said


def test_the_id_counts_where_it_says_age_and_sex() -> None:
    assert compare_with_id(BUU, StatedMetadata(37.0, True), "x") == []
    assert compare_with_id(BUU, StatedMetadata(None, True), "x") == []
    assert compare_with_id("vindr_a", StatedMetadata(1.0, True), "x") == []
    said = [str(problem) for problem in compare_with_id(BUU, StatedMetadata(38.0, False), "x")]
    assert said == ["x: source_sex is not F; the id says F", "x: source_age is 38.0; the id says 37"]


def test_a_row_as_written_is_compared_in_what_it_states() -> None:
    assert compare_with_id_of({}, BUU, "x") == []
    assert [str(p) for p in compare_with_id_of({"source_age": "37"}, BUU, "x")] == [
        "x: source_age: expected a number, found '37'"
    ]
    assert [str(p) for p in compare_with_id_of({"source_sex": 5}, BUU, "x")] == [
        "x: source_sex is not F; the id says F"
    ]


def test_every_row_of_every_list_is_compared_with_the_first_of_its_source() -> None:
    lists: dict[str, list[Any]] = {
        "a": [_row(30), _row(20, source_id="b"), 7],
        "b": [_row(31), {"source_id": 7}, _row(20, source_id="b")],
    }
    assert list(map(str, list_problems(lists))) == ["b: [0] (vindr_a): source_age is 31; a: [0] (vindr_a) has 30"]


def test_a_list_that_cannot_be_read_is_not_compared(tampering: Tampering) -> None:
    assert metadata_agreement(Bundle(tampering.root)) == ((), ())
    tampering.text(layout.PAIRS, lambda text: "")
    found = metadata_agreement(Bundle(tampering.root))
    assert found.problems == ()
    [said] = found.not_checked
    assert said.startswith(f"age and sex of the sources against those in {layout.PAIRS}: {layout.PAIRS}: empty")
