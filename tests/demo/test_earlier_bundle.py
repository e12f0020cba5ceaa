"""A demo bundle that is there already is left alone: as it is where it is the one asked for, and with a reason otherwise."""

import json
from pathlib import Path

from spinefairbench.bundle import layout
from spinefairbench.demo import write_demo_bundle
from tests.conftest import Run


def test_a_demo_bundle_that_is_there_is_left_as_it_is(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "demo"
    arguments = ("demo-bundle", "--output", root, "--core-sources", 2, "--sources", 3)
    assert "already there" not in run(*arguments).out
    (root / "mine.txt").write_text("a file of the user", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    again = run(*arguments)
    assert (again.status, "already there, as asked for" in again.out) == (0, True)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    other = run(*arguments[:-4], "--core-sources", 3, "--sources", 3)
    assert (other.status, "core_sources is 2, asked for is 3" in other.err) == (2, True)
    (root / layout.SUMMARY).write_text("{}", encoding="utf-8")
    changed = run(*arguments)
    assert (changed.status, f"changed after it was written (first: {layout.SUMMARY})" in changed.err) == (2, True)


def test_other_resamples_make_another_demo_bundle(tmp_path: Path) -> None:
    assert write_demo_bundle(tmp_path / "demo", core_sources=2, sources=2, bootstrap_iterations=3)
    assert not write_demo_bundle(tmp_path / "demo", core_sources=2, sources=2, bootstrap_iterations=3)
    marker = json.loads((tmp_path / "demo" / layout.DEMO_MARKER).read_bytes())
    assert marker["bootstrap_iterations"] == 3


def test_a_folder_without_a_demo_bundle_is_no_demo_bundle(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    refused = run("demo-bundle", "--output", tmp_path)
    assert (refused.status, "needs a new or empty folder" in refused.err) == (2, True)
    (tmp_path / layout.DEMO_MARKER).write_text('{"synthetic": "perhaps"}', encoding="utf-8")
    assert run("demo-bundle", "--output", tmp_path).status == 2
