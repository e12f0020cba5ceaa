"""The requests that are still to be made, through `submission convert`: copied from their folder, never lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinefairbench.bundle.artifacts import Bundle, open_bundle
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.release.conversion import Reading, convert_files
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.missing_requests import write_missing_requests
from spinefairbench.release.request_manifest import PartFile, RequestManifest, RequestSettings, write_request_manifest
from spinefairbench.release.request_map import MAP, Report, RequestMap, map_bytes, read_request_map
from tests.conftest import Run
from tests.release.runners.results import PAIRS, RESULTS, TEXTS, json_lines, openai_line

ASKED = [Report(pair, image, repeat) for pair in PAIRS for image in ("source", "counterfactual") for repeat in (1, 2)]
ENDINGS = ("stop", "length", "content_filter", "lost")


@pytest.fixture(scope="module")
def bundle(demo: Path) -> Bundle:
    return open_bundle(demo)


@pytest.fixture(scope="module")
def requests(tmp_path_factory: pytest.TempPathFactory) -> RequestMap:
    """A folder of requests for two reports on each image of the pairs of the fixtures; its requests ask for nothing."""
    folder = tmp_path_factory.mktemp("requests")
    lines = b"".join(json.dumps({"custom_id": report.custom_id, "body": {}}).encode() + b"\n" for report in ASKED)
    (folder / "part-0001.jsonl").write_bytes(lines)
    (folder / MAP).write_bytes(map_bytes(ASKED))
    digest = "0" * 64
    asked = RequestSettings(
        "openai",
        "toy",
        {"name": "m"},
        "m",
        Decoding(temperature=0.5, seed=1),
        {"system": digest, "primary": digest},
        2,
        "base64",
        digest,
        100,
        10_000,
    )
    part = PartFile("part-0001.jsonl", len(ASKED), len(lines), sha256_of_bytes(lines))
    write_request_manifest(folder, RequestManifest(asked, True, len(ASKED), sha256_of_bytes(map_bytes(ASKED)), (part,)))
    return read_request_map(folder)


def text_of(report: Report) -> str:
    again = "" if report.repeat == 1 else " Again."
    return TEXTS[f"{report.pair_id}|{report.image}"] + again


def result(report: Report, ending: str = "stop") -> dict[str, Any]:
    return openai_line(report.custom_id, text_of(report), ending)


def test_results_are_joined_through_the_map_with_repeats_and_settings(
    run: Run, demo: Path, tmp_path: Path, requests: RequestMap
) -> None:
    (tmp_path / "in.jsonl").write_text(json_lines(map(result, reversed(ASKED))), encoding="utf-8")
    named = ("--scope", "toy", "--model-name", "m", "--artifacts", demo, "--output", tmp_path / "out.json")
    done = run("submission", "convert", tmp_path / "in.jsonl", *named, "--requests", requests.folder)
    assert done.status == 0, done.err
    value = json.loads((tmp_path / "out.json").read_bytes())
    assert value["results"] == RESULTS
    assert value["decoding"] == {"temperature": 0.5, "seed": 1}
    assert [len(entry["reports"]) for entry in value["repeated_reports"]] == [1] * 4
    score = ("--output", tmp_path / "score.json", "--force", "--artifacts", demo, "--bootstrap-iterations", 20)
    assert run("score", "--submission", tmp_path / "out.json", *score).status == 0
    with_settings = json.loads((tmp_path / "score.json").read_bytes())
    assert with_settings["decoding"] == value["decoding"]
    del value["decoding"]
    (tmp_path / "out.json").write_text(json.dumps(value), encoding="utf-8")
    assert run("score", "--submission", tmp_path / "out.json", *score).status == 0
    without = json.loads((tmp_path / "score.json").read_bytes())
    del with_settings["decoding"]
    assert {**with_settings, "scored_at_utc": ""} == {**without, "scored_at_utc": ""}


def test_the_requests_of_failed_and_lost_answers_are_copied_and_complete_the_run(
    run: Run, demo: Path, tmp_path: Path, requests: RequestMap
) -> None:
    (tmp_path / "in.jsonl").write_text(json_lines([result(ASKED[0], "length"), result(ASKED[2])]), encoding="utf-8")
    named = ("--scope", "toy", "--model-name", "m", "--artifacts", demo, "--requests", requests.folder)
    files = ("--output", tmp_path / "out.json", "--missing", tmp_path / "todo.jsonl")
    done = run("submission", "convert", tmp_path / "in.jsonl", *named, *files)
    assert done.status == 2
    assert "truncated" in done.err
    assert not (tmp_path / "out.json").exists()
    todo = [
        json.loads(line)["custom_id"] for line in (tmp_path / "todo.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert todo == [report.custom_id for report in ASKED if report != ASKED[2]]
    again = [result(requests.by_custom_id[custom_id]) for custom_id in todo]
    (tmp_path / "again.jsonl").write_text(json_lines(again), encoding="utf-8")
    done = run("submission", "convert", tmp_path / "in.jsonl", tmp_path / "again.jsonl", *named, *files, "--force")
    assert done.status == 0, done.err
    assert (tmp_path / "todo.jsonl").read_bytes() == b""
    assert json.loads((tmp_path / "out.json").read_bytes())["results"] == RESULTS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(
    endings=st.lists(st.lists(st.sampled_from(ENDINGS), max_size=3), min_size=len(ASKED), max_size=len(ASKED)),
    data=st.data(),
)
def test_truncated_filtered_lost_and_shuffled_results_lose_nothing_and_invent_nothing(
    bundle: Bundle, tmp_path: Path, requests: RequestMap, endings: list[list[str]], data: st.DataObject
) -> None:
    lines = [
        result(report, ending)
        for report, each in zip(ASKED, endings, strict=True)
        for ending in each
        if ending != "lost"
    ]
    parts = data.draw(st.permutations(lines)), data.draw(st.integers(0, len(lines)))
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    files[0].write_text(json_lines(parts[0][: parts[1]]), encoding="utf-8")
    files[1].write_text(json_lines(parts[0][parts[1] :]), encoding="utf-8")
    reading = Reading(requests=requests, allow_partial=True)
    given_files = [str(file) for file in files if file.stat().st_size]
    found = convert_files(given_files, bundle, "toy", reading)
    answered = {report for report, each in zip(ASKED, endings, strict=True) if "stop" in each}
    complete = [
        pair for pair in PAIRS if {Report(pair, image, 1) for image in ("source", "counterfactual")} <= answered
    ]
    assert found.problems == ()
    assert list(found.results) == [each for each in RESULTS if each["pair_id"] in complete]
    assert {
        (entry["pair_id"], entry["role"], text) for entry in found.repeated_reports for text in entry["reports"]
    } == {(r.pair_id, r.image, text_of(r)) for r in answered if r.repeat == 2 and r.pair_id in complete}
    assert set(found.to_ask) == set(ASKED) - answered
    write_missing_requests(tmp_path / "todo.jsonl", found.to_ask, requests)
    todo = [
        json.loads(line)["custom_id"] for line in (tmp_path / "todo.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert todo == [report.custom_id for report in ASKED if report not in answered]
