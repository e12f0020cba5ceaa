"""The parser audit of a submission, and of a score file with the submission that it was made from."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.submissions import panel_submission

SETTINGS = ("--bootstrap-iterations", "50", "--jobs", "1", "--format", "json")


@pytest.fixture
def submission(demo: Path, tmp_path: Path) -> Path:
    """What gpt-5.4 said in the demo bundle, as a submission."""
    path = tmp_path / "submission.json"
    path.write_text(json.dumps(panel_submission(demo, "gpt-5.4")), encoding="utf-8")
    return path


@pytest.fixture
def score(run: Run, demo: Path, submission: Path, tmp_path: Path) -> Path:
    path = tmp_path / "score.json"
    done = run("score", "--artifacts", demo, "--submission", submission, "--output", path, *SETTINGS[:2])
    assert done.status == 0
    return path


def _readings(payload: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if "rank" not in key} for row in payload["results"]]


def test_a_submission_of_the_panels_reports_reads_as_the_panel_does(run: Run, demo: Path, submission: Path) -> None:
    mine = run("parser-audit", "--submission", submission, "--artifacts", demo, *SETTINGS)
    theirs = run("parser-audit", "--model", "gpt-5.4", "--artifacts", demo, *SETTINGS)
    assert (mine.status, theirs.status) == (0, 0)
    assert _readings(mine.json) == _readings(theirs.json)
    assert mine.json["summary"]["categories"] == theirs.json["summary"]["categories"]


def test_the_audit_of_a_score_reads_the_texts_of_its_submission(
    run: Run, demo: Path, score: Path, submission: Path
) -> None:
    without = run("audit", score, "--alone", "--artifacts", demo, *SETTINGS)
    with_texts = run("audit", score, "--submission", submission, "--alone", "--artifacts", demo, *SETTINGS)
    assert (without.status, with_texts.status) == (0, 0)
    assert any("no parser audit" in note for note in without.json["notes"])
    assert not any("no parser audit" in note for note in with_texts.json["notes"])


def test_another_submission_than_the_scores_own_is_refused(run: Run, demo: Path, score: Path, submission: Path) -> None:
    value = json.loads(submission.read_text())
    value["results"][0]["source_report"] = "Surgery. Fracture. Osteophyte. Lesion."
    submission.write_text(json.dumps(value), encoding="utf-8")
    done = run("audit", score, "--submission", submission, "--alone", "--artifacts", demo, *SETTINGS)
    assert done.status == 2
    assert "expected its submission" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("parser-audit", "--submission", "x", "--text", "y"), "exclude one another"),
        (("parser-audit", "--submission", "x", "--model", "radfm"), "exclude one another"),
        (("audit", "radfm", "--submission", "x"), "goes with a score file"),
    ],
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], said: str, run: Run, demo: Path) -> None:
    done = run(*arguments, "--artifacts", demo)
    assert done.status == 2
    assert said in done.err


def test_disparity_of_a_submission_is_that_of_the_panel_and_a_score_has_its_categories(
    run: Run, demo: Path, score: Path, submission: Path
) -> None:
    mine = run("disparity", "--submission", submission, "--artifacts", demo, *SETTINGS)
    theirs = run("disparity", "--model", "gpt-5.4", "--artifacts", demo, *SETTINGS)
    assert (mine.status, theirs.status) == (0, 0)
    assert mine.json["results"] == theirs.json["results"]
    assert mine.json["summary"] == theirs.json["summary"]
    audited = run("audit", "gpt-5.4", "--alone", "--artifacts", demo, *SETTINGS).json
    assert audited["summary"]["disparity"] == theirs.json["results"]
    assert audited["summary"]["disparity_readings"] == theirs.json["summary"]["readings"]
    scored = run("audit", score, "--alone", "--artifacts", demo, *SETTINGS).json
    assert [(row["category"], row["estimate"], row["p_value"]) for row in scored["summary"]["disparity"]] == [
        (row["category"], row["estimate"], row["p_value"]) for row in theirs.json["results"][:60]
    ]
    assert any("no severity and no hedging" in note for note in scored["notes"])


def test_disparity_is_asked_of_one_thing(run: Run, demo: Path, submission: Path) -> None:
    ran = run("disparity", "--submission", submission, "--model", "radfm", "--artifacts", demo)
    assert ran.status == 2
    assert "--submission and --model exclude one another" in ran.err
