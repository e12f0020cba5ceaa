"""Reports on control images: submitted, scored, read back, merged and audited; and which name stands for which file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.errors import SubmissionError
from spinefairbench.release.merging import Part, merge_submissions
from spinefairbench.release.schema import SCHEMA_V2
from spinefairbench.release.score_file import read_score
from spinefairbench.release.signature import signature_parts
from tests.cli.conftest import FEW, Scored
from tests.conftest import Run
from tests.submissions import panel_submission


@pytest.fixture(scope="module")
def plain(demo: Path) -> dict[str, Any]:
    """The reports of one simulated model as a submission without control arms."""
    return panel_submission(demo, "submitted")


def with_controls(value: dict[str, Any], *entries: dict[str, Any]) -> dict[str, Any]:
    return {**value, "schema_version": SCHEMA_V2, "control_reports": list(entries)}


@pytest.fixture(scope="module")
def controlled(plain: dict[str, Any]) -> dict[str, Any]:
    """The same with a reconstruction of every source, on which the model says what it said of the source once."""
    said = {source_of(row["pair_id"]): row["source_report"] for row in plain["results"]}
    entries = [{"arm": "reconstruction", "source_id": source, "reports": [text]} for source, text in said.items()]
    return with_controls(plain, *entries)


def test_arms_add_a_block_and_change_nothing_else(
    plain: dict[str, Any], controlled: dict[str, Any], scored: Scored
) -> None:
    _, without = scored(plain, "plain")
    path, score = scored(controlled)
    assert set(score) - set(without) == {"control_arms", "control_results"}
    apart = {"control_arms", "control_results", "signature", "scored_at_utc", "noise_floor"}
    assert {key: score[key] for key in without if key not in apart} == {
        key: without[key] for key in without if key not in apart
    }
    assert score["noise_floor"]["recommendation"] == without["noise_floor"]["recommendation"]
    assert "controls" not in signature_parts(without["signature"])
    [arm] = score["control_arms"]
    sources = len({source_of(row["pair_id"]) for row in controlled["results"]})
    assert (arm["arm"], arm["n_sources"], arm["n_reports"]) == ("reconstruction", sources, sources)
    assert signature_parts(score["signature"])["controls"].startswith(f"{sources}#")
    for endpoint in ("recommendation", "diagnostic"):
        found = arm[endpoint]
        assert found["contrast"] == pytest.approx(found["D_edit"] - found["D_control"])
        assert found["ci95"][0] <= found["contrast"] <= found["ci95"][1]
        assert 0 < found["p_value"] <= 1
        assert found["D_edit"] == pytest.approx(score["noise_floor"][endpoint]["T"])
    read = read_score(path).score
    assert [entry.arm for entry in read.reports.controls] == ["reconstruction"] * sources
    assert read.signature == score["signature"]


def test_control_reports_that_cannot_be_used_are_all_told(
    run: Run, demo: Path, plain: dict[str, Any], tmp_path: Path
) -> None:
    source_id = source_of(plain["results"][0]["pair_id"])
    value = with_controls(
        plain,
        {"arm": "reconstruction", "source_id": "nobody", "reports": ["a report"]},
        {"arm": "reconstruction", "source_id": source_id, "reports": ["a report", " \n"]},
        {"arm": "reconstruction", "source_id": source_id, "reports": ["another"]},
        {"arm": "repainted", "source_id": source_id, "reports": ["a report"]},
        {"arm": "null_edit", "source_id": source_id, "reports": []},
        {"arm": "null_edit", "source_id": source_id, "reports": ["x"] * 1001},
        {"arm": "null_edit", "pair_id": source_id, "reports": ["x"]},
        {"arm": ["null_edit"], "source_id": 7, "reports": "x"},
    )
    file, output = tmp_path / "submission.json", tmp_path / "score.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    ran = run("score", "--submission", file, "--output", output, "--artifacts", demo)
    assert ran.status == 2 and not output.exists()
    for said in (
        "$.control_reports[0].source_id: unknown source 'nobody'",
        "$.control_reports[1].reports[1]: blank",
        "$.control_reports[2]: duplicate entry for 'reconstruction',",
        "first at $.control_reports[1]",
        "$.control_reports[3].arm: expected one of reconstruction, null_edit, found 'repainted'",
        "$.control_reports[4].reports: empty",
        "$.control_reports[5].reports: 1,001 reports",
        "$.control_reports[6]: unknown key 'pair_id'",
        "$.control_reports[6].source_id: missing",
        "$.control_reports[7].source_id: expected a text",
        "$.control_reports[7].reports: expected a list",
    ):
        assert said in ran.err
    file.write_text(json.dumps({**value, "schema_version": "spinefairbench-submission-v1"}), encoding="utf-8")
    ran = run("score", "--submission", file, "--output", output, "--artifacts", demo)
    assert "unknown key 'control_reports'" in ran.err


def test_a_source_outside_what_was_submitted_is_refused(
    run: Run, demo: Path, plain: dict[str, Any], tmp_path: Path
) -> None:
    sources = sorted({source_of(row["pair_id"]) for row in plain["results"]})
    part = {**plain, "results": [row for row in plain["results"] if source_of(row["pair_id"]) != sources[0]]}
    file = tmp_path / "submission.json"
    value = with_controls(part, {"arm": "null_edit", "source_id": sources[0], "reports": ["a report"]})
    file.write_text(json.dumps(value), encoding="utf-8")
    ran = run("submission", "check", file, "--allow-partial", "--artifacts", demo)
    assert ran.status != 0
    assert f"$.control_reports[0].source_id: unknown source '{sources[0]}'" in ran.out + ran.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda score: score["control_arms"][0]["recommendation"].update(contrast=0.9), "control_arms[0]"),
        (lambda score: score["control_arms"][0].update(n_reports=1), "n_reports"),
        (lambda score: score.pop("control_results"), "signature"),
        (lambda score: score.update(control_arms=[]), "control_arms"),
        (lambda score: score["control_results"][0].update(arm="repainted"), "$.control_results[0].arm"),
        (lambda score: score["control_results"][0].update(source_id="zz"), "$.control_results[0].source_id"),
        (lambda score: score["control_results"].reverse(), "out of order"),
        (lambda score: score["control_results"][0]["reports"][0].update(recommendations=["no"]), "recommendations"),
    ],
)
def test_a_score_file_whose_arms_were_changed_is_refused(
    controlled: dict[str, Any], scored: Scored, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    path, score = scored(controlled)
    change(score)
    path.write_text(json.dumps(score), encoding="utf-8")
    with pytest.raises(SubmissionError) as refused:
        read_score(path)
    assert said in "\n".join(f"{problem.place} {problem.message}" for problem in refused.value.problems)


def test_arms_that_no_reports_are_behind_are_refused(plain: dict[str, Any], scored: Scored) -> None:
    path, score = scored(plain)
    path.write_text(json.dumps({**score, "control_arms": [{"arm": "reconstruction"}]}), encoding="utf-8")
    with pytest.raises(SubmissionError, match="control_arms"):
        read_score(path)


def test_control_reports_of_parts_are_joined(plain: dict[str, Any]) -> None:
    rows = plain["results"]
    source_id = source_of(rows[0]["pair_id"])
    entry = {"arm": "reconstruction", "source_id": source_id, "reports": ["a report"]}
    first, second = {**plain, "results": rows[:3]}, {**plain, "results": rows[3:]}
    merged = merge_submissions([Part("a", first), Part("b", with_controls(second, entry))])
    assert merged.value["schema_version"] == SCHEMA_V2
    assert merged.value["control_reports"] == [entry]
    other = with_controls(first, {**entry, "reports": ["another report"]})
    with pytest.raises(SubmissionError, match="conflict: reconstruction"):
        merge_submissions([Part("a", other), Part("b", with_controls(second, entry))])


def test_an_audit_of_a_score_shows_its_arms(
    run: Run, demo: Path, controlled: dict[str, Any], scored: Scored, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    path, score = scored(controlled, "score", "--report", str(page))
    options = (*FEW, "--alone", "--artifacts", demo, "--jobs", "1")
    answer = run("audit", path, "--submission", tmp_path / "score-submission.json", *options, "--format", "json").json
    [arm] = answer["summary"]["control_arms"]
    assert {key: value for key, value in arm.items() if key != "model"} == score["control_arms"][0]
    assert "with a control image (reconstruction)" in answer["summary"]["paragraph"]
    assert any("sign-flip test is not given" in note for note in answer["notes"])
    assert "control_arms:" in run("audit", path, *options).out
    shown = page.read_text(encoding="utf-8")
    assert "less change under the control images (reconstruction" in shown
    assert "0.0543 of the 50 years" in shown and "its 192 reports are not released" in shown


def test_an_audit_quotes_what_was_published_of_the_edits(run: Run, demo: Path) -> None:
    notes = run("audit", "radfm", "--alone", *FEW, "--artifacts", demo, "--format", "json", "--jobs", "1").json["notes"]
    for said in ("0.0543 of the 50 years", "not recomputed because its 192 reports are not released"):
        assert any(said in note for note in notes)


# --- which bundle, and which name ------------------------------------------------------------------------------


def test_nothing_of_a_bundle_that_was_refused_is_used(
    run: Run, demo: Path, plain: dict[str, Any], scored: Scored
) -> None:
    path, score = scored(plain)
    path.write_text(json.dumps({**score, "bundle": "release"}), encoding="utf-8")
    options = (*FEW, "--artifacts", demo, "--format", "json", "--jobs", "1")
    for more in ((), ("--alone",)):
        answer = run("audit", path, *more, *options).json
        assert any(note.startswith("no bundle was used") for note in answer["notes"])
        assert {row["by"] for row in answer["summary"]["breakdown"]} == {"edit", "dataset"}
        assert answer["summary"]["differences"] == []


@pytest.mark.parametrize("command", ["audit", "power"])
def test_a_model_of_the_bundle_goes_before_a_file_of_its_name(
    run: Run, demo: Path, plain: dict[str, Any], scored: Scored, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = scored(plain)
    path.rename(path.with_name("radfm"))
    monkeypatch.chdir(path.parent)
    options = ("--artifacts", demo, "--format", "json", *(FEW if command == "audit" else ()))
    assert run(command, "radfm", *options).json["results"][0]["model"] == "radfm"
    assert run(command, "./radfm", *options).json["results"][0]["model"] == "submitted"
