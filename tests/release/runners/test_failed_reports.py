"""What is asked for and is no report, as `submission convert` tells it and writes it for the next run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.release.runners.results import DATA, PAIRS, RESULTS, WRITERS, json_lines, openai_line

Convert = Callable[..., Ran]


@pytest.fixture
def convert(run: Run, demo: Path, tmp_path: Path) -> Convert:
    """Converts files of the fixtures, or of the test's own folder, for the scope toy."""

    def call(*arguments: object) -> Ran:
        files = [DATA / str(each) if (DATA / str(each)).is_file() else each for each in arguments]
        named = ("--scope", "toy", "--model-name", "m", "--output", tmp_path / "out.json", "--force")
        return run("submission", "convert", *files, *named, "--artifacts", demo, "--format", "json")

    return call


def written(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "out.json").read_bytes())
    return value


@pytest.mark.parametrize(
    "files",
    [
        ("openai_batch.jsonl", "openai_batch_errors.jsonl", "openai_batch_retried.jsonl"),
        ("openai_batch_retried.jsonl", "openai_batch_errors.jsonl", "openai_batch.jsonl"),
        ("anthropic_batch.jsonl",),
        ("anthropic_batch_failed.jsonl", "anthropic_batch.jsonl"),
        ("gemini_batch.jsonl", "gemini_batch_failed.jsonl"),
        ("lmms_eval_samples.jsonl",),
        ("lm_eval_samples.jsonl",),
        ("vlmevalkit.json",),
        ("vlmevalkit.tsv",),
        ("vlmevalkit_failed.tsv", "vlmevalkit.json"),
        ("other_program.jsonl", "--map", "report=answers.0.text,pair_id=item.id,role=item.view"),
    ],
)
def test_every_format_gives_the_same_submission(convert: Convert, tmp_path: Path, files: tuple[str, ...]) -> None:
    done = convert(*files)
    assert done.status == 0, done.err
    value = written(tmp_path)
    assert value["results"] == RESULTS
    assert (value["schema_version"], "decoding" in value) == ("spinefairbench-submission-v1", False)


def test_epochs_and_settings_of_a_log_need_the_second_version(convert: Convert, tmp_path: Path) -> None:
    done = convert("inspect_log.json")
    assert done.status == 0, done.err
    value = written(tmp_path)
    assert value["schema_version"] == "spinefairbench-submission-v2"
    assert value["results"] == RESULTS
    assert value["decoding"] == {"temperature": 0.5, "max_tokens": 512, "seed": 7}
    assert value["repeated_reports"] == [
        {"pair_id": PAIRS[0], "role": "source", "reports": ["Synthetic report. Disc space narrowing at L5-S1."]}
    ]
    assert (
        "decoding settings, which the score file will state: temperature 0.5, max_tokens 512, seed 7"
        in done.json["notes"]
    )


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("openai_batch_retried.jsonl", "1 failed, 1 removed by a content filter, 1 truncated"),
        ("anthropic_batch_failed.jsonl", "2 failed, 1 refused by the API without a text, 1 truncated"),
        ("gemini_batch_failed.jsonl", "2 removed by a content filter, 1 truncated, 1 failed"),
        ("inspect_log_failed.json", "1 failed, 1 truncated, 1 without a text, 1 removed by a content filter"),
        ("vlmevalkit_failed.tsv", "1 failed, 1 without a text"),
    ],
)
def test_failures_are_told_by_pair_and_counted_by_reason(
    convert: Convert, tmp_path: Path, file: str, counts: str
) -> None:
    done = convert(file)
    assert done.status == 2
    *listed, total = done.json["problems"]
    assert f"({counts})" in total
    assert len(listed) == int(total.split()[0])
    assert all(PAIRS[0] in each or PAIRS[1] in each for each in listed)
    assert not (tmp_path / "out.json").exists()


def test_pairs_of_failures_are_left_out_where_that_is_asked_for(convert: Convert, tmp_path: Path) -> None:
    done = convert("vlmevalkit.json", "--allow-partial")
    assert (done.status, written(tmp_path)["results"]) == (0, RESULTS)
    lines = json_lines(
        [openai_line(f"{PAIRS[0]}|source", "Normal."), openai_line(f"{PAIRS[0]}|counterfactual", "Norm", "length")]
    )
    lines += json_lines([openai_line(f"{PAIRS[1]}|{image}", "Normal.") for image in ("source", "counterfactual")])
    lines += json_lines([openai_line(f"{PAIRS[0]}|source|2", "Stable.")])
    (tmp_path / "part.jsonl").write_text(lines, encoding="utf-8")
    done = convert(tmp_path / "part.jsonl", "--allow-partial")
    assert done.status == 0, done.err
    assert [result["pair_id"] for result in written(tmp_path)["results"]] == [PAIRS[1]]
    assert any("1 report missing (1 truncated); left out, with their pairs" in note for note in done.json["notes"])
    assert "left out: 1 repeated report of pairs that lack a report" in done.json["notes"]


def test_nothing_is_written_where_every_pair_is_left_out(convert: Convert, tmp_path: Path) -> None:
    done = convert("anthropic_batch_failed.jsonl", "--allow-partial")
    assert done.status == 2
    assert "no pair has both reports" in done.json["problems"][-1]
    assert not (tmp_path / "out.json").exists()


def test_what_is_still_to_be_asked_for_is_written_without_a_folder_of_requests(
    convert: Convert, tmp_path: Path
) -> None:
    done = convert("openai_batch_retried.jsonl", "--missing", tmp_path / "todo.jsonl")
    assert done.status == 2
    assert f"{tmp_path / 'todo.jsonl'} has the requests still to be made" in done.json["problems"][-1]
    todo = [json.loads(line) for line in (tmp_path / "todo.jsonl").read_text(encoding="utf-8").splitlines()]
    assert todo == [
        {"pair_id": PAIRS[0], "image": "source", "repeat": 1},
        {"pair_id": PAIRS[1], "image": "counterfactual", "repeat": 1},
        {"pair_id": PAIRS[1], "image": "source", "repeat": 1},
    ]


def test_many_failures_are_listed_in_part(convert: Convert, tmp_path: Path, core_pairs: list[str]) -> None:
    lines = [
        WRITERS["gemini"](f"{pair}|{image}", "", "length") for pair in core_pairs for image in ("source", "generated")
    ]
    (tmp_path / "in.jsonl").write_text(json_lines(lines), encoding="utf-8")
    problems = convert(tmp_path / "in.jsonl").json["problems"]
    assert len(problems) == 21
    assert problems[-1].startswith(f"{len(lines)} reports missing ({len(lines)} truncated); the first 20 are listed")


def test_half_a_pair_is_a_failure_of_its_other_report(convert: Convert, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json_lines([openai_line(f"{PAIRS[0]}|source", "Normal.")]), encoding="utf-8")
    problems = convert(tmp_path / "in.jsonl").json["problems"]
    assert f"no counterfactual report of {PAIRS[0]}: without an answer" in problems[0]
    rest = [{"pair_id": PAIRS[0], "role": "counterfactual", "report": "Fracture."}]
    (tmp_path / "rest.jsonl").write_text(json_lines(rest), encoding="utf-8")
    assert convert(tmp_path / "in.jsonl", tmp_path / "rest.jsonl").status == 0


def test_files_whose_settings_differ_are_refused(convert: Convert, tmp_path: Path) -> None:
    log = json.loads((DATA / "inspect_log.json").read_bytes())
    log["plan"]["config"]["seed"] = 8
    (tmp_path / "other.json").write_text(json.dumps(log, indent=1), encoding="utf-8")
    [problem] = convert("inspect_log.json", tmp_path / "other.json").json["problems"]
    assert "'seed': 8" in problem
    assert "'seed': 7" in problem


def test_settings_that_no_submission_may_state_are_refused(convert: Convert, tmp_path: Path) -> None:
    log = json.loads((DATA / "inspect_log.json").read_bytes())
    log["plan"]["config"]["temperature"] = 1e9
    (tmp_path / "other.json").write_text(json.dumps(log, indent=1), encoding="utf-8")
    [problem] = convert(tmp_path / "other.json").json["problems"]
    assert "decoding.temperature: expected at most 100" in problem


def test_parts_of_other_settings_are_not_merged(convert: Convert, run: Run, tmp_path: Path) -> None:
    assert convert("inspect_log.json").status == 0
    value = written(tmp_path)
    value["decoding"]["seed"] = 8
    (tmp_path / "other.json").write_text(json.dumps(value), encoding="utf-8")
    done = run(
        "submission", "merge", tmp_path / "out.json", tmp_path / "other.json", "--output", tmp_path / "both.json"
    )
    assert done.status == 2
    assert "$.decoding is " in done.err
