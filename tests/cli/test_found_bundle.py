"""Which bundle a run uses where none is named, that it says so, and that it can be required to be the release."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.analysis.inputs import CODE_ROOT, default_artifacts
from spinefairbench.bundle import layout
from spinefairbench.render.formats import FORMATS
from tests.conftest import Run, Tampering

FOUND = "bundle found at: "


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and code with no bundle beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("spinefairbench.analysis.inputs.CODE_ROOT", tmp_path / "code")
    (tmp_path / "code").mkdir()
    return tmp_path


def test_the_current_folder_goes_before_that_of_the_code(here: Path) -> None:
    assert default_artifacts() is None
    (here / "code" / "artifacts").mkdir()
    assert default_artifacts() == here / "code" / "artifacts"
    (here / "artifacts").symlink_to(here / "nowhere")
    assert default_artifacts() == here / "artifacts"


def test_a_broken_link_is_an_error_and_no_demo(here: Path, run: Run) -> None:
    (here / "artifacts").symlink_to(here / "nowhere")
    for command in ("all", "inspect"):
        done = run(command)
        assert (done.status, done.out, len(done.err.splitlines())) == (2, "", 1)
        assert str(here / "artifacts") in done.err


def test_no_bundle_is_told_with_both_places(here: Path, run: Run) -> None:
    done = run("inspect")
    assert (done.status, len(done.err.splitlines())) == (2, 1)
    assert "artifacts: no bundle here, nor beside the code" in done.err
    assert not list(here.glob("artifacts"))


@pytest.mark.parametrize("name", FORMATS)
def test_the_path_of_a_bundle_that_was_found_is_said(name: str, here: Path, run: Run, demo: Path) -> None:
    (here / "artifacts").symlink_to(demo)
    done = run("both-empty-diagnostic", "--format", name)
    said = done.out if name in ("text", "markdown") else done.err
    assert done.status == 0
    assert f"{FOUND}{here}/artifacts".replace("_", "\\_" if name == "markdown" else "_") in said
    assert FOUND not in run("both-empty-diagnostic", "--format", name, "--quiet").err
    named = run("both-empty-diagnostic", "--format", name, "--artifacts", "artifacts")
    assert FOUND not in named.out + named.err


def test_an_installed_package_finds_the_bundle_in_the_current_folder(demo: Path, tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "elsewhere"
    shutil.copytree(CODE_ROOT / "spinefairbench", site / "spinefairbench", ignore=shutil.ignore_patterns("__pycache__"))
    folder.mkdir()
    (folder / "artifacts").symlink_to(demo)
    done = subprocess.run(
        [sys.executable, "-S", "-m", "spinefairbench", "inspect"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f"{FOUND}{folder}/artifacts" in done.stdout


@pytest.mark.parametrize("command", ["table2", "diagnostic-scoring", "release-identity"])
def test_a_command_is_not_started_on_another_bundle_than_the_release(
    command: str, run: Run, demo: Path, tampering: Tampering
) -> None:
    done = run(command, "--require-release", "--artifacts", demo, "--format", "json")
    assert (done.status, done.json["status"], done.json["results"]) == (1, "failed", [])
    assert done.json["problems"] == [f"{demo}: a synthetic demo bundle; expected the release (--require-release)"]
    tampering.path(layout.DEMO_MARKER).unlink()
    other = run(command, "--require-release", "--artifacts", demo, "--format", "json")
    assert (other.status, other.json["bundle"], len(other.json["problems"])) == (1, "other", 1)
    assert "not the release: at least one of its seven anchor files" in other.err


def test_nothing_is_written_for_another_bundle_than_the_release(run: Run, demo: Path, tmp_path: Path) -> None:
    arguments = ("submission", "init", "--scope", "common-core-1000", "--model-name", "m", "--artifacts", demo)
    done = run(*arguments, "--output", tmp_path / "todo.jsonl", "--require-release")
    assert (done.status, list(tmp_path.iterdir())) == (1, [])


@pytest.mark.parametrize("command", ["all", "inspect"])
def test_no_bundle_is_not_the_release(command: str, here: Path, run: Run) -> None:
    done = run(command, "--require-release", "--format", "json")
    assert (done.status, done.json["results"], len(done.json["problems"])) == (1, [], 1)
    assert "expected the release" in done.err
    assert [path.name for path in here.iterdir()] == ["code"]
    assert run(command, "--require-release", "--artifacts", here / "none").status == 2


@pytest.mark.parametrize("command", ["all", "table2"])
def test_the_release_is_what_is_required(command: str, run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefairbench.cli.all_checks.COMMANDS", [])
    monkeypatch.setattr("spinefairbench.bundle.artifacts.Bundle.kind", "release")
    monkeypatch.setattr("spinefairbench.bundle.artifacts.Bundle.held_to_release", False)
    assert run(command, "--require-release", "--artifacts", demo).status == 0
