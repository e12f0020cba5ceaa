"""What is imported of Inspect is imported late: without Inspect it is a sentence, and its types are the library's."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.inspect_eval import inspect_library
from tests import ROOT

INSTALL = "install it with: python3 -m pip install -r requirements-inspect.txt"


def test_without_inspect_its_names_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    with pytest.raises(inspect_library.MissingInspectError, match=f"^inspect_ai is not installed; {INSTALL}$"):
        importlib.import_module("spinefairbench.inspect_eval.inspect_library").__getattr__("Task")


def test_a_version_that_lacks_a_name_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "inspect_ai").mkdir()
    (tmp_path / "inspect_ai" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for known in [name for name in sys.modules if name.partition(".")[0] == "inspect_ai"]:
        monkeypatch.delitem(sys.modules, known)
    expected = r"^inspect_ai cannot be used as it is installed \(.*task.*\); install it with: "
    with pytest.raises(inspect_library.MissingInspectError, match=expected):
        importlib.import_module("spinefairbench.inspect_eval.inspect_library").__getattr__("task")
    del sys.modules["inspect_ai"]


def test_a_name_that_nobody_needs_is_none_of_the_module() -> None:
    with pytest.raises(
        AttributeError, match=r"'spinefairbench\.inspect_eval\.inspect_library' has no attribute 'eval'"
    ):
        importlib.import_module("spinefairbench.inspect_eval.inspect_library").__getattr__("eval")


def test_the_task_without_inspect_ends_with_the_sentence() -> None:
    """`-S` leaves out what is installed."""
    command = [sys.executable, "-S", "-c", "import spinefairbench.inspect_task"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].endswith(f"MissingInspectError: inspect_ai is not installed; {INSTALL}")


def test_the_task_file_run_by_python_says_what_runs_it() -> None:
    command = [sys.executable, "-S", "spinefairbench/inspect_task.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith("this file is run by Inspect")
    assert said.endswith("inspect eval spinefairbench/inspect_task.py --model MODEL -T sources=FOLDER")


def test_a_type_checker_reads_the_same_names_from_the_same_places() -> None:
    stub = ast.parse((ROOT / "spinefairbench" / "inspect_eval" / "inspect_library.pyi").read_text(encoding="utf-8"))
    imported = {
        alias.asname: node.module
        for node in ast.walk(stub)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert imported == inspect_library.PLACES


@pytest.mark.inspect
@pytest.mark.parametrize("name", sorted(inspect_library.PLACES))
def test_inspect_has_every_name(name: str) -> None:
    assert getattr(inspect_library, name) is not None
