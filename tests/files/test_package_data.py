"""Data files of the program are read from a folder and from a ZIP file alike."""

import importlib
import sys
import zipfile
from pathlib import Path

import pytest

from spinefairbench.files.package_data import data_names, files_below, package_folder, read_data
from tests import ROOT

FILES = {
    "zipped_data/__init__.py": b"",
    "zipped_data/b.json": b"[]",
    "zipped_data/a.json": b"{}",
    "zipped_data/deeper/page.css": b"p {}",
}


@pytest.fixture(params=["folder", "archive"])
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package that Python finds in a folder or in a ZIP file."""
    place = tmp_path / request.param
    if request.param == "archive":
        with zipfile.ZipFile(place, "w") as archive:
            for name, content in FILES.items():
                archive.writestr(name, content)
    else:
        for name, content in FILES.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        (place / "zipped_data/__pycache__").mkdir()
        (place / "zipped_data/__pycache__/x.pyc").write_bytes(b"compiled")
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    importlib.invalidate_caches()
    monkeypatch.delitem(sys.modules, "zipped_data", raising=False)
    return "zipped_data"


def test_data_is_read_and_listed(package: str) -> None:
    assert read_data(package, "a.json") == b"{}"
    assert read_data(package, "deeper/page.css") == b"p {}"
    assert data_names(package, ".json") == ["a.json", "b.json"]


def test_every_file_but_compiled_ones_is_below(package: str) -> None:
    assert {path: file.read_bytes() for path, file in files_below(package_folder(package))} == FILES


def test_no_module_of_the_core_looks_for_data_beside_its_own_file() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "spinefairbench").rglob("*.py")
        if "__file__" in path.read_text(encoding="utf-8")
    }
    assert found == {
        "spinefairbench/analysis/inputs.py",  # where an unpacked bundle may lie
        "spinefairbench/generator/released.py",  # the configurations that `--config` names
        "spinefairbench/inspect_eval/plan.py",  # the folder that Inspect changes to before it makes the task
        "spinefairbench/inspect_task.py",  # a checkout that is not installed must be found by Python
    }
