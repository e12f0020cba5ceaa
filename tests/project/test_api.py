"""What `import spinefairbench` promises: the names, that they are there, and that importing it takes no time."""

import subprocess
import sys

import pytest

import spinefairbench
import spinefairbench.api
from tests import ROOT


def test_the_promise_is_what_the_package_and_its_interface_list() -> None:
    assert set(spinefairbench.__all__) == {*spinefairbench.api.__all__, "__version__"}
    for name in spinefairbench.api.__all__:
        assert getattr(spinefairbench, name) is getattr(spinefairbench.api, name)
    assert set(spinefairbench.__all__) <= set(dir(spinefairbench))


def test_a_name_that_is_not_promised_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'spinefairbench' has no attribute 'scores'"):
        _ = spinefairbench.scores  # type: ignore[attr-defined]


def test_what_is_promised_is_documented() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [name for name in spinefairbench.__all__ if f"`{name}" not in text and f"sfb.{name}" not in text] == []


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    code = "import sys; before = set(sys.modules); import spinefairbench; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert {name for name in imported if name.startswith("spinefairbench")} == {
        "spinefairbench",
        "spinefairbench.version",
    }
    assert not imported & {
        "argparse",
        "csv",
        "dataclasses",
        "decimal",
        "fractions",
        "hashlib",
        "inspect",
        "json",
        "pathlib",
    }
