"""Every fault of a report row; and reports read in several processes, where all is the same as in one."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout, panel_rows, reports
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.panel_rows import RetainedRow, checked_row, duplicate
from spinefairbench.bundle.reports import Observer, read_panels
from spinefairbench.errors import BundleError
from spinefairbench.files import json_parts
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.readability import TextMarks
from spinefairbench.parallel import shared_processes
from tests.conftest import Tampering

FULL = layout.evaluation_results(layout.FULL_PANEL)
_Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def _in_many_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, shared_processes():
        patch.setattr(json_parts, "_PART_BYTES", 40_000)
        patch.setattr(reports, "_WORTH_PROCESSES", 0)
        yield


def _length(row: RetainedRow) -> int:
    return len(row.response)


def _everything(root: Path, jobs: int) -> object:
    """All that is read of a bundle: the reports with their marks, what was observed, in order, and every problem."""
    observed: list[tuple[str, str, str, int]] = []
    observer = Observer(_length, lambda *seen: observed.append(seen))
    try:
        models, problems = read_panels(open_bundle(root), observer=observer, jobs=jobs)
    except BundleError as error:
        return [str(problem) for problem in error.problems], observed
    marks = [(pair.source_marks, pair.counterfactual_marks) for model in models for pair in model.pairs]
    return models, marks, [str(problem) for problem in problems], observed


def test_two_processes_read_what_one_does(demo: Path) -> None:
    assert _everything(demo, 2) == _everything(demo, 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_was_read_has_its_names_again_and_equal_features_are_one(demo: Path, jobs: int) -> None:
    [model, *_], _ = read_panels(open_bundle(demo), jobs=jobs)
    reports = [report for pair in model.pairs for report in (pair.source, pair.counterfactual)]
    assert {type(report) for report in reports} == {ReportFeatures}
    assert {type(pair.source_marks) for pair in model.pairs} == {TextMarks}
    assert len(set(map(id, reports))) == len(set(reports)) < len(reports)


def _many_faults(rows: _Rows) -> _Rows:
    rows[3]["error"] = "timeout"
    rows[4]["response"] = " "
    rows[40]["image_role"] = 1
    rows[41] |= {"model": 7, "pair_id": "x", "response": None}
    rows[70]["model"] = "unknown-model"
    rows[200] |= {"source_id": "other"}
    return [*rows[:150], rows[0], *rows[150:], rows[20]]


def _insert(text: str) -> Callable[[str], str]:
    def change(before: str) -> str:
        middle = before.index('{"model"', len(before) // 2)
        return before[:middle] + text + before[middle:]

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda text: json.dumps(_many_faults(json.loads(text))),
        lambda text: json.dumps(_many_faults(json.loads(text)), indent=1),
        lambda text: json.dumps([row | {"extra": [{}, {}]} for row in json.loads(text)]),
        lambda text: json.dumps([row | {"extra": [{"a": 1}, {"a": 2}]} for row in json.loads(text)]),
        _insert("{"),
        _insert("7, "),
        _insert('{"a": 1, "a": 2},'),
        _insert("{}], [{},"),
        lambda text: text[: len(text) * 2 // 3],
        lambda text: text + "[]",
        lambda text: "\ufeff" + text,
        lambda text: "[]",
        lambda text: "",
    ],
    ids=range(13),
)
def test_two_processes_say_of_faults_what_one_does(change: Callable[[str], str], tampering: Tampering) -> None:
    tampering.text(FULL, change)
    assert _everything(tampering.root, 2) == _everything(tampering.root, 1)


def test_rows_that_hold_what_looks_like_the_end_of_a_row_are_read(tampering: Tampering) -> None:
    """A part that is no whole rows is read on from there, and no row is read twice or left out."""

    def change(rows: _Rows) -> None:
        rows[150]["response"] = "}, {" * 20_000
        rows[250]["extra"] = [{"a": 1}] * 20_000

    tampering.json(FULL, change)
    found = _everything(tampering.root, 2)
    assert found == _everything(tampering.root, 1)
    assert not read_panels(open_bundle(tampering.root), jobs=2).problems


def test_a_file_is_read_in_parts_where_several_processes_may(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Iterator[Any]:
        raise AssertionError("read from the start in one process")

    monkeypatch.setattr(panel_rows, "iter_json_array", refuse)
    assert len(read_panels(open_bundle(demo), jobs=2).models) == 9
    with pytest.raises(AssertionError, match="in one process"):
        read_panels(open_bundle(demo), jobs=1)


ROW = {
    "model": "m", "pair_id": "buu_1__young_male", "image_role": "source", "response": "MRI.", "error": None,
    "pair_source_id": "buu_1", "edit_label": "young_male",
}  # fmt: skip
NAMED = "row 3 (m, buu_1__young_male, source)"


@pytest.mark.parametrize(
    "fields",
    [{}, {"error": ""}, {"source_id": "buu_1", "pair_source_id": None}, {"source_id": "buu_1"}, {"response": " MRI "}],
)
def test_a_sound_row_is_kept(fields: dict[str, Any]) -> None:
    row = ROW | fields
    assert checked_row(row, "row 3", frozenset({"buu_1"})) == RetainedRow(
        "m", "buu_1__young_male", "source", row["response"]
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": ""}, "row 3 (, buu_1__young_male, source): model: expected a name, found ''"),
        ({"model": None}, "row 3 (None, buu_1__young_male, source): model: expected a name, found None"),
        (
            {"image_role": "edited"},
            "row 3 (m, buu_1__young_male, edited): unknown image_role 'edited'; expected 'source' or 'generated'",
        ),
        ({"error": False}, f"{NAMED}: unresolved error False"),
        ({"error": "timeout"}, f"{NAMED}: unresolved error 'timeout'"),
        ({"error": 0}, f"{NAMED}: unresolved error 0"),
        ({"response": 7}, f"{NAMED}: response: expected a text, found 7"),
        ({"response": ["MRI."]}, f"{NAMED}: response: expected a text, found ['MRI.']"),
        ({"response": ""}, f"{NAMED}: the report is blank"),
        ({"response": "\u00a0\n"}, f"{NAMED}: the report is blank"),
        ({"pair_id": None}, "row 3: pair_id: expected a text, found None"),
        (
            {"pair_id": "buu_1"},
            "row 3 (m, buu_1, source): pair_id is not source_id__edit_label with one of the four edits",
        ),
        ({"pair_source_id": None}, f"{NAMED}: neither pair_source_id nor source_id is given"),
        ({"source_id": "buu_2"}, f"{NAMED}: source_id is 'buu_2'; the pair_id says 'buu_1'"),
        ({"pair_source_id": 1}, f"{NAMED}: pair_source_id is 1; the pair_id says 'buu_1'"),
        ({"edit_label": None}, f"{NAMED}: edit_label is None; the pair_id says 'young_male'"),
        (
            {"pair_id": "buu_2__young_male", "pair_source_id": "buu_2"},
            "row 3 (m, buu_2__young_male, source): the source buu_2 is outside the common core",
        ),
    ],
)
def test_a_fault_of_a_row_is_named_with_its_place(fields: dict[str, Any], said: str) -> None:
    problems = checked_row(ROW | fields, "row 3", frozenset({"buu_1"}))
    assert isinstance(problems, list)
    assert list(map(str, problems)) == [said]


def test_all_faults_of_a_row_are_named_at_once() -> None:
    row = ROW | {"model": 1, "image_role": None, "error": "x", "response": "", "source_id": "b", "edit_label": "c"}
    problems = checked_row(row, "row 3", frozenset())
    assert isinstance(problems, list) and len(problems) == 7


def test_a_repeated_row_is_named_by_what_it_repeats() -> None:
    assert str(duplicate(RetainedRow("m", "p", "source", "MRI."), "row 3")) == "row 3: duplicate source report of m, p"
