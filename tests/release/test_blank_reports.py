"""A blank report is a fault, unless the user says that the model did answer nothing: then it is a full refusal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.demo.phrases import FULL_REFUSALS
from spinefairbench.release.blank_reports import blank_reports_of
from tests.conftest import Run
from tests.release.runners.results import openai_line
from tests.submissions import panel_submission, submission

FEW = ("--bootstrap-iterations", "20")
ADVICE = "--blank-as-refusal counts it as the full refusal that it is by definition"
KEPT = "2 blank reports are kept as full refusals (--blank-as-refusal)"
Put = Callable[[Any], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes a JSON value to a file."""

    def write(value: Any) -> Path:
        (tmp_path / "s.json").write_text(json.dumps(value), encoding="utf-8")
        return tmp_path / "s.json"

    return write


@pytest.fixture
def blank(demo: Path) -> dict[str, Any]:
    """A submission of the whole core, of which two reports are blank."""
    value = panel_submission(demo, "m", "claude-opus-4-6")
    value["results"][0]["source_report"] = ""
    value["results"][3]["counterfactual_report"] = " \n\u2003"
    return value


@pytest.fixture
def scored(run: Run, demo: Path, put: Put, tmp_path: Path) -> Callable[[dict[str, Any]], tuple[Path, dict[str, Any]]]:
    """Scores a submission with blank reports: the score file and its content."""

    def score(value: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
        out = tmp_path / "score.json"
        arguments = ("score", "--submission", put(value), "--output", out, "--artifacts", demo, *FEW)
        done = run(*arguments, "--blank-as-refusal", "--force")
        assert done.status == 0, done.err
        return out, json.loads(out.read_bytes())

    return score


def test_one_blank_report_is_a_fault_that_says_what_to_do(
    run: Run, demo: Path, put: Put, blank: dict[str, Any], tmp_path: Path
) -> None:
    score = ("score", "--submission", put(blank), "--output", tmp_path / "score.json", *FEW)
    for command in (score, ("submission", "check", put(blank))):
        done = run(*command, "--artifacts", demo)
        assert done.status in (1, 2)
        assert "$.results[0].source_report: blank; expected a text" in done.err
        assert done.err.count(ADVICE) == 1
    assert not (tmp_path / "score.json").exists()


def test_a_blank_report_scores_as_any_other_full_refusal(
    scored: Callable[[dict[str, Any]], tuple[Path, dict[str, Any]]], blank: dict[str, Any]
) -> None:
    _, found = scored(blank)
    refused = json.loads(json.dumps(blank))
    refused["results"][0]["source_report"] = FULL_REFUSALS[0]
    refused["results"][3]["counterfactual_report"] = FULL_REFUSALS[0]
    _, same = scored(refused)
    assert (found["data_quality"].pop("blank_reports"), "blank_reports" in same["data_quality"]) == (2, False)
    for key in ("data_quality", "primary_endpoints", "table2_row", "noise_floor", "per_pair_results", "coverage"):
        assert found[key] == same[key]
    assert found["data_quality"]["pair_full_refusals"] == 2
    assert found["signature"].split("|").count("blank:2-as-refusal") == 1
    assert found["signature"].replace("blank:2-as-refusal|", "") == same["signature"]
    assert KEPT in found["warnings"]
    assert found["coverage"]["comparable_to_panel_scope"]


def test_a_score_with_blank_reports_is_read_back_and_ranked_with_the_panel(
    scored: Callable[[dict[str, Any]], tuple[Path, dict[str, Any]]],
    run: Run, demo: Path, blank: dict[str, Any], tmp_path: Path,
) -> None:  # fmt: skip
    path, value = scored(blank)
    board = ("leaderboard", "build", path, "--panel", "--artifacts", demo)
    assert run(*board, "--output", tmp_path / "board").status == 0
    table = json.loads((tmp_path / "board" / "leaderboard.json").read_bytes())
    assert "m" in json.dumps(table)
    audited = run("audit", path, "--submission", tmp_path / "s.json", "--artifacts", demo, "--alone", *FEW)
    assert audited.status == 0, audited.err
    for number, said in ((1, "$.signature"), (9, "more than there are full refusals"), (-1, "at least 0")):
        value["data_quality"]["blank_reports"] = number
        path.write_text(json.dumps(value), encoding="utf-8")
        done = run("leaderboard", "build", path, "--output", tmp_path / "other")
        assert (done.status, said in done.err) == (2, True), done.err


def test_every_command_that_reads_a_submission_can_take_blank_reports(
    run: Run, demo: Path, put: Put, blank: dict[str, Any], tmp_path: Path
) -> None:
    path = put(blank)
    for command in (
        ("submission", "check", path),
        ("submission", "merge", path, "--output", tmp_path / "merged.json"),
        ("refusals", "--submission", path, *FEW),
        ("disparity", "--submission", path, *FEW),
        ("parser-audit", "--submission", path, *FEW),
        ("noise-floor", "--submission", path, *FEW),
        ("transitions", "--submission", path, *FEW),
        ("breakdown", "--by", "edit", "--submission", path, *FEW),
        ("explain", "--submission", path),
    ):
        assert run(*command, "--artifacts", demo).status in (1, 2)
        done = run(*command, "--artifacts", demo, "--blank-as-refusal")
        assert done.status == 0, done.err
    checked = run("submission", "check", path, "--artifacts", demo, "--blank-as-refusal", "--format", "json").json
    assert (checked["results"][0]["blank_reports"], checked["results"][0]["full_refusal_pairs"]) == (2, 2)
    assert KEPT in checked["notes"]
    assert not any("identical" in note for note in checked["notes"])


def test_blank_rows_are_converted_on_request(run: Run, demo: Path, core_pairs: list[str], tmp_path: Path) -> None:
    rows = [
        {"pair_id": pair_id, "source_report": source_report, "counterfactual_report": f"Fracture {pair_id}."}
        for pair_id, source_report in zip(core_pairs, ("  ", "  ", "Fracture."), strict=False)
    ]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    out = tmp_path / "out.json"
    arguments = (
        "submission",
        "convert",
        tmp_path / "rows.json",
        "--scope",
        "toy",
        "--model-name",
        "m",
        "--output",
        out,
    )
    refused = run(*arguments, "--artifacts", demo)
    assert (refused.status, refused.err.count("is blank"), refused.err.count(ADVICE)) == (2, 2, 1)
    done = run(*arguments, "--artifacts", demo, "--blank-as-refusal", "--format", "json")
    assert done.status == 0, done.err
    assert (done.json["results"][0]["blank_reports"], KEPT in done.json["notes"]) == (2, True)
    value = json.loads(out.read_bytes())
    assert [row["source_report"] for row in value["results"]] == ["  ", "  ", "Fracture."]
    checked = run(
        "submission", "check", tmp_path / "rows.json", "--scope", "toy", "--blank-as-refusal", "--artifacts", demo
    )
    assert (checked.status, KEPT in checked.out) == (0, True)


def test_a_blank_answer_is_kept_only_where_no_other_was_given(
    run: Run, demo: Path, core_pairs: list[str], tmp_path: Path
) -> None:
    first, second = core_pairs[:2]
    answers = [
        openai_line(f"{first}|source", "", "stop"),
        openai_line(f"{first}|counterfactual", "Fracture.", "stop"),
        openai_line(f"{second}|source", "<think>No.</think> ", "stop"),
        openai_line(f"{second}|counterfactual", "Osteophytes.", "stop"),
        openai_line(f"{first}|source", "Normal.", "stop"),
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in answers), encoding="utf-8")
    out = tmp_path / "out.json"
    arguments = ("submission", "convert", tmp_path / "in.jsonl", "--scope", "toy", "--model-name", "m", "--output", out)
    refused = run(*arguments, "--artifacts", demo)
    assert (refused.status, refused.err.count(ADVICE), "; 1 blank report: ask again" in refused.err) == (2, 1, True)
    done = run(*arguments, "--artifacts", demo, "--blank-as-refusal", "--missing", tmp_path / "again.jsonl")
    assert done.status == 0, done.err
    assert "1 blank report is kept" in done.out
    assert "1 report failed and answered elsewhere" in done.out
    reports = {row["pair_id"]: row["source_report"] for row in json.loads(out.read_bytes())["results"]}
    assert reports == {first: "Normal.", second: ""}
    assert (tmp_path / "again.jsonl").read_text(encoding="utf-8") == ""


def test_a_lost_answer_is_no_blank_report(run: Run, demo: Path, core_pairs: list[str], tmp_path: Path) -> None:
    pair = core_pairs[0]
    answers = [openai_line(f"{pair}|source", "", "length"), openai_line(f"{pair}|counterfactual", "Fracture.", "stop")]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in answers), encoding="utf-8")
    arguments = ("submission", "convert", tmp_path / "in.jsonl", "--scope", "toy", "--model-name", "m", "--output", "-")
    done = run(*arguments, "--artifacts", demo, "--blank-as-refusal")
    assert (done.status, "1 truncated" in done.err) == (2, True)


def test_blank_reports_are_counted_wherever_a_submission_has_reports() -> None:
    value = submission([{"pair_id": "a", "source_report": "", "counterfactual_report": "x"}])
    value["results"].append(3)
    assert blank_reports_of(value) == 1
    value["repeated_reports"] = [{"reports": ["\t", "x", ""]}, {"reports": None}]
    value["control_reports"] = [{"reports": ["\u00a0", 1]}]
    assert blank_reports_of(value) == 4
    assert blank_reports_of({"results": "none"}) == 0
