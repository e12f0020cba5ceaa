"""Parts of one run are merged; what they do not agree on is refused with both places."""

import copy
from typing import Any

import pytest

from spinefairbench.errors import SubmissionError
from spinefairbench.release.merging import Part, merge_submissions
from spinefairbench.release.schema import SCHEMA_V2
from tests.submissions import submission

ROWS = [
    {"pair_id": f"buu_{name}__young_male", "source_report": f"Fracture {name}.", "counterfactual_report": "MRI."}
    for name in "cab"
]
REPEATED = {"pair_id": ROWS[0]["pair_id"], "role": "source", "reports": ["Again."]}
CONTROL = {"arm": "reconstruction", "source_id": "buu_a", "reports": ["Fracture."]}


def _part(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return copy.deepcopy(submission(list(rows), **fields))


def _merged(*values: Any) -> Any:
    return merge_submissions([Part(f"{number}.json", value) for number, value in enumerate(values, 1)])


def _refused(*values: Any) -> list[str]:
    with pytest.raises(SubmissionError) as error:
        _merged(*values)
    return [str(problem) for problem in error.value.problems]


def test_results_of_all_parts_are_sorted_by_pair() -> None:
    value, repeated = _merged(_part(ROWS[0]), _part(ROWS[1], ROWS[2]))
    assert value == _part(ROWS[1], ROWS[2], ROWS[0])
    assert repeated == 0


def test_what_is_in_several_parts_word_for_word_is_kept_once_and_counted() -> None:
    first = _part(*ROWS, repeated_reports=[REPEATED], control_reports=[CONTROL]) | {"schema_version": SCHEMA_V2}
    value, repeated = _merged(first, first)
    assert (len(value["results"]), value["repeated_reports"], value["control_reports"]) == (3, [REPEATED], [CONTROL])
    assert repeated == 5


def test_the_latest_version_of_the_parts_is_that_of_the_whole() -> None:
    newer = _part(ROWS[1], repeated_reports=[REPEATED]) | {"schema_version": SCHEMA_V2}
    older = _part(ROWS[0])
    for parts in ((newer, older), (older, newer)):
        value, _ = _merged(*parts)
        assert value["schema_version"] == SCHEMA_V2 != older["schema_version"]
        assert value["repeated_reports"] == [REPEATED]
        assert "control_reports" not in value
    assert "repeated_reports" not in _merged(older, _part(ROWS[2])).value


def test_a_result_that_differs_is_a_conflict_with_both_places() -> None:
    other = {**ROWS[0], "source_report": "Lesion.", "counterfactual_report": "Surgery."}
    [said] = _refused(_part(ROWS[1], ROWS[0]), _part(other))
    assert said == (
        f"conflict: {ROWS[0]['pair_id']}: counterfactual_report and source_report at 2.json: $.results[0] and at "
        "1.json: $.results[1] differ"
    )


def test_repeats_and_controls_are_told_apart_by_all_that_names_them() -> None:
    counterfactual = REPEATED | {"role": "counterfactual"}
    other = CONTROL | {"arm": "null_edit"}
    parts = [
        _part(ROWS[0], repeated_reports=[again], control_reports=[control]) | {"schema_version": SCHEMA_V2}
        for again, control in ((REPEATED, CONTROL), (counterfactual, other))
    ]
    value, _ = _merged(*parts)
    assert value["repeated_reports"] == [counterfactual, REPEATED]
    assert value["control_reports"] == [other, CONTROL]
    parts[1]["repeated_reports"] = [REPEATED | {"reports": ["Otherwise."]}]
    parts[1]["control_reports"] = [CONTROL | {"reports": ["Otherwise."]}]
    assert [said.partition(":")[2].split(" at ")[0] for said in _refused(*parts)] == [
        f" {REPEATED['pair_id']}, source: reports",
        " reconstruction, buu_a: reports",
    ]


def test_parts_of_two_runs_are_refused_with_each_field_that_differs() -> None:
    first = _part(ROWS[0])
    other = _part(ROWS[1]) | {"scope": "toy"}
    other["model"] = {**other["model"], "name": "another"}
    wanted = [
        f"2.json: $.scope is 'toy'; 1.json has {first['scope']!r}",
        f"2.json: $.model.name is 'another'; 1.json has {first['model']['name']!r}",
    ]
    assert _refused(first, other) == wanted
    lacking = copy.deepcopy(first)
    lacking["model"]["version"] = "2"
    assert _refused(lacking, first) == ["2.json: $.model.version is missing; 1.json has '2'"]


def test_every_part_that_cannot_be_read_is_told_of() -> None:
    told = _refused(_part(ROWS[0]), {"schema_version": "x"}, _part({"pair_id": "a"}))
    assert {said.partition(":")[0] for said in told} == {"2.json", "3.json"}


def test_a_blank_report_is_a_fault_unless_it_is_asked_for() -> None:
    blank = _part({**ROWS[0], "source_report": " "})
    [said] = _refused(blank)
    assert said.startswith("1.json: ")
    assert merge_submissions([Part("1.json", blank)], blank_as_refusal=True).value == blank
