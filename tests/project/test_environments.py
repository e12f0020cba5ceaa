"""Virtual environments are made where there is none, and anew where there is half of one."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shell scripts as on POSIX")


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def made(tmp_path: Path) -> list[str]:
    """Makes the environment `env` with a Python that only tells what it was asked; what that was."""
    executable(tmp_path / "bin/python3", f'echo "$@" >> "{tmp_path}/asked"')
    done = subprocess.run(
        ["bash", str(ROOT / "scripts/make_environment.sh"), "env"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    asked = tmp_path / "asked"
    return asked.read_text().splitlines() if asked.exists() else []


@pytest.fixture
def there(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """An environment whose Python does what the test says."""
    if request.param is not None:
        executable(tmp_path / "env/bin/python", request.param)


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        (None, ["-m venv --clear env"]),
        ("echo No module named pip >&2; exit 1", ["-m venv --clear env"]),
        ("exit 0", []),
    ],
    indirect=["there"],
)
def test_an_environment_is_made_unless_it_is_whole(there: None, asked: list[str], made: list[str]) -> None:
    assert made == asked


@pytest.mark.parametrize(
    "script", ["run_tests.sh", "run_generator_tests.sh", "run_inspect_tests.sh", "run_mutation.sh"]
)
def test_every_test_command_uses_it(script: str) -> None:
    text = (ROOT / "scripts" / script).read_text(encoding="utf-8")
    assert "bash scripts/make_environment.sh .venv" in text
    assert "-m venv" not in text
