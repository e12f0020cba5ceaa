"""What can be said of reports that are not the panel's: whose they are, which pairs are missing, which texts there are."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.errors import BundleError, SubmissionError, UsageError
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import read_submission
from spinefairbench.release.submitted_reports import SubmittedReports, submitted_reports
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.submissions import panel_submission


@pytest.fixture
def submission(demo: Path, tmp_path: Path) -> Path:
    """A submission in which three pairs are missing and the first pair is a refusal."""
    value = panel_submission(demo, "mine")
    del value["results"][-3:]
    value["results"][0]["source_report"] = "I cannot interpret the image."
    path = tmp_path / "submission.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.fixture
def score(demo: Path, submission: Path, tmp_path: Path) -> Path:
    """The score of that submission."""
    read = read_submission(submission, open_bundle(demo), allow_partial=True)
    path = tmp_path / "score.json"
    path.write_text(json.dumps(score_submission(read, Bootstrap(20, 1)).to_json()), encoding="utf-8")
    return path


def _asked(path: Path, artifacts: Path | None, **options: Any) -> SubmittedReports:
    asked = SimpleNamespace(submission=str(path), blank_as_refusal=False, **options)
    found = submitted_reports(Inputs(asked, artifacts))
    assert found is not None
    return found


def test_a_submission_and_its_score_are_the_same_reports(
    demo: Path, submission: Path, score: Path, core_pairs: list[str]
) -> None:
    ours, scored = _asked(submission, demo), _asked(score, demo)
    assert ours.reports == scored.reports
    assert ours.expected == scored.expected
    assert ours.expected.number == len(core_pairs)
    assert scored.note == (
        f"these are the reports of mine, from the score file {score} (scope common-core-1000, 3 of "
        f"{len(core_pairs)} pairs missing, synthetic demo data); they are compared with no published figure"
    )
    assert ours.note == scored.note.replace(f"the score file {score}", f"the submission {submission}")


def test_a_score_needs_no_bundle_and_a_submission_does(
    submission: Path, score: Path, core_pairs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scored = _asked(score, None)
    assert (len(scored.expected.ids), scored.expected.unnamed) == (len(core_pairs) - 3, 3)
    with pytest.raises(BundleError, match="no bundle here"):
        _asked(submission, None)


def test_a_score_of_another_kind_of_bundle_is_refused(demo: Path, score: Path) -> None:
    value = json.loads(score.read_text(encoding="utf-8"))
    value["bundle"] = "release"
    score.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(
        SubmissionError, match=r"score\.json was made on a bundle of the kind release; this one is of the kind demo"
    ):
        _asked(score, demo)


def test_the_texts_of_a_pair_are_those_of_the_submission(demo: Path, submission: Path) -> None:
    results = json.loads(submission.read_text(encoding="utf-8"))["results"]
    ours = _asked(submission, demo)
    assert ours.pair(results[0]["pair_id"])._asdict() == results[0]
    assert ours.pair(None)._asdict() == results[1], "the first usable one"
    with pytest.raises(UsageError, match="unknown pair 'x' of mine; expected a pair of the submission "):
        ours.pair("x")


def test_a_score_file_has_no_texts(demo: Path, score: Path) -> None:
    with pytest.raises(SubmissionError, match=r"score\.json holds no texts; give the submission that it was made from"):
        _asked(score, demo).pair(None)


def test_the_question_is_about_the_panel_or_about_one_file(demo: Path, submission: Path) -> None:
    assert submitted_reports(Inputs(SimpleNamespace(submission=None, model="radfm"), demo)) is None
    with pytest.raises(UsageError, match="exclude one another"):
        _asked(submission, demo, model="radfm")
