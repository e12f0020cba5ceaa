"""The simulations run, say what they were run with, and every limit holds in the quick cells."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests import ROOT

SCRIPT = ROOT / "scripts" / "validate_intervals.py"


def run(*options: str) -> str:
    command = [sys.executable, str(SCRIPT), "--quick", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def result() -> Any:
    return json.loads(run("--format", "json"))


def test_every_share_is_one_and_every_study_has_cells(result: Any) -> None:
    assert result["settings"]["quick"] is True
    for cell in result["cells"]:
        assert all(0 <= share <= 1 for share in cell["measured"].values()), cell
        # With 50 data sets, a share of 0.93 is measured to within 0.108 (three standard errors).
        assert all(miss < 0.11 for miss in cell["misses"].values()), cell
    assert {"means", "differences"} <= {cell["study"] for cell in result["cells"]}


def test_markdown_is_the_same_for_the_same_seed_and_says_what_fails() -> None:
    options = ("--only", "equivalence", "--data-sets", "2")
    first = run(*options)
    assert first == run(*options)
    assert "### Equivalence" in first
    assert "### What does not hold" in first
