"""`inspect eval` with the task file, as a user gives it: from any folder, with paths that begin there."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from spinefairbench.bundle.pair_ids import source_of
from tests import ROOT

pytestmark = pytest.mark.inspect


def inspect(folder: Path, *arguments: str, task: str | None = None, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run `inspect` in a folder, with the task file where it lies and no word about where the package is."""
    task = task or os.path.relpath(ROOT / "spinefairbench" / "inspect_task.py", folder)
    environment = {**os.environ, "PYTHONPATH": path}
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


def test_an_installed_package_needs_no_path(tmp_path: Path) -> None:
    """Installed as `spinefairbench[inspect]` is: with the entry point that pyproject.toml declares."""
    site = tmp_path / "site-packages"
    about = site / "spinefairbench-1.dist-info"
    about.mkdir(parents=True)
    (site / "spinefairbench").symlink_to(ROOT / "spinefairbench")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: spinefairbench\nVersion: 1\n")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["inspect_ai"]
    lines = [f"{name} = {value}" for name, value in declared.items()]
    (about / "entry_points.txt").write_text("\n".join(["[inspect_ai]", *lines]))
    task = "spinefairbench/spine_reports"
    done = inspect(tmp_path, "--model", "mockllm/model", task=task, path=str(site))
    assert done.stdout.strip() == "sources: missing; give the folder of the source images with -T sources=FOLDER"


def test_inspect_finds_the_task_and_its_options() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "inspect_ai", "list", "tasks", "spinefairbench"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert listed.stdout.split() == ["spinefairbench/inspect_task.py@spine_reports"]
