"""Every command that writes files follows one rule: nothing is lost that was not to be replaced."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from tests.conftest import Run

FEW = ("--bootstrap-iterations", "5")
NAMED = ("--scope", "toy", "--model-name", "m")
Command = Callable[[Path, Path], tuple[object, ...]]
COMMANDS: dict[str, Command] = {
    "score": lambda given, out: ("score", "--submission", given, "--output", out, *FEW),
    "score --report": lambda given, out: (
        "score", "--submission", given, "--output", "-", "--report", out, "--pairs", 1, *FEW,
    ),
    "score --export": lambda given, out: ("score", "--submission", given, "--output", "-", "--export", out, *FEW),
    "report": lambda given, out: ("report", "--output", out, "--pairs", 1),
    "submission init": lambda given, out: ("submission", "init", *NAMED, "--as", "jsonl", "--output", out),
    "submission convert": lambda given, out: (
        "submission", "convert", given.with_name("rows.jsonl"), *NAMED, "--output", out,
    ),
    "submission convert --missing": lambda given, out: (
        "submission", "convert", given.with_name("rows.jsonl"), *NAMED, "--output", "-", "--missing", out,
    ),
    "submission merge": lambda given, out: ("submission", "merge", given, "--output", out),
    "submission schema": lambda given, out: ("submission", "schema", "--output", out),
}  # fmt: skip
"""Commands with one file to write; the submission that some read, and its rows, lie beside one another."""
SLOW = ("report", "score --report")
"""Pages, which the tests of the documentation write twice."""
READING = [name for name in COMMANDS if name.startswith(("score", "submission convert", "submission merge"))]


@pytest.fixture
def given(demo: Path, tmp_path: Path) -> Path:
    """A submission, and the same as rows beside it."""
    value = json.loads((demo / layout.TOY_SUBMISSION).read_bytes())
    (tmp_path / "s.json").write_text(json.dumps(value), encoding="utf-8")
    rows = [
        {key: row[key] for key in ("pair_id", "source_report", "counterfactual_report")} for row in value["results"]
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path / "s.json"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_is_overwritten_with_force_only(name: str, run: Run, demo: Path, given: Path) -> None:
    out = given.with_name("out")
    out.write_text("mine", encoding="utf-8")
    refused = run(*COMMANDS[name](given, out), "--artifacts", demo)
    assert (refused.status, refused.err) == (2, f"{out}: already exists; use --force to overwrite\n")
    assert out.read_text(encoding="utf-8") == "mine"
    if name in SLOW:
        return
    assert run(*COMMANDS[name](given, out), "--artifacts", demo, "--force").status == 0
    assert out.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_written_into_the_bundle(name: str, run: Run, demo: Path, given: Path) -> None:
    link = given.with_name("link")
    link.symlink_to(demo, target_is_directory=True)
    before = (demo / layout.SHA256SUMS).read_bytes()
    for inside in (demo / "new.json", link / layout.SHA256SUMS):
        refused = run(*COMMANDS[name](given, inside), "--artifacts", demo, "--force")
        assert (refused.status, "lies inside the bundle" in refused.err) == (2, True)
    assert (demo / layout.SHA256SUMS).read_bytes() == before
    assert not (demo / "new.json").exists()


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("alias", ["", "symbolic", "hard"])
def test_an_input_is_not_replaced_under_any_of_its_names(
    name: str, alias: str, run: Run, demo: Path, given: Path
) -> None:
    read = given if "convert" not in name else given.with_name("rows.jsonl")
    before, out = read.read_bytes(), read
    if alias:
        out = given.with_name("alias")
        out.symlink_to(read) if alias == "symbolic" else os.link(read, out)
    refused = run(*COMMANDS[name](given, out), "--artifacts", demo, "--force")
    assert (refused.status, "expected another one" in refused.err) == (2, True)
    assert read.read_bytes() == before


def test_a_leaderboard_replaces_no_score_that_it_is_made_of(run: Run, demo: Path, given: Path) -> None:
    folder = given.with_name("board")
    score = folder / "leaderboard.json"
    assert run("score", "--submission", given, "--output", score, *FEW, "--artifacts", demo).status == 0
    before = score.read_bytes()
    refused = run("leaderboard", "build", score, "--output", folder, "--force")
    assert (refused.status, "is a score file that is read" in refused.err) == (2, True)
    assert score.read_bytes() == before
    inside = run("leaderboard", "build", score, "--output", demo / "board", "--artifacts", demo)
    assert (inside.status, "lies inside the bundle" in inside.err) == (2, True)


def test_what_is_no_file_is_not_replaced_with_force_either(run: Run, demo: Path, given: Path) -> None:
    for target in (given.parent, Path(os.devnull)):
        for force in ((), ("--force",)):
            done = run(*COMMANDS["score"](given, target), "--artifacts", demo, *force)
            assert (done.status, "cannot be written" in done.err) == (2, True)


def test_a_demo_bundle_is_not_written_into_another(run: Run, demo: Path) -> None:
    refused = run("demo-bundle", "--output", demo / "inner", "--artifacts", demo)
    assert (refused.status, (demo / "inner").exists()) == (2, False)
