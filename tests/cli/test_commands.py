"""The commands as a user runs them: rows, formats, exit statuses, and what they say of the bundle."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.cli.commands import COMMANDS, Command
from spinefairbench.files.hashing import sha256_of_file
from tests import ROOT, run_unread
from tests.conftest import Ran, Run, Tampering

CHECKS = {
    "inspect": ("kind", "name", "value", "expected", "status"),
    "dataset": ("released_pngs", "qc_passed_rows", "attempted_qc_rows", "source_rows", "raw_source_pngs"),
    "release-identity": ("path", "expected", "actual"),
    "parse-sample": ("model", "pair_id", "role", "response_class", "diagnostic_labels", "recommendations", "matches"),
    "table2": ("model", "panel", "usable_pairs", "full_refusal_pairs", "partial_refusal_pairs", "recommendation_change",
               "diagnostic_consistency", "recommendation_ci95", "diagnostic_ci95", "ci_source", "frozen"),
    "gap-sensitivity": ("model", "usable_pairs", "recommendation_change", "recommendation_jaccard",
                        "diagnostic_consistency", "gap_exact", "gap_graded"),
    "both-empty-diagnostic": ("model", "usable_pairs", "both_empty_pairs", "rate"),
    "stage1-confidence": ("model", "sample_size", "pass_count", "pass_rate", "decision", "frozen"),
    "mitigation": ("model", "condition", "n_pairs", "recommendation_change", "diagnostic_consistency",
                   "delta_recommendation", "delta_diagnostic", "binding_rule_pass"),
    "radiologist": ("question", "raw_agreement", "fleiss_kappa", "gwet_ac1"),
}  # fmt: skip


@pytest.mark.parametrize("command", CHECKS)
def test_a_check_holds_on_the_demo_bundle_and_has_its_fields(command: str, run: Run, demo: Path) -> None:
    done = run(command, "--artifacts", demo, "--format", "json")
    assert (done.status, done.err) == (0, "")
    envelope = done.json
    assert envelope["schema"] == "spinefairbench-check-v1"
    assert (envelope["command"], envelope["status"], envelope["bundle"]) == (command, "ok", "demo")
    assert envelope["problems"] == []
    assert envelope["results"]
    assert all(set(CHECKS[command]) <= row.keys() for row in envelope["results"])


@pytest.mark.parametrize("command", CHECKS)
def test_every_format_shows_the_rows(command: str, run: Run, demo: Path) -> None:
    rows = len(run(command, "--artifacts", demo, "--format", "json").json["results"])
    text = run(command, "--artifacts", demo)
    assert text.status == 0
    assert "DEMO" in text.out
    assert text.out.rstrip().endswith(f"{command}: OK (DEMO bundle)")
    markdown = run(command, "--artifacts", demo, "--format", "markdown").out
    assert "DEMO" in markdown
    assert sum(line.startswith("| ") for line in markdown.splitlines()) == rows + 1
    table = list(csv.reader(io.StringIO(run(command, "--artifacts", demo, "--format", "csv").out)))
    assert len(table) == rows + 1
    assert len({len(row) for row in table}) == 1


def test_csv_has_full_precision_and_one_cell_a_bound(run: Run, demo: Path) -> None:
    row = run("table2", "--artifacts", demo, "--model", "radfm", "--format", "json").json["results"][0]
    [cells] = csv.DictReader(io.StringIO(run("table2", "--artifacts", demo, "--model", "radfm", "--format", "csv").out))
    assert float(cells["recommendation_change"]) == row["recommendation_change"]
    assert float(cells["diagnostic_ci95.upper"]) == row["diagnostic_ci95"][1]
    assert float(cells["frozen.recommendation_ci95.lower"]) == row["frozen"]["recommendation_ci95"][0]


def test_quiet_text_prints_nothing_where_all_holds(run: Run, demo: Path) -> None:
    assert run("table2", "--artifacts", demo, "--quiet") == Ran(0, "", "")


def test_table2_recomputes_the_frozen_intervals(run: Run, demo: Path) -> None:
    done = run("table2", "--artifacts", demo, "--recompute-ci", "--format", "json")
    assert done.status == 0
    for row in done.json["results"]:
        assert row["ci_source"] == "recomputed"
        for key in ("recommendation_ci95", "diagnostic_ci95"):
            assert row[key] == pytest.approx(row["frozen"][key], abs=1e-12)


def test_other_settings_recompute_without_comparing_and_say_so(run: Run, demo: Path) -> None:
    done = run("table2", "--artifacts", demo, "--bootstrap-iterations", "50", "--seed", str(10**30), "--format", "json")
    assert done.status == 0
    assert all(row["ci_source"] == "recomputed" for row in done.json["results"])
    assert any("not compared" in note for note in done.json["notes"])


def test_table3_is_table2_and_a_model_can_be_chosen(run: Run, demo: Path) -> None:
    done = run("table3", "--artifacts", demo, "--model", "radfm", "--format", "json")
    assert done.json["command"] == "table2"
    assert [row["model"] for row in done.json["results"]] == ["radfm"]


def test_parse_sample_places_are_those_of_the_text(run: Run, demo: Path) -> None:
    done = run("parse-sample", "--artifacts", demo, "--format", "json")
    rows = done.json["results"]
    assert [row["role"] for row in rows] == ["source", "generated"]
    matches = [(row["text"][m["start"] : m["end"]].lower(), m["term"]) for row in rows for m in row["matches"]]
    assert matches
    assert all(found == term for found, term in matches)


def test_parse_sample_of_a_named_pair(run: Run, demo: Path) -> None:
    pairs = json.loads((demo / layout.panel_pairs(layout.BASELINE_PANEL)).read_text())
    wanted = pairs[-1]["pair_id"]
    done = run("parse-sample", "--artifacts", demo, "--model", "radfm", "--pair", wanted, "--format", "json")
    assert [row["pair_id"] for row in done.json["results"]] == [wanted, wanted]
    assert run("parse-sample", "--artifacts", demo, "--pair", "nowhere__young_male").status == 2


def test_reader_study_of_the_demo_reproduces_the_published_agreement(run: Run, demo: Path) -> None:
    done = run("radiologist", "--artifacts", demo, "--format", "json").json
    rows = {row["question"]: row for row in done["results"]}
    for question in ("q1", "q2", "q4"):
        for key in ("fleiss_kappa", "gwet_ac1"):
            assert rows[question][key] == pytest.approx(published("radiologist")[question][key], abs=1e-12)
        assert rows[question]["pairwise_agreements"] == published("radiologist")[question]["pairwise_agreements"]
    for key in ("pairs", "passing", "excluded", "detectability_rows", "cannot_tell", "image_a_edited", "image_b_edited",
                "per_reviewer_display_events", "hidden_repeat_records", "hidden_repeat_agreement"):  # fmt: skip
        assert done["summary"][key] == published("radiologist")[key]


def test_diagnostic_scoring_needs_no_bundle(run: Run) -> None:
    done = run("diagnostic-scoring", "--format", "json").json
    assert done["bundle"] is None
    assert len(done["results"]) == 13
    assert done["summary"]["both_empty_jaccard"] == 1.0
    assert all(len(digest) == 64 for digest in done["summary"]["registry_sha256"].values())


def test_all_runs_every_check_on_a_bundle(run: Run, demo: Path) -> None:
    done = run("all", "--artifacts", demo, "--format", "json")
    rows = {row["command"]: row["status"] for row in done.json["results"]}
    assert set(CHECKS) | {"checksums", "diagnostic-scoring", "score"} <= rows.keys()
    assert set(rows.values()) == {"ok"}


def test_all_without_a_bundle_is_a_demo_and_says_so_first_and_last() -> None:
    if (ROOT / "artifacts").exists():
        pytest.skip("this checkout has a bundle")
    done = subprocess.run([sys.executable, "-S", "reviewer_verify.py", "all"], cwd=ROOT, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert "DEMO" in lines[0]
    assert "DEMO" in lines[-1]
    assert done.returncode == 0, done.stderr


def test_all_goes_on_where_parts_are_missing(run: Run, tampering: Tampering) -> None:
    tampering.path(layout.QC_METADATA).unlink()
    tampering.path(layout.SUMMARY).unlink()
    done = run("all", "--artifacts", tampering.root, "--format", "json")
    rows = {row["command"]: row["status"] for row in done.json["results"]}
    assert done.status == 2
    assert {"inspect", "dataset", "table2"} <= {name for name, status in rows.items() if status == "error"}
    assert {rows[name] for name in ("radiologist", "mitigation", "stage1-confidence", "gap-sensitivity")} == {"ok"}
    assert any(p.startswith("dataset: ") and layout.QC_METADATA in p for p in done.json["problems"])


@pytest.mark.parametrize("command", CHECKS)
def test_no_bundle_is_one_sentence_and_exit_2(command: str, run: Run, tmp_path: Path) -> None:
    done = run(command, "--artifacts", tmp_path / "none", "--format", "json")
    assert done.status == 2
    assert done.json["status"] == "error"
    assert len(done.err.splitlines()) == len(done.json["problems"]) == 1
    assert "no such folder" in done.err


def test_a_folder_one_level_off_is_recognized(run: Run, demo: Path) -> None:
    for wrong in (demo.parent, demo / "artifacts", demo / "dataset"):
        done = run("table2", "--artifacts", wrong)
        assert done.status == 2
        assert f"probably {demo}" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nonsense"], ["table2", "--format", "xml"], ["table2", "--bootstrap-iterations", "0"], ["table2", "--seed", "-1"],
        ["table2", "--seed", "x"], ["table2", "--jobs", "0"], ["score"], ["table2", "--bootstrap-iterations", "9" * 5000],
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_2_with_a_sentence(arguments: list[str], run: Run) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.err
    as_json = run(*arguments, "--format=json")
    if arguments != ["table2", "--format", "xml"]:
        assert as_json.json["status"] == "error"


def test_an_unknown_model_is_exit_2_and_names_those_there_are(run: Run, demo: Path) -> None:
    done = run("table2", "--artifacts", demo, "--model", "no-such-model")
    assert done.status == 2
    assert "no-such-model" in done.err
    assert "radfm" in done.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_help_ends_with_an_example_on_one_line(
    command: Command, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")  # a command that is wrapped at a hyphen cannot be copied
    with pytest.raises(SystemExit) as stop:
        run(*command.name.split(), "--help")
    assert stop.value.code == 0
    example = f"example: python3 reviewer_verify.py {command.name} {command.example}"
    assert capsys.readouterr().out.splitlines()[-1] == example


def test_interrupted_is_130(run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spinefairbench.bundle.artifacts.open_bundle", interrupt)
    done = run("table2", "--artifacts", demo)
    assert (done.status, done.err) == (130, "interrupted\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("command", "said"),
    [("table2", "the output could not be written: No space left on device\n"),
     ("--help", "the output could not be written: No space left on device\n"),
     ("submission schema --output -", "input or output failed: no space left on device\n")],
)  # fmt: skip
def test_a_full_disk_behind_stdout_is_a_sentence(demo: Path, command: str, said: str, unbuffered: str) -> None:
    bundle = ("--artifacts", str(demo)) if command == "table2" else ()
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "reviewer_verify.py", *command.split(), *bundle],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == said


def test_a_reader_who_leaves_makes_no_noise(demo: Path) -> None:
    arguments = ("reviewer_verify.py", "table2", "--artifacts", str(demo), "--format", "json")
    assert run_unread(*arguments) == (1, "")


def test_output_in_a_narrow_encoding_is_escaped_not_lost(demo: Path) -> None:
    done = subprocess.run(
        [sys.executable, "reviewer_verify.py", "table2", "--model", "modèle", "--artifacts", str(demo)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 2
    assert r"mod\xe8le" in done.stderr


def test_the_other_files_are_listed_where_the_reviewers_files_cannot_be(run: Run, tampering: Tampering) -> None:
    def files() -> tuple[Ran, list[str]]:
        done = run("inspect", "--artifacts", tampering.root, "--format", "json")
        return done, [row["name"] for row in done.json["results"] if row["kind"] == "file"]

    _, before = files()
    tampering.json(layout.READER_MANIFEST, lambda v: v["files"].update(per_reviewer_files="reviews.csv"))
    done, after = files()
    assert after == [name for name in before if "per_reviewer" not in name]
    assert len(after) < len(before)
    assert done.status == 2
    [problem] = done.json["problems"]
    assert problem.startswith(f"{layout.READER_MANIFEST}: ") and "per_reviewer_files" in problem


def test_a_bundle_without_the_marker_is_held_to_the_release(run: Run, tampering: Tampering) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()
    for command in ("table2", "dataset", "inspect", "gap-sensitivity", "both-empty-diagnostic", "release-identity"):
        done = run(command, "--artifacts", tampering.root, "--format", "json")
        assert done.json["bundle"] == "other"
        assert done.status == 1
        assert any("published" in p or "the release has" in p for p in done.json["problems"])


def test_the_gate_too_is_held_to_the_release(run: Run, tampering: Tampering) -> None:
    folder = layout.stage1_outputs(layout.MITIGATION_PANEL, "gpt-5.4")
    records = sorted(p.name for p in (tampering.root / folder).glob("*.validation.json"))
    valid = next(
        name for name in records if json.loads((tampering.root / folder / name).read_text())["status"] == "valid"
    )
    tampering.json(f"{folder}/{valid}", lambda v: v.update(status="invalid"))
    before = run("stage1-confidence", "--artifacts", tampering.root, "--format", "json").json["results"]
    row = next(row for row in before if row["model"] == "gpt-5.4")
    agreeing = {"stage1_diag_pass_count": row["pass_count"], "stage1_diag_pass_rate": row["pass_rate"]}
    tampering.json(layout.PARSING_CONFIDENCE, lambda v: v["gpt-5.4"].update(agreeing))
    assert run("stage1-confidence", "--artifacts", tampering.root).status == 0
    tampering.path(layout.DEMO_MARKER).unlink()
    done = run("stage1-confidence", "--artifacts", tampering.root)
    assert done.status == 1
    assert "gpt-5.4: stage-1 gate is 192/200; the published value is 193/200" in done.err


def test_a_marker_that_is_none_is_an_error(run: Run, tampering: Tampering) -> None:
    tampering.path(layout.DEMO_MARKER).write_text('{"synthetic": false}')
    done = run("stage1-confidence", "--artifacts", tampering.root)
    assert done.status == 2
    assert layout.DEMO_MARKER in done.err


def test_a_dataset_alone_is_held_to_its_own_manifest(run: Run, demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / "dataset", tmp_path / "out" / "dataset")
    done = run("dataset", "--artifacts", tmp_path / "out", "--format", "json")
    assert (done.status, done.json["bundle"]) == (0, "other")
    assert any("no release" in said for said in done.json["not_checked"])


def test_an_image_of_the_same_size_and_other_content_is_found_where_its_row_states_a_hash(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(demo / "dataset", out / "dataset")
    for name in (layout.QC_METADATA, layout.QC_PASSED):
        rows = [json.loads(line) for line in (out / name).read_text().splitlines()]
        for row in rows:
            if row["passed_qc"]:
                row["counterfactual_image_sha256"] = sha256_of_file(out / row["counterfactual_image_path"])
        (out / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("dataset", "--artifacts", out, "--format", "json")
    assert done.status == 0 and not any("image contents" in said for said in done.json["not_checked"])
    image = next((out / layout.COUNTERFACTUAL_IMAGES).rglob("*.png"))
    image.write_bytes(image.read_bytes()[:-1] + b"x")
    done = run("dataset", "--artifacts", out, "--format", "json")
    (problem,) = done.json["problems"]
    assert done.status == 1 and problem.startswith(f"{image.relative_to(out).as_posix()}: SHA-256 is ")
    for name in (layout.QC_METADATA, layout.QC_PASSED):
        text = (out / name).read_text()
        (out / name).write_text(text.replace('"counterfactual_image_sha256": "', '"counterfactual_image_sha256": "x'))
    done = run("dataset", "--artifacts", out, "--format", "json")
    assert all("expected 64 hexadecimal digits" in said for said in done.json["problems"])
