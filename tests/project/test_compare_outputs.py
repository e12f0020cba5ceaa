"""The comparison with an earlier revision compares what it says it compares."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import compare_outputs
from scripts.compare_outputs import cache_name, case_differences, given_bundles
from tests import ROOT


def test_bundles_are_found_from_the_folder_in_which_the_script_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    monkeypatch.chdir(tmp_path)
    assert given_bundles(["one"]) == {"one": (tmp_path / "one", tmp_path / "one")}


def test_two_bundles_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a/artifacts", "b/artifacts", "demo7"):
        (tmp_path / name).mkdir(parents=True)
    with pytest.raises(ValueError, match="two bundles with the name artifacts"):
        given_bundles([str(tmp_path / "a" / "artifacts"), str(tmp_path / "b" / "artifacts")])
    with pytest.raises(ValueError, match="two bundles with the name demo7"):
        given_bundles([str(tmp_path / "demo7")])


def test_a_bundle_that_is_not_there_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/compare_outputs.py", "HEAD", "--bundle", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "there is no folder" in done.stderr


def test_cases_of_either_side_alone_are_differences() -> None:
    same, other = {"exit": 0}, {"exit": 1}
    found = list(case_differences({"a": same, "b": same, "c": same}, {"b": same, "c": other, "d": same}))
    assert found == ["a: gone", "c: $.exit: 0 and 1", "d: new"]


def test_what_is_kept_is_kept_by_revision_and_by_what_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [cache_name("1" * 40), cache_name("2" * 40)]
    monkeypatch.setattr(compare_outputs, "CASES", "inspect\n")
    names.append(cache_name("1" * 40))
    assert len(set(names)) == 3
