"""The rows of the mitigation panel: which are counted, which are kept, and what is said of the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_reports import MitigationReports, read_mitigation_reports
from spinefairbench.errors import BundleError
from spinefairbench.metrics.condition_report import ReportState
from spinefairbench.metrics.features import label_names, recommendation_names

FILE = layout.evaluation_results(layout.MITIGATION_PANEL)
PANEL = layout.panel_folder(layout.MITIGATION_PANEL)
PAIR = "buu_1__young_male"
B, D = "mitigation_b_stage2", "mitigation_d_stage25"


def row(**fields: Any) -> dict[str, Any]:
    usual = {
        "model": "m", "pair_id": PAIR, "pair_source_id": "buu_1", "image_role": "source", "experiment_step": B,
        "response": "MRI is advised.", "error": None, "stage1_output_path": "/x/s.txt",
    }  # fmt: skip
    return {**usual, **fields}


def read(root: Path, *rows: Any, **files: str) -> MitigationReports:
    contents = {FILE: json.dumps(rows), f"{PANEL}/stage1_outputs/m/s.txt": "Primary diagnosis: fracture"}
    contents |= {f"{PANEL}/raw/m/{name.replace('_', '.')}": text for name, text in files.items()}
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return read_mitigation_reports(Bundle(root), ["m"], {"buu_1"})


EDITED = row(image_role="generated", response="Surgery.")


def test_both_reports_of_a_pair_are_read_with_the_labels_of_stage_1(tmp_path: Path) -> None:
    found = read(tmp_path, row(), EDITED)
    source, edited = found.conditions["m"]["condition_b"][PAIR]
    assert found.problems == ()
    assert label_names(source.labels or 0) == label_names(edited.labels or 0) == ("Fracture",)
    assert recommendation_names(source.recommendations) == ("imaging",)
    assert recommendation_names(edited.recommendations) == ("surgery",)


def test_the_last_row_of_a_report_counts(tmp_path: Path) -> None:
    retried = row(response=None, error="timeout"), EDITED, row(response="Refer."), row(response="Monitor.")
    source, _ = read(tmp_path, *retried).conditions["m"]["condition_b"][PAIR]
    assert recommendation_names(source.recommendations) == ("monitoring",)
    source, _ = read(tmp_path, row(), EDITED, row(failure_code="blocked")).conditions["m"]["condition_b"][PAIR]
    assert source.state is ReportState.API_FAILURE


def test_other_keys_and_roles_name_the_same(tmp_path: Path) -> None:
    other = row(
        model="m-2026-01", requested_model="m", pair_source_id=None, source_id="buu_1", image_role="counterfactual"
    )
    bare = {key: value for key, value in row(requested_model="m").items() if key not in ("model", "pair_source_id")}
    found = read(tmp_path, bare, other)
    assert found.problems == () and set(found.conditions) == {"m"}


def test_a_response_kept_in_a_file_is_read_and_one_whose_file_is_gone_is_missing(tmp_path: Path) -> None:
    kept = row(response=None, raw_output_path="/x/r.txt")
    gone = row(image_role="generated", response=" ", raw_output_path="/x/q.txt")
    source, edited = read(tmp_path, kept, gone, r_txt="Surgery.").conditions["m"]["condition_b"][PAIR]
    assert recommendation_names(source.recommendations) == ("surgery",)
    assert (edited.state, edited.lacks) == (ReportState.MISSING, "texts")


def test_a_rewrite_stands_for_the_row_s_own_text(tmp_path: Path) -> None:
    rows = [
        row(experiment_step=D, stage2_5_rewrite_path="/x/w.json"),
        row(experiment_step=D, image_role="generated", stage2_5_rewrite_path="/x/gone.json"),
    ]
    source, edited = read(tmp_path, *rows, w_json='{"rewritten_output": "Surgery."}').conditions["m"]["condition_d"][
        PAIR
    ]
    assert recommendation_names(source.recommendations) == ("surgery",)
    assert recommendation_names(edited.recommendations) == ("imaging",)
    rows[1]["response"] = None
    _, edited = read(tmp_path, *rows, w_json="{}").conditions["m"]["condition_d"][PAIR]
    assert (edited.state, edited.lacks) == (ReportState.MISSING, "rewrites")


def test_a_rewrite_that_is_no_json_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = row(experiment_step=D, stage2_5_rewrite_path="w.json")
    found = read(tmp_path, broken, row(experiment_step=D, image_role="generated"), row(), EDITED, w_json="{")
    [problem] = map(str, found.problems)
    assert "w.json: not JSON" in problem and "row 1" in problem
    source, edited = found.conditions["m"]["condition_d"][PAIR]
    assert (source.state, edited.state) == (ReportState.MISSING, ReportState.USABLE)
    assert set(found.conditions["m"]) == {"condition_b", "condition_d"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": None}, "neither model nor requested_model"), ({"model": 7}, "neither model nor requested_model"),
        ({"image_role": "sideways"}, "unknown image_role 'sideways'"), ({"image_role": ["source"]}, "unknown image_role"),
        ({"pair_id": "buu_1"}, "not source_id__edit_label"), ({"pair_id": None}, "not source_id__edit_label"),
        ({"source_id": "other"}, "source_id is 'other'"), ({"response": 7}, "expected a text, found 7"),
        ({"stage1_output_path": "../../s.txt"}, "holds '..'"), ({"stage1_output_path": {"a": 1}}, "expected a path"),
        ({"raw_output_path": "../x", "response": ""}, "holds '..'"), ({"stage2_5_rewrite_path": 7}, "expected a path"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_one_sentence_and_the_rest_is_read(
    tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    other = "buu_1__young_female"
    rest = row(pair_id=other), row(pair_id=other, image_role="generated")
    found = read(tmp_path, row(**fields), row(**fields), EDITED, *rest)
    assert any(said in str(problem) for problem in found.problems)
    assert len(found.problems) <= 3
    assert other in found.conditions["m"]["condition_b"]


def test_a_pair_with_one_report_is_left_out_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, row())
    assert found.conditions["m"]["condition_b"] == {}
    assert str(found.problems[0]).endswith(f"m, {B}: 1 of 1 pairs have one report only, {PAIR} for one")


def test_the_census_counts_every_row_with_what_its_paths_lead_to(tmp_path: Path) -> None:
    rows = [
        row(),
        row(stage1_output_path="/x/gone.txt", response=""),
        row(experiment_step="stage1", stage1_output_path=None),
        row(experiment_step=None, pair_id="buu_2__young_male", pair_source_id="buu_2"),
    ]
    census = {each.experiment_step: each for each in read(tmp_path, *rows).census}
    assert census[B].rows == 2
    assert (census[B].with_text, census[B].with_stage1_text, census[B].with_rewrite) == (0.5, 0.5, 0.0)
    assert (census["stage1"].with_text, census["stage1"].with_stage1_text) == (1.0, 0.0)
    assert census[None].rows == 1


def test_sources_outside_the_core_are_counted_and_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, row(pair_id="buu_2__young_male", pair_source_id="buu_2"), row(), EDITED)
    assert found.outside_core == 1 and set(found.conditions["m"]["condition_b"]) == {PAIR}


def test_a_file_that_is_no_list_is_an_error(tmp_path: Path) -> None:
    read(tmp_path)
    (tmp_path / FILE).write_text('[{"model": "m"}, ', encoding="utf-8")
    with pytest.raises(BundleError, match="row 2"):
        read_mitigation_reports(Bundle(tmp_path), [], set())


@pytest.mark.parametrize(
    "field", [*row(), "requested_model", "source_id", "raw_output_path", "stage2_5_rewrite_path", "failure_code"]
)
def test_no_value_in_a_row_stops_the_reading(tmp_path: Path, field: str) -> None:
    hostile: list[Any] = [
        None,
        True,
        0,
        1.5,
        10**299,
        "",
        " ",
        "\ud800",
        "\0",
        "../x",
        "/x/",
        "C:\\",
        "x" * 5000,
        [],
        {},
        [[None]],
        "m/../../x",
    ]
    other = row(pair_id="buu_1__young_female"), row(pair_id="buu_1__young_female", image_role="generated")
    hostile_rows = [row(**{"experiment_step": D, field: value}) for value in hostile]
    found = read(tmp_path, *hostile_rows, *other)
    assert "buu_1__young_female" in found.conditions["m"]["condition_b"]
    json.dumps([str(problem) for problem in found.problems])
