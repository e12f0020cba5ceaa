"""inspect: a row for each file, prompt, count and text, and what is compared with the release."""

import json
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.files.hashing import sha256_of_bytes
from tests.conftest import Run, Tampering
from tests.releases import pass_for_release

Rows = list[dict[str, Any]]


def _rows(run: Run, root: object, kind: str | None = None) -> Rows:
    found: Rows = run("inspect", "--artifacts", root, "--format", "json").json["results"]
    return [row for row in found if kind in (None, row["kind"])]


def test_every_file_prompt_count_and_text_has_a_row(run: Run, demo: Any) -> None:
    rows = _rows(run, demo)
    prompts = json.loads((demo / layout.CANONICAL_DEFINITIONS).read_text())["prompt_registry"]
    counts = [
        "qc_passed_pairs", "evaluation_sources", "evaluation_pairs", "common_core_sources", "common_core_pairs",
        "attempted_qc_rows", "all_model_intersection_pairs",
    ]  # fmt: skip
    files = [row["name"] for row in rows if row["kind"] == "file"]
    assert [(row["kind"], row["name"]) for row in rows] == [
        *(("file", name) for name in files),
        *(("prompt", name) for name in prompts),
        *(("count", name) for name in counts),
        ("text", "prepared_at_utc"),
        ("text", "report_schema_version"),
    ]
    assert len(set(files)) == len(files) == 46
    assert all((demo / name).is_file() for name in files)
    assert {row["status"] for row in rows if row["kind"] == "file"} == {"ok"}
    assert {row["status"] for row in rows if row["kind"] != "file"} == {"not compared"}


def test_counts_and_prompts_are_those_of_the_files(run: Run, demo: Any) -> None:
    def lines(name: str) -> Rows:
        return [json.loads(line) for line in (demo / name).read_text().splitlines()]

    def sources(name: str) -> set[str]:
        return set(json.loads((demo / name).read_text())["source_ids"])

    passed = [row["source_id"] for row in lines(layout.QC_PASSED)]
    core, evaluated = sources(layout.COMMON_CORE_SUBSET), sources(layout.EVALUATION_SUBSET)
    assert {row["name"]: row["value"] for row in _rows(run, demo, "count")} == {
        "qc_passed_pairs": len(passed),
        "evaluation_sources": len(evaluated),
        "evaluation_pairs": sum(source in evaluated for source in passed),
        "common_core_sources": len(core),
        "common_core_pairs": sum(source in core for source in passed),
        "attempted_qc_rows": len(lines(layout.QC_METADATA)),
        "all_model_intersection_pairs": json.loads((demo / layout.INTERSECTION_MANIFEST).read_text())["pair_count"],
    }
    registry = json.loads((demo / layout.CANONICAL_DEFINITIONS).read_text())["prompt_registry"]
    prompts = _rows(run, demo, "prompt")
    assert {row["name"]: row["text"] for row in prompts} == registry
    assert all(row["value"] == sha256_of_bytes(row["text"].encode()) for row in prompts)
    expected = published("frozen_prompt_sha256")
    assert {row["name"]: row["expected"] for row in prompts if row["expected"]} == expected


def test_of_the_release_prompts_and_counts_are_compared(
    run: Run, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = json.loads((tampering.root / layout.CANONICAL_DEFINITIONS).read_text())["prompt_registry"]
    hashes = published("frozen_prompt_sha256")
    for name in hashes:
        monkeypatch.setitem(hashes, name, sha256_of_bytes(registry[name].encode()))

    def change(value: dict[str, Any]) -> None:
        value["prompt_registry"]["system"] += " "

    tampering.json(layout.CANONICAL_DEFINITIONS, change)
    pass_for_release(tampering, monkeypatch)
    rows = _rows(run, tampering.root)
    prompts = {row["name"]: row["status"] for row in rows if row["kind"] == "prompt"}
    assert {name: status for name, status in prompts.items() if status != "not compared"} == {
        "system": "differs",
        "primary": "ok",
    }
    counts = [row for row in rows if row["kind"] == "count"]
    assert {row["status"] for row in counts} == {"differs"}
    assert all(row["expected"] not in (None, row["value"]) for row in counts)
    done = run("inspect", "--artifacts", tampering.root)
    assert "the SHA-256 of the prompt system is" in done.err
    assert "DIFFERS from the frozen one" in done.out


def test_a_missing_file_has_its_row_and_is_named_once(run: Run, tampering: Tampering) -> None:
    tampering.path(layout.QC_PASSED).unlink()
    done = run("inspect", "--artifacts", tampering.root, "--format", "json")
    assert [row["name"] for row in done.json["results"] if row["status"] == "missing"] == [layout.QC_PASSED]
    assert [problem for problem in done.json["problems"] if problem.startswith(layout.QC_PASSED)] == [
        f"{layout.QC_PASSED}: missing, or not a regular file of the bundle; every bundle has it"
    ]
    counts = {row["name"] for row in done.json["results"] if row["kind"] == "count"}
    assert counts == {"attempted_qc_rows", "all_model_intersection_pairs"}


def test_a_panel_that_lists_other_pairs_than_the_core_is_named_pair_by_pair(run: Run, tampering: Tampering) -> None:
    name = layout.panel_pairs(layout.FULL_PANEL)
    first, *rest = json.loads((tampering.root / name).read_text())
    tampering.json(name, lambda rows: rest)
    said = run("inspect", "--artifacts", tampering.root).err
    assert f"{name}: {len(rest)} pairs; the common core has {len(rest) + 1}" in said
    assert f"{name}: {first['pair_id']} of the common core is missing" in said


def test_a_core_source_that_was_not_evaluated_is_named(run: Run, tampering: Tampering) -> None:
    core = json.loads((tampering.root / layout.COMMON_CORE_SUBSET).read_text())["source_ids"]
    tampering.json(layout.EVALUATION_SUBSET, lambda v: v["source_ids"].remove(core[0]))
    said = run("inspect", "--artifacts", tampering.root).err
    assert f"{layout.COMMON_CORE_SUBSET}: the source {core[0]} is not in {layout.EVALUATION_SUBSET}" in said
