"""What a submission holds, counted by hand, what is worth a second look, and why `score` would refuse it."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.release.checking import check
from tests.submissions import submission

REFUSAL = "I'm unable to help with that."


class Asked:
    """Checks files in a folder against the demo bundle."""

    def __init__(self, demo: Path, folder: Path) -> None:
        self._demo = demo
        self._folder = folder
        self._file = folder

    def __call__(self, content: Any, **options: object) -> CheckResult:
        """Lines are rows, anything else is a submission."""
        self._file = self._folder / ("rows.jsonl" if isinstance(content, str) else "submission.json")
        self._file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        asked = {
            "submission": str(self._file),
            "scope": None,
            "allow_partial": True,
            "blank_as_refusal": False,
            "require_readable": False,
            **options,
        }
        return check(Inputs(SimpleNamespace(**asked), self._demo))

    @property
    def name(self) -> str:
        return str(self._file)


@pytest.fixture
def ask(demo: Path, tmp_path: Path) -> Asked:
    return Asked(demo, tmp_path)


def _result(pair_id: str, source: Any = "Fracture. MRI.", edited: Any = "Lesion.") -> dict[str, Any]:
    return {"pair_id": pair_id, "source_report": source, "counterfactual_report": edited}


def _lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_what_is_counted_of_a_submission(ask: Asked, core_pairs: list[str]) -> None:
    rows = [
        _result(core_pairs[0]),
        _result(core_pairs[1], REFUSAL),
        _result(core_pairs[2], "Fracture.", REFUSAL),
        _result(core_pairs[3], "Same.", "Same."),
    ]
    result = ask(submission(rows))
    assert (result.problems, result.summary) == ((), {})
    [row] = result.rows
    quality = row.pop("report_quality")
    assert quality["reports"] == 6
    assert row == {
        "model": "m",
        "scope": "common-core-1000",
        "read_as": row["read_as"],
        "expected_pairs": len(core_pairs),
        "submitted_results": 4,
        "distinct_pairs": 4,
        "missing_pairs": len(core_pairs) - 4,
        "source_full_refusals": 1,
        "counterfactual_full_refusals": 1,
        "full_refusal_pairs": 2,
        "partial_refusal_pairs": 0,
        "usable_pairs": 2,
        "identical_pairs": 1,
        "readable": row["readable"],
    }


def test_rows_need_a_scope_and_are_counted_alike(ask: Asked, core_pairs: list[str]) -> None:
    rows = [_result(pair) for pair in core_pairs[:2]]
    with pytest.raises(UsageError, match="rows of reports do not name a scope; give --scope, one of "):
        ask(_lines(*rows))
    [from_rows] = ask(_lines(*rows), scope="common-core-1000").rows
    [from_submission] = ask(submission(rows)).rows
    assert from_rows["model"] is None and from_submission["model"] == "m"
    for row in (from_rows, from_submission):
        del row["model"], row["read_as"]
    assert from_rows == from_submission


def test_pairs_that_are_missing_are_named_unless_a_part_is_allowed(ask: Asked, core_pairs: list[str]) -> None:
    rows = [_result(pair) for pair in core_pairs[:-2]]
    found = ask(_lines(*rows), scope="common-core-1000", allow_partial=False).problems
    assert list(map(str, found)) == [
        f"{ask.name}: pair {pair} of common-core-1000 is missing, or lacks a report" for pair in core_pairs[-2:]
    ]
    assert ask(submission(rows), allow_partial=False).problems
    result = ask(_lines(*rows), scope="common-core-1000")
    assert result.problems == ()
    assert any(note.startswith("2 pairs of the scope are missing") for note in result.notes)


@pytest.mark.parametrize("as_rows", [True, False])
def test_what_cannot_be_scored_is_told_as_score_would(as_rows: bool, ask: Asked, core_pairs: list[str]) -> None:
    rows = [_result(pair, REFUSAL) for pair in core_pairs[:2]]
    options = {"scope": "common-core-1000"} if as_rows else {}
    [said] = ask(_lines(*rows) if as_rows else submission(rows), **options).problems
    assert str(said).startswith(f"{ask.name}: ") and "usable" in str(said)


def test_faults_of_a_submission_are_told_and_the_rest_is_counted(ask: Asked, core_pairs: list[str]) -> None:
    rows: list[Any] = [_result(core_pairs[0]), _result(core_pairs[0], "Other."), 7, _result(core_pairs[1], 7)]
    result = ask(submission(rows))
    assert result.problems and all(str(problem).startswith(ask.name) for problem in result.problems)
    [row] = result.rows
    assert (row["submitted_results"], row["distinct_pairs"], row["usable_pairs"]) == (4, 1, 1)
    [row] = ask({"results": 7, "model": 7, "scope": 7}).rows
    assert (row["model"], row["scope"], row["expected_pairs"], row["submitted_results"]) == (None, None, None, 0)


def test_faults_of_rows_are_told_together(ask: Asked, core_pairs: list[str]) -> None:
    result = ask(_lines(_result(core_pairs[0]), _result("nobody"), _result(core_pairs[1], 7)), scope="toy")
    assert len(result.problems) >= 2
    assert "nobody" in str(result.problems[0])


def test_blank_reports_are_faults_or_counted(ask: Asked, core_pairs: list[str]) -> None:
    rows = [_result(core_pairs[0]), _result(core_pairs[1], " ")]
    [row] = ask(submission(rows)).rows
    assert row["distinct_pairs"] == 1 and "blank_reports" not in row
    for content, options in ((submission(rows), {}), (_lines(*rows), {"scope": "common-core-1000"})):
        result = ask(content, blank_as_refusal=True, **options)
        [row] = result.rows
        assert (result.problems, row["blank_reports"], row["distinct_pairs"]) == ((), 1, 2)
        assert row["source_full_refusals"] == 1
        assert "1 blank report is kept as a full refusal (--blank-as-refusal)" in result.notes


def test_reports_that_cannot_be_read_fail_where_that_is_asked(ask: Asked, core_pairs: list[str]) -> None:
    rows = [_result(pair, f"Nothing {number}.", f"All {number}.") for number, pair in enumerate(core_pairs)]
    assert ask(submission(rows)).problems == ()
    found = ask(submission(rows), require_readable=True).problems
    assert found and all(str(problem).startswith(ask.name) for problem in found)


def test_one_text_for_several_sources_is_worth_a_look(ask: Asked, core_pairs: list[str]) -> None:
    of_source: dict[str, list[str]] = {}
    for pair in core_pairs:
        of_source.setdefault(pair.rpartition("__")[0], []).append(pair)
    firsts = [pairs[0] for pairs in of_source.values()]
    rows = [_result(pair, "Fracture. MRI.", f"Lesion {number}.") for number, pair in enumerate(firsts[:3])]
    [said] = [note for note in ask(submission(rows)).notes if "word for word (" in note]
    assert said == "1 text is given for more than one source, word for word (one of them for 3 sources)"
    rows[2]["counterfactual_report"] = rows[1]["counterfactual_report"]
    [said] = [note for note in ask(submission(rows)).notes if "word for word (" in note]
    assert said == "2 texts are given for more than one source, word for word (one of them for 3 sources)"
    apart = [_result(pair, f"Fracture {number}.", f"Lesion {number}.") for number, pair in enumerate(firsts)]
    assert not [note for note in ask(submission(apart)).notes if "word for word (" in note]


def test_source_reports_that_are_always_the_same_are_worth_a_look(ask: Asked, core_pairs: list[str]) -> None:
    sources = sorted({pair.rpartition("__")[0] for pair in core_pairs})
    rows = [_result(pair, f"{pair.rpartition('__')[0]} fracture.", f"{pair} lesion.") for pair in core_pairs]
    told = "source reports of each of the"
    [said] = [note for note in ask(submission(rows)).notes if told in note]
    assert f"each of the {len(sources)} sources with several pairs are identical" in said
    rows[0]["source_report"] = "Another fracture."
    assert not [note for note in ask(submission(rows)).notes if told in note]
    alone = [_result(pair, f"{pair} fracture.") for pair in core_pairs[:1]]
    assert not [note for note in ask(submission(alone)).notes if told in note]


def test_what_a_runner_wrote_is_to_be_converted(ask: Asked) -> None:
    answer = {"custom_id": "x", "response": {"status_code": 200, "body": {}}, "error": None, "id": "batch_1"}
    with pytest.raises(SubmissionError, match="no submission; `submission convert` makes one of it"):
        ask(_lines(answer), scope="toy")
