"""The parser audit of a submission, and of a score file with the submission that it was made from."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from tests.conftest import Run, Tampering
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


ASKED = (
    ("noise-floor", "--cluster", "patient"),
    ("transitions",),
    ("breakdown", "--by", "age"),
    ("breakdown", "--by", "edit"),
    ("breakdown", "--by", "finding"),
    ("disparity",),
    ("refusals",),
)


@pytest.mark.parametrize("command", ASKED, ids=" ".join)
def test_a_submission_and_its_score_are_read_as_the_panel_is(
    command: tuple[str, ...], run: Run, demo: Path, submission: Path, score: Path
) -> None:
    panel = run(*command, "--model", "gpt-5.4", "--artifacts", demo, *SETTINGS)
    ours = run(*command, "--submission", submission, "--artifacts", demo, *SETTINGS)
    scored = run(*command, "--submission", score, "--artifacts", demo, *SETTINGS)
    assert (panel.status, ours.status, scored.status) == (0, 0, 0)
    assert ours.json["results"] == panel.json["results"]
    assert ours.json["summary"] == panel.json["summary"]
    assert "the submission " in ours.json["notes"][0]
    assert "the score file " in scored.json["notes"][0]
    assert ours.json["notes"][1:] == panel.json["notes"]
    if command == ("disparity",):
        kinds = {row["kind"] for row in scored.json["results"]}
        assert kinds == {"diagnostic", "recommendation"}
        assert any("no severity and no hedging" in note for note in scored.json["notes"])
    else:
        assert scored.json["results"] == panel.json["results"]
        assert scored.json["summary"] == panel.json["summary"]


def test_a_score_needs_no_bundle_where_its_rows_suffice(
    run: Run, score: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("refusals", "--submission", score, *SETTINGS)
    assert done.status == 0
    assert "synthetic demo data" in done.json["notes"][0]
    lacking = run("breakdown", "--by", "age", "--submission", score, *SETTINGS)
    assert lacking.status == 2
    assert "no bundle here" in lacking.err


def test_nothing_of_a_submission_is_compared_with_what_was_published(
    run: Run, demo: Path, tampering: Tampering, submission: Path
) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()  # what does not say that it is a demo is held to the published figures
    panel = run("noise-floor", "--model", "gpt-5.4", "--artifacts", demo, *SETTINGS[2:])
    assert panel.status == 1
    assert "the published value is" in panel.err
    ours = run("noise-floor", "--submission", submission, "--artifacts", demo, *SETTINGS[2:])
    assert (ours.status, ours.err) == (0, "")
    assert ours.json["notes"][0].endswith("they are compared with no published figure")


def test_both_reports_of_a_pair_of_a_submission_are_explained(
    run: Run, demo: Path, submission: Path, core_pairs: list[str]
) -> None:
    pair = core_pairs[3]
    ours = run("explain", "--pair", pair, "--submission", submission, "--artifacts", demo, "--format", "json")
    theirs = run("explain", "--pair", pair, "--model", "gpt-5.4", "--artifacts", demo, "--format", "json")
    assert ours.status == 0
    assert ours.json["results"] == theirs.json["results"]
    assert ours.json["summary"] == theirs.json["summary"]
    assert "the submission " in ours.json["notes"][0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "--pair", "x", "--submission"), "unknown pair 'x' of gpt-5.4; expected a pair of the submission "),
        (("explain", "--model", "radfm", "--submission"), "exclude one another"),
        (("transitions", "--model", "radfm", "--submission"), "exclude one another"),
    ],
)
def test_what_a_submission_cannot_answer_is_said(
    arguments: tuple[str, ...], said: str, run: Run, demo: Path, submission: Path
) -> None:
    done = run(*arguments, submission, "--artifacts", demo)
    assert done.status == 2
    assert said in done.err


@pytest.mark.parametrize("command", ["parser-audit", "explain"])
def test_a_question_about_texts_needs_the_submission(command: str, run: Run, demo: Path, score: Path) -> None:
    done = run(command, "--submission", score, "--artifacts", demo)
    assert done.status == 2
    assert f"the score file {score} holds no texts; give the submission that it was made from" in done.err
