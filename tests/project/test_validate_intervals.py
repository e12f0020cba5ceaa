"""The coverage simulation runs and says what it was run with."""

import json
import subprocess
import sys

from tests import ROOT

SCRIPT = ROOT / "scripts" / "validate_intervals.py"
COMMAND = [sys.executable, str(SCRIPT), "--quick", "--data-sets", "3", "--iterations", "20"]


def run(*options: str) -> str:
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=True).stdout


def test_json_holds_every_cell_and_the_settings() -> None:
    result = json.loads(run("--format", "json"))
    assert result["settings"]["data_sets"] == 3
    assert result["settings"]["bootstrap_iterations"] == 20
    kinds = {cell["kind"] for cell in result["cells"]}
    assert kinds == {"rate", "jaccard", "difference"}
    for cell in result["cells"]:
        assert 0 <= cell["percentile"] <= 1
        assert 0 <= cell["printed"] <= 1


def test_markdown_is_the_same_for_the_same_seed_and_names_the_limits() -> None:
    first = run()
    assert first == run()
    assert "### Jaccard" in first
    assert "### Known limits" in first
