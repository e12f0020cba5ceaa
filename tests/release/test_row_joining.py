"""Rows of reports joined by pair: both layouts, what is carried along, and every fault with its place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.errors import SubmissionError
from spinefairbench.release.report_rows import Row, RowFile
from spinefairbench.release.row_joining import RowJoiner

Fields = Mapping[str, Any]


class Joined:
    """What a joiner makes of rows, whose places are their numbers."""

    def __init__(self, demo: Path, *rows: Fields, columns: tuple[str, ...] | None = None, **options: bool) -> None:
        settings: dict[str, bool] = {"ignore_extra": False, **options}
        self.joiner = RowJoiner(open_bundle(demo), "common-core-1000", [], **settings)
        numbered = (Row(f"row {number}", row) for number, row in enumerate(rows, 1))
        self.count = self.joiner.take(RowFile("rows", "rows", columns, numbered))
        self.results = self.joiner.finish()
        self.problems = list(map(str, self.joiner.problems))


def _wide(pair_id: str, source: Any = "Fracture.", edited: Any = "MRI.", **more: Any) -> Fields:
    return {"pair_id": pair_id, "source_report": source, "counterfactual_report": edited, **more}


def _long(pair_id: str, role: Any, report: Any = "Fracture.", **more: Any) -> Fields:
    return {"pair_id": pair_id, "role": role, "report": report, **more}


def test_wide_rows_are_results_sorted_by_pair(demo: Path, core_pairs: list[str]) -> None:
    first, second, *_ = core_pairs
    joined = Joined(demo, _wide(second), _wide(first, "One.", "Two.", metadata={"run": 1}))
    assert (joined.count, joined.problems) == (2, [])
    assert joined.results == [
        {"pair_id": first, "source_report": "One.", "counterfactual_report": "Two.", "metadata": {"run": 1}},
        {"pair_id": second, "source_report": "Fracture.", "counterfactual_report": "MRI."},
    ]


@pytest.mark.parametrize("role", ["counterfactual", "generated"])
def test_long_rows_are_joined_by_pair(role: str, demo: Path, core_pairs: list[str]) -> None:
    pair, *_ = core_pairs
    joined = Joined(demo, _long(pair, role, "Two."), _long(pair, "source", "One.", metadata={"run": 1}))
    assert joined.problems == []
    [result] = joined.results
    assert (result["source_report"], result["counterfactual_report"]) == ("One.", "Two.")
    assert result["metadata"] == {"run": 1}


def test_two_names_for_the_edited_image_are_told_once(demo: Path, core_pairs: list[str]) -> None:
    one, other, *_ = core_pairs
    joined = Joined(
        demo, _long(one, "source"), _long(one, "generated"), _long(other, "source"), _long(other, "counterfactual")
    )
    assert joined.problems == [
        (
            "mixed roles: the edited image's report is given two role names ('generated' at row 2, 'counterfactual' at "
            "row 4); use one"
        )
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"source_report": "a", "counterfactual_report": "b"}, "pair_id is missing"),
        ({"pair_id": "P", "source_report": "a"}, "counterfactual_report is missing beside source_report"),
        ({"pair_id": "P", "counterfactual_report": "a"}, "source_report is missing beside counterfactual_report"),
        ({"pair_id": "P", "role": "source"}, "report is missing beside role"),
        ({"pair_id": "P", "report": "a"}, "role is missing beside report"),
        (
            {"pair_id": "P", "source_report": "a", "role": "source"},
            "source_report and role in one row; expected either both reports or one report and its role",
        ),
        (
            {"pair_id": "P"},
            "no reports; expected source_report and counterfactual_report, or role and report",
        ),
        (_wide("P", more=1, other=2), "unknown 'more', 'other'; expected counterfactual_image, counterfactual_report, "),
        (_wide("P", 7), "the source report of P: expected a text, found 7"),
        (_wide("P", "a", None), "the counterfactual report of P: expected a text, found None"),
        (_wide("P", "a", " \n"), "the counterfactual report of P is blank"),
        (_wide("P", source_id="x"), "source_id is 'x'; the pair_id says '"),
        (_wide("P", edit_label="x"), "edit_label is 'x'; the pair_id says '"),
        (_wide("P", metadata="x"), "metadata: expected an object, found 'x'"),
        (_wide("nobody__young_male"), "unknown pair 'nobody__young_male'; expected a QC-passed pair of this bundle"),
        ({**_wide("P"), "pair_id": 7}, "unknown pair 7; expected a QC-passed pair of this bundle"),
        (_long("P", "both"), "role: expected source or counterfactual, found 'both'"),
        (_long("P", ["source"]), "role: expected source or counterfactual, found "),
    ],
)  # fmt: skip
def test_each_fault_of_a_row_has_its_place(row: Fields, told: str, demo: Path, core_pairs: list[str]) -> None:
    pair, *_ = core_pairs
    own = {key: pair if value == "P" else value for key, value in row.items()}
    joined = Joined(demo, own)
    first = joined.problems[0]
    assert first.startswith(f"row 1: {told.replace('of P', f'of {pair}')}")
    advice = ["1 blank report: ask again where an answer was lost; "] if "blank" in told else []
    assert [said[: len(wanted)] for said, wanted in zip(joined.problems[1:], advice, strict=True)] == advice


def test_fields_that_say_what_the_pair_says_are_no_fault(demo: Path, core_pairs: list[str]) -> None:
    pair, *_ = core_pairs
    source_id, _, edit = pair.rpartition("__")
    rows = [_wide(pair, source_id=source_id, edit_label=edit, counterfactual_image="x", metadata="")]
    assert Joined(demo, *rows).problems == []
    assert Joined(demo, _wide(pair, source_id="", edit_label=None, system_prompt="x")).problems == []


def test_extra_fields_may_be_left_out_and_are_told(demo: Path, core_pairs: list[str]) -> None:
    joined = Joined(demo, _wide(core_pairs[0], b=1, a=2), _wide(core_pairs[1], c=3), ignore_extra=True)
    assert (joined.problems, len(joined.results)) == ([], 2)
    assert joined.joiner.notes == ["ignored because of --ignore-extra: a, b, c"]
    assert Joined(demo).joiner.notes == []


def test_the_same_fault_of_many_rows_is_told_once_and_counted(demo: Path, core_pairs: list[str]) -> None:
    joined = Joined(demo, *(_wide(pair, more=1) for pair in core_pairs[:3]))
    [said] = joined.problems
    assert said.startswith("row 1: unknown 'more'; ") and said.endswith("; and so in 2 more rows")
    assert joined.results == []


def test_faults_of_a_header_are_told_once_and_no_row_is_read(demo: Path, core_pairs: list[str]) -> None:
    joined = Joined(demo, _wide(core_pairs[0]), columns=("pair_id", "source_report"))
    assert joined.problems == ["rows: the header: counterfactual_report is missing beside source_report"]
    assert (joined.count, joined.results) == (0, [])


def test_a_file_has_one_layout(demo: Path, core_pairs: list[str]) -> None:
    one, other, *_ = core_pairs
    joined = Joined(demo, _wide(one), _long(other, "source"))
    assert joined.problems == ["row 2: a long row; the first row of this file is wide"]
    joined = Joined(demo, _long(other, "source"), _wide(one), _long(other, "generated"))
    assert joined.problems == ["row 2: a wide row; the first row of this file is long"]


@pytest.mark.parametrize(("text", "said"), [("Fracture.", "the same text"), ("MRI.", "another text")])
def test_a_second_report_is_told_with_both_places(text: str, said: str, demo: Path, core_pairs: list[str]) -> None:
    pair, *_ = core_pairs
    joined = Joined(demo, _long(pair, "source"), _long(pair, "source", text), _long(pair, "generated"))
    assert joined.problems == [f"row 2: a second source report of {pair} ({said}); the first is at row 1"]
    assert joined.results[0]["source_report"] == "Fracture."


def test_metadata_of_both_rows_must_agree(demo: Path, core_pairs: list[str]) -> None:
    pair, *_ = core_pairs
    rows = [_long(pair, "source", metadata={"a": 1}), _long(pair, "generated", metadata={"a": 2})]
    assert Joined(demo, *rows).problems == [f"row 2: the metadata of {pair} differs from that in its other row"]
    assert Joined(demo, rows[0], _long(pair, "generated", metadata={"a": 1})).problems == []


def test_a_missing_report_is_told_with_the_place_of_the_other_unless_it_was_told_why(
    demo: Path, core_pairs: list[str]
) -> None:
    one, other, *_ = core_pairs
    joined = Joined(demo, _long(one, "generated"), _long(other, "source"), _long(other, "generated", 7))
    assert joined.problems == [
        f"row 3: the counterfactual report of {other}: expected a text, found 7",
        f"{one}: the source report is missing; the counterfactual report is at row 1",
    ]
    assert joined.results == []
    assert joined.joiner.has(one, "counterfactual") and not joined.joiner.has(one, "source")
    assert not joined.joiner.has("nobody", "source")


def test_a_blank_report_may_be_kept(demo: Path, core_pairs: list[str]) -> None:
    joined = Joined(demo, _wide(core_pairs[0], " "), blank_as_refusal=True)
    assert (joined.problems, joined.results[0]["source_report"]) == ([], " ")


def test_reports_may_be_added_and_missing_ones_explained(demo: Path, core_pairs: list[str]) -> None:
    one, other, *_ = core_pairs
    joiner = RowJoiner(open_bundle(demo), "common-core-1000", [], ignore_extra=False)
    joiner.add(one, "source", "Fracture.", "a log")
    assert joiner.pairs_of_one_report == [(one, "counterfactual")]
    joiner.without_report(one, "counterfactual")
    joiner.without_report(other, "source")
    assert (joiner.pairs_of_one_report, joiner.finish(), joiner.problems) == ([], [], [])


def test_a_submission_has_no_rows(demo: Path) -> None:
    joiner = RowJoiner(open_bundle(demo), "toy", [], ignore_extra=False)
    assert joiner.expected is None
    with pytest.raises(SubmissionError, match=r"one JSON object \(a submission\?\)"):
        joiner.take(RowFile("x.json", "JSON", None, iter(()), {"results": []}))
