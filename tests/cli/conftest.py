"""What tests of several commands need: submissions that are scored as a user scores them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

FEW = ("--bootstrap-iterations", "60")
Scored = Callable[..., tuple[Path, dict[str, Any]]]
"""What the fixture `scored` gives."""


@pytest.fixture
def scored(run: Run, demo: Path, tmp_path: Path) -> Scored:
    """Scores a submission; the score file and its content."""

    def score(value: dict[str, Any], name: str = "score", *options: str) -> tuple[Path, dict[str, Any]]:
        file, output = tmp_path / f"{name}-submission.json", tmp_path / f"{name}.json"
        file.write_text(json.dumps(value), encoding="utf-8")
        ran = run("score", "--submission", file, "--output", output, "--artifacts", demo, *FEW, *options)
        assert ran.status == 0, ran.err
        return output, json.loads(output.read_text(encoding="utf-8"))

    return score
