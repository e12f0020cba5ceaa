"""The gate's files: what is read of them, and every fault with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_files import (
    FrozenGate,
    MitigationPanel,
    Stage1Output,
    frozen_gates,
    mitigation_panel,
    read_stage1_outputs,
    stage1_manifest,
    stage1_samples,
)
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, missing

FIRST, SECOND = layout.STAGE1_SAMPLE_MANIFESTS
GATE = {"sample_size": 200, "stage1_diag_pass_count": 193, "stage1_diag_pass_rate": 0.965, "decision": "included"}


def _bundle(root: Path, files: dict[str, Any]) -> Bundle:
    for name, value in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return Bundle(root)


def _said(error: BundleError) -> list[str]:
    return [str(problem) for problem in error.problems]


def test_gates_are_read_by_model(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path, {layout.PARSING_CONFIDENCE: {"a": GATE, "b": GATE | {"decision": "excluded_full"}}})
    assert frozen_gates(bundle) == {
        "a": FrozenGate(200, 193, 0.965, "included"),
        "b": FrozenGate(200, 193, 0.965, "excluded_full"),
    }


def test_one_fault_of_each_gate_is_named(tmp_path: Path) -> None:
    faults: dict[str, Any] = {
        "size": GATE | {"sample_size": True},
        "count": GATE | {"stage1_diag_pass_count": -1},
        "rate": GATE | {"stage1_diag_pass_rate": "0.9"},
        "decision": GATE | {"decision": None},
        "whole": [],
    }
    with pytest.raises(BundleError) as error:
        frozen_gates(_bundle(tmp_path, {layout.PARSING_CONFIDENCE: faults}))
    assert _said(error.value) == [
        f"{layout.PARSING_CONFIDENCE}: size.sample_size: expected a whole number from 0, found 'True'",
        f"{layout.PARSING_CONFIDENCE}: count.stage1_diag_pass_count: expected a whole number from 0, found '-1'",
        f"{layout.PARSING_CONFIDENCE}: rate.stage1_diag_pass_rate: expected a number, found '0.9'",
        f"{layout.PARSING_CONFIDENCE}: decision.decision: expected a text",
        f"{layout.PARSING_CONFIDENCE}: whole.sample_size: missing",
    ]


def test_the_panel_names_the_included_and_the_excluded(tmp_path: Path) -> None:
    manifest = {"included_models": ["b", "a"], "excluded_models": ["c"]}
    bundle = _bundle(tmp_path, {layout.panel_manifest(layout.MITIGATION_PANEL): manifest})
    assert mitigation_panel(bundle) == MitigationPanel(("b", "a"), ("c",))


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_the_samples_stand_at_either_place(name: str, tmp_path: Path) -> None:
    listed = {"models": {"a": ["x.txt"], "b": {"sample_files_first_200": ["some/where/y.txt", "D:\\z.txt"]}}}
    bundle = _bundle(tmp_path, {name: listed})
    assert stage1_manifest(bundle) == name
    assert stage1_samples(bundle) == {"a": ["x.txt"], "b": ["y.txt", "z.txt"]}


def test_where_both_manifests_are_there_the_first_counts(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path, {SECOND: {"models": {}}, FIRST: {"models": {"a": ["x.txt"]}}})
    assert stage1_samples(bundle) == {"a": ["x.txt"]}


def test_without_a_manifest_both_places_are_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as error:
        stage1_samples(_bundle(tmp_path, {}))
    assert _said(error.value) == [f"{FIRST} or {SECOND}: missing"]


def test_a_sample_that_is_no_list_and_a_text_listed_twice_are_named(tmp_path: Path) -> None:
    listed = {"models": {"a": "x.txt", "b": ["one/x.txt", "two/x.txt"], "c": {}}}
    with pytest.raises(BundleError) as error:
        stage1_samples(_bundle(tmp_path, {FIRST: listed}))
    assert _said(error.value) == [
        f"{FIRST}: models.a: expected a list of strings",
        f"{FIRST}: models.b: duplicate entry x.txt",
        f"{FIRST}: models.c.sample_files_first_200: missing",
    ]


def test_each_text_is_read_with_its_record_and_faults_go_to_the_problems(tmp_path: Path) -> None:
    folder = layout.stage1_outputs(layout.MITIGATION_PANEL, "a")
    bundle = _bundle(
        tmp_path,
        {
            f"{folder}/recorded.txt": "one",
            f"{folder}/recorded.validation.json": {"status": "valid"},
            f"{folder}/alone.txt": "two",
            f"{folder}/faulty.txt": "three",
            f"{folder}/faulty.validation.json": [],
            f"{folder}/last.txt": "four",
        },
    )
    problems: list[Problem] = []
    names = ["recorded.txt", "gone.txt", "alone.txt", "faulty.txt", "last.txt"]
    assert list(read_stage1_outputs(bundle, "a", names, problems)) == [
        Stage1Output("recorded.txt", "one", {"status": "valid"}),
        Stage1Output("alone.txt", "two", None),
        Stage1Output("last.txt", "four", None),
    ]
    assert problems == [
        missing(f"{folder}/gone.txt"),
        Problem(f"{folder}/faulty.validation.json", "expected a JSON object"),
    ]
