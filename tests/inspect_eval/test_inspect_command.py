"""`inspect eval` with the task file, as a user gives it: from any folder, with paths that begin there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.bundle.pair_ids import source_of
from tests import ROOT

pytestmark = pytest.mark.inspect


def inspect(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `inspect` in a folder, without a word about where the package is."""
    task = os.path.relpath(ROOT / "spinefairbench" / "inspect_task.py", folder)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-P", "-m", "inspect_ai", "eval", task, "--display", "plain", *arguments],
        cwd=folder,
        env={**environment, "PWD": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_missing_sources_are_listed_and_nothing_is_run(demo: Path, tmp_path: Path, core_pairs: list[str]) -> None:
    (tmp_path / "bundle").symlink_to(demo)
    (tmp_path / "images").mkdir()
    first, *absent = sorted(set(map(source_of, core_pairs)))
    (tmp_path / "images" / f"{first}.png").write_bytes(b"not looked at")
    done = inspect(
        tmp_path, "--model", "mockllm/model", "-T", "sources=images", "-T", "artifacts=bundle", "--log-dir", "logs"
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    said = done.stdout.split()
    assert [word.removesuffix(":") for word in said if word.endswith(":")] == absent
    assert not (tmp_path / "logs").exists()


def test_without_sources_the_option_is_named(tmp_path: Path) -> None:
    done = inspect(tmp_path, "--model", "mockllm/model")
    assert done.returncode == 1
    assert done.stdout.strip() == "sources: missing; give the folder of the source images with -T sources=FOLDER"


def test_a_path_with_brackets_is_shown_as_it_is(demo: Path, tmp_path: Path) -> None:
    """Inspect takes words in brackets for markup."""
    done = inspect(tmp_path, "--model", "mockllm/model", "-T", f"artifacts={demo}", "-T", "sources=my[red]here")
    assert f"--sources {tmp_path}/my[red]here: cannot be read: no such file or directory" in done.stdout


def test_inspect_finds_the_task_and_its_options() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "inspect_ai", "list", "tasks", "spinefairbench"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert listed.stdout.split() == ["spinefairbench/inspect_task.py@spine_reports"]
