"""What a program asks is answered as the command answers it, and what cannot be asked is refused in the same sentences."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, assert_type

import pytest

import spinefairbench as sfb
from spinefairbench.analysis.compare import CompareRow
from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.bundle import layout
from tests.conftest import Run, Tampering
from tests.submissions import panel_submission

FEW = 60
SETTINGS = ("--bootstrap-iterations", str(FEW), "--format", "json", "--jobs", "1")


@pytest.fixture(scope="module")
def bundle(demo: Path) -> sfb.OpenBundle:
    return sfb.open_bundle(demo)


@pytest.fixture(scope="module")
def rows(demo: Path) -> list[dict[str, Any]]:
    """What gpt-5.4 said in the demo bundle, as rows."""
    return list(panel_submission(demo, "mine")["results"])


@pytest.fixture
def file(demo: Path, tmp_path: Path) -> Path:
    """The same as a submission."""
    path = tmp_path / "submission.json"
    path.write_text(json.dumps(panel_submission(demo, "mine")), encoding="utf-8")
    return path


def test_a_score_is_the_one_that_the_command_writes(
    run: Run, bundle: sfb.OpenBundle, rows: list[dict[str, Any]], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    output = file.with_name("score.json")
    done = run("score", "--submission", file, "--output", output, "--artifacts", bundle.path, *SETTINGS[:2])
    assert done.status == 0
    written = json.loads(output.read_text(encoding="utf-8"))
    assert sfb.score(file, bundle, bootstrap_iterations=FEW).to_dict() == written
    mine = sfb.score(iter(rows), bundle, model="mine", bootstrap_iterations=FEW)
    assert mine.to_dict() == written
    saved = file.with_name("saved.json")
    mine.save(saved)
    assert saved.read_bytes() == output.read_bytes()


def test_rows_may_have_one_report_each(bundle: sfb.OpenBundle, rows: list[dict[str, Any]]) -> None:
    long = [
        {"pair_id": row["pair_id"], "role": role, "report": row[f"{role}_report"]}
        for row in rows
        for role in ("source", "counterfactual")
    ]
    scores = [sfb.score(each, bundle, bootstrap_iterations=FEW) for each in (rows, long)]
    assert scores[0].rows == scores[1].rows


def test_the_floor_of_rows_scores_files_and_the_panel_is_one(
    run: Run, bundle: sfb.OpenBundle, rows: list[dict[str, Any]], file: Path
) -> None:
    score = sfb.score(rows, bundle, model="gpt-5.4", bootstrap_iterations=FEW)
    saved = file.with_name("score.json")
    score.save(saved)
    command = run("noise-floor", "--model", "gpt-5.4", "--artifacts", bundle.path, *SETTINGS).json
    panel = sfb.noise_floor("gpt-5.4", bundle, bootstrap_iterations=FEW)
    assert_type(panel, sfb.Result[NoiseFloorRow])
    assert_type(panel.entries[0], NoiseFloorRow)
    assert panel.to_dict() == command
    for reports in (rows, score, saved):
        model = "gpt-5.4" if reports is rows else None
        found = sfb.noise_floor(reports, bundle, model=model, bootstrap_iterations=FEW)
        assert found.rows == panel.rows
        assert found.notes[0].startswith("these are the reports of gpt-5.4, from ")


def test_all_models_are_asked_about_unless_one_is_named(run: Run, bundle: sfb.OpenBundle) -> None:
    found = sfb.noise_floor(bundle=bundle, cluster="patient", bootstrap_iterations=FEW)
    assert [row["model"] for row in found.rows] == list(bundle.models)
    assert found.to_dict() == run("noise-floor", "--cluster", "patient", "--artifacts", bundle.path, *SETTINGS).json


def test_the_disparity_of_a_score_has_its_texts(
    run: Run, bundle: sfb.OpenBundle, rows: list[dict[str, Any]], file: Path
) -> None:
    command = run("disparity", "--submission", file, "--artifacts", bundle.path, *SETTINGS).json
    score = sfb.score(rows, bundle, model="mine", bootstrap_iterations=FEW)
    found = sfb.disparity(score, bundle, bootstrap_iterations=FEW)
    assert found.to_dict()["results"] == command["results"]
    assert {entry.kind for entry in found.entries} >= {"severity_language", "confidence"}


def test_scores_are_compared_with_each_other_with_files_and_with_the_panel(
    run: Run, bundle: sfb.OpenBundle, rows: list[dict[str, Any]], file: Path
) -> None:
    score = sfb.score(rows, bundle, model="mine", bootstrap_iterations=FEW)
    saved = file.with_name("score.json")
    score.save(saved)
    command = run("compare", saved, "radfm", "--artifacts", bundle.path, *SETTINGS).json
    found = sfb.compare([score, "radfm"], bundle, bootstrap_iterations=FEW)
    assert_type(found.entries[0], CompareRow)
    assert found.to_dict() == command
    alike = sfb.compare([score, saved, score], bootstrap_iterations=FEW)
    assert [row["model"] for row in alike.rows] == ["mine (1)", str(saved), "mine (3)"]
    assert {row["recommendation_change"] for row in alike.rows} == {found.rows[0]["recommendation_change"]}


def test_a_report_is_parsed_as_explain_does(run: Run, tmp_path: Path) -> None:
    text = "No fracture. MRI is advised."
    (tmp_path / "report.txt").write_text(text, encoding="utf-8")
    found = sfb.parse(text)
    assert_type(found, sfb.ParseResult)
    assert (found.response_class, found.diagnostic_labels, found.recommendations) == (
        "genuine",
        ("Fracture",),
        ("imaging",),
    )
    assert found.entries[0].reading == "negated"
    assert found.to_dict() == run("explain", tmp_path / "report.txt", "--format", "json").json
    assert sfb.parse(" ").response_class == "full_refusal"


def test_pairs_may_be_missing_where_that_is_said(bundle: sfb.OpenBundle, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(sfb.SubmissionError) as caught:
        sfb.score(rows[:-2], bundle)
    assert [str(problem) for problem in caught.value.problems[1:]] == [
        f"reports: $.results: missing pair {row['pair_id']}" for row in rows[-2:]
    ]
    found = sfb.score(rows[:-2], bundle, allow_partial=True, bootstrap_iterations=FEW)
    assert not found.comparable_to_panel_scope
    assert sfb.score(rows[:4], bundle, scope="toy", bootstrap_iterations=FEW).score.missing_pairs == 0


def test_a_bundle_is_found_or_named(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "artifacts").symlink_to(demo)
    assert sfb.open_bundle().path == tmp_path / "artifacts"
    assert sfb.noise_floor("radfm", bootstrap_iterations=FEW).bundle == "demo"
    with pytest.raises(sfb.SpineFairBenchError, match="no such folder") as caught:
        sfb.open_bundle("nowhere")
    assert caught.type is sfb.BundleError


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda api, bundle: api.score([], "demo", seed=-1, jobs=True, bootstrap_iterations=0), ["bootstrap", "seed", "jobs", "bundle"]),
        (lambda api, bundle: api.noise_floor("radfm", bundle, cluster="pair"), ["cluster"]),
        (lambda api, bundle: api.compare([], bundle), ["at least two"]),
        (lambda api, bundle: api.compare(["radfm"], bundle), ["at least two"]),
        (lambda api, bundle: api.compare("radfm", bundle), ["expected a list"]),
        (lambda api, bundle: api.compare(["radfm", 3], bundle), ["found 3"]),
        (lambda api, bundle: api.compare(["radfm", "gpt-5.4"], bundle, margin=2), ["margin"]),
        (lambda api, bundle: api.parse(3), ["expected a text, found 3"]),
        (lambda api, bundle: api.open_bundle(3), ["found 3"]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(
    ask: Callable[[Any, sfb.OpenBundle], object], said: list[str], bundle: sfb.OpenBundle
) -> None:
    with pytest.raises(sfb.UsageError) as caught:
        ask(sfb, bundle)
    assert len(caught.value.problems) == len(said)
    assert all(word in str(problem) for word, problem in zip(said, caught.value.problems, strict=True))


def test_a_score_of_a_demo_is_not_told_as_one_of_another_bundle(
    demo: Path, tampering: Tampering, rows: list[dict[str, Any]]
) -> None:
    score = sfb.score(rows, sfb.open_bundle(demo), bootstrap_iterations=FEW)
    tampering.path(layout.DEMO_MARKER).unlink()
    with pytest.raises(
        sfb.SubmissionError,
        match="a result of score was made on a bundle of the kind demo; this one is of the kind other",
    ):
        sfb.noise_floor(score, sfb.open_bundle(demo), bootstrap_iterations=FEW)
