"""What the commands find in a small demo bundle is what was kept of it: no number, name or count changes unnoticed."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from scripts.write_kept_results import CASES, KEPT, differences, digests
from tests.conftest import Run

RESULTS: dict[str, dict[str, str]] = json.loads(KEPT.read_bytes())


@pytest.mark.parametrize("name", CASES)
def test_results_are_those_kept(name: str, run: Run, demo: Path) -> None:
    done = run(*CASES[name], "--artifacts", demo, "--format", "json")
    assert (done.status, done.err) == (0, "")
    assert differences(RESULTS[name], done.json) == [], "scripts/write_kept_results.py keeps what changed on purpose"


def test_every_case_is_kept() -> None:
    assert RESULTS.keys() == CASES.keys()
    assert all(RESULTS.values())


DOCUMENT: dict[str, Any] = {
    "results": [{"model": "m", "value": 0.25, "ci95": [0.0, 0.5], "reason": "few sources"}, {"model": "n", "value": None}],
    "summary": {"counts": {"pairs": 3}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "path"),
    [
        (("results", 0, "value"), 0.250001, "results[].value"),
        (("results", 1, "value"), 0, "results[].value"),
        (("results", 0, "model"), "o", "results[].model"),
        (("results", 0, "ci95"), [0.5, 0.0], "results[].ci95[]"),
        (("summary", "counts"), {}, "summary.counts.pairs"),
    ],
)
def test_a_result_that_differs_is_named_by_its_key(place: tuple[Any, ...], value: Any, path: str) -> None:
    kept = digests(DOCUMENT)
    assert differences(kept, DOCUMENT) == []
    changed = copy.deepcopy(DOCUMENT)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    assert differences(kept, changed) == [path]


def test_wording_new_keys_and_the_last_digits_are_free() -> None:
    changed = copy.deepcopy(DOCUMENT)
    changed["results"][0] |= {"reason": "too few sources", "new": 1, "value": 0.25 + 1e-15}
    assert differences(digests(DOCUMENT), changed) == []
