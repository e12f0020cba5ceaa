"""No input makes a traceback: files of a bundle and submissions, mutated blindly and with knowledge of JSON."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinefairbench.bundle import layout
from tests.conftest import Run, Tampering

HOSTILE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 1.5, 10**400, "", " ", "\ud800", "\0", "../../etc/passwd", "a\nb", "ı", "x" * 5000, [], {}, [[]],
     [None], {"": ""}, ["a", "a"], "__young_male", "a__young_male", "source", "all"]
)  # fmt: skip
FUZZ = settings(
    max_examples=40 if "CI" in os.environ else 10,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _paths(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Places in a JSON value, the first of each list only: the others are alike."""
    found = [prefix]
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in items:
        found += _paths(item, (*prefix, key))
    return found[:400]


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = _replaced(value[path[0]], path[1:], new)
    return value


def _without(value: Any, path: tuple[Any, ...]) -> Any:
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    return _replaced(value, path[:-1], {k: v for k, v in parent.items() if k != path[-1]}
                     if isinstance(parent, dict) else [v for i, v in enumerate(parent) if i != path[-1]])  # fmt: skip


def _survives(run: Run, *arguments: object) -> None:
    done = run(*arguments, "--format", "json")
    assert done.status in (0, 1, 2)
    assert (done.status == 0) == (done.err == "")
    json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


JSON_FILES = {
    layout.RELEASE_MANIFEST: ("dataset",),
    layout.PAIRS: ("dataset",),
    layout.SOURCE_METADATA: ("dataset", "demographics"),
    layout.CANONICAL_DEFINITIONS: ("inspect",),
    layout.COMMON_CORE_SUBSET: ("inspect", "table2"),
    layout.EVALUATION_SUBSET: ("inspect",),
    layout.INTERSECTION_MANIFEST: ("inspect",),
    layout.FREEZE_MANIFEST: ("inspect",),
    layout.SUMMARY: ("table2", "inspect"),
    layout.panel_manifest(layout.FULL_PANEL): ("table2", "parse-sample"),
    layout.panel_pairs(layout.FULL_PANEL): ("gap-sensitivity", "demographics"),
    layout.panel_manifest(layout.MITIGATION_PANEL): ("mitigation",),
    layout.PARSING_CONFIDENCE: ("mitigation", "stage1-confidence"),
    layout.READER_SUBSET: ("radiologist",),
    layout.READER_EXCLUSIONS: ("radiologist",),
    layout.READER_MANIFEST: ("radiologist", "inspect"),
    layout.VALIDATION_REPORT: ("radiologist", "inspect"),
    layout.CROISSANT: ("inspect",),
    layout.DEMO_MARKER: ("dataset",),
}


@pytest.mark.parametrize("relative", JSON_FILES)
def test_a_json_file_with_a_hostile_value_anywhere(relative: str, tampering: Tampering, run: Run) -> None:
    path = tampering.path(relative)
    value = json.loads(path.read_bytes())
    places = _paths(value)

    @FUZZ
    @given(place=st.sampled_from(places), new=HOSTILE, remove=st.booleans())
    def attack(place: tuple[Any, ...], new: Any, remove: bool) -> None:
        path.write_text(json.dumps(_without(value, place) if remove and place else _replaced(value, place, new)))
        for command in JSON_FILES[relative]:
            _survives(run, command, "--artifacts", tampering.root)

    attack()


TEXT_FILES = {
    layout.QC_METADATA: "dataset",
    layout.QC_PASSED: "dataset",
    layout.MITIGATION_TABLE: "mitigation",
    layout.PAIR_RESULTS: "radiologist",
    layout.DETECTABILITY: "radiologist",
    layout.HIDDEN_REPEATS: "radiologist",
    layout.SHA256SUMS: "checksums",
    layout.evaluation_results(layout.BASELINE_PANEL): "gap-sensitivity",
    layout.SUMMARY: "table2",
}


@pytest.mark.parametrize("relative", TEXT_FILES)
def test_a_file_with_hostile_bytes_anywhere(relative: str, tampering: Tampering, run: Run) -> None:
    path = tampering.path(relative)
    # Long files are cut: what is fuzzed is the reading, and the whole file would cost seconds a try.
    data = path.read_bytes()[:20_000]
    junk = st.binary(max_size=12) | st.sampled_from(
        [b"\xff", b"\0", b'"', b"\n", b"[" * 3000, b"{", b"]", b",", b"\r", b"9" * 5000, b"1e999", b"NaN"]
    )

    @FUZZ
    @given(start=st.integers(0, len(data)), length=st.integers(0, 200), new=junk)
    def attack(start: int, length: int, new: bytes) -> None:
        path.write_bytes(data[:start] + new + data[start + length :])
        extra = [path] if TEXT_FILES[relative] == "checksums" else []
        _survives(run, TEXT_FILES[relative], *extra, "--artifacts", tampering.root)

    attack()


def test_a_report_row_with_a_hostile_value(tampering: Tampering, run: Run) -> None:
    path = tampering.path(layout.evaluation_results(layout.FULL_PANEL))
    rows = json.loads(path.read_bytes())[:20]

    @FUZZ
    @given(index=st.integers(0, 19), key=st.sampled_from([*rows[0], "new"]), new=HOSTILE)
    def attack(index: int, key: str, new: Any) -> None:
        path.write_text(json.dumps([row | ({key: new} if i == index else {}) for i, row in enumerate(rows)]))
        for command in ("both-empty-diagnostic", "parse-sample"):
            _survives(run, command, "--artifacts", tampering.root)

    attack()


def test_a_submission_with_a_hostile_value_anywhere(demo: Path, tmp_path: Path, run: Run) -> None:
    toy = json.loads((demo / layout.TOY_SUBMISSION).read_bytes())
    places = _paths(toy)
    source, target = tmp_path / "submission.json", tmp_path / "score.json"

    @settings(FUZZ, max_examples=200)
    @given(place=st.sampled_from(places), new=HOSTILE, remove=st.booleans())
    def attack(place: tuple[Any, ...], new: Any, remove: bool) -> None:
        target.unlink(missing_ok=True)
        source.write_text(json.dumps(_without(toy, place) if remove and place else _replaced(toy, place, new)))
        _survives(run, "score", "--artifacts", demo, "--submission", source, "--output", target,
                  "--bootstrap-iterations", "5")  # fmt: skip
        if target.exists():
            json.loads(target.read_bytes())

    attack()


@pytest.mark.parametrize("argument", ["\0", "\ud800", "x" * 5000, "-", "", "../..", "/dev/null", "/dev/stdin"])
def test_hostile_arguments(argument: str, run: Run, demo: Path, tmp_path: Path) -> None:
    for arguments in (
        ["table2", "--artifacts", argument],
        ["table2", "--artifacts", demo, "--model", argument],
        ["parse-sample", "--artifacts", demo, "--pair", argument],
        ["checksums", argument],
        ["score", "--artifacts", demo, "--submission", argument, "--output", tmp_path / "o"],
        ["demo-bundle", "--output", "/dev/null/" + argument],
        [argument],
    ):
        assert run(*arguments).status == 2
