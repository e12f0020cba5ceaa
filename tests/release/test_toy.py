"""The toy submission of a bundle gives the published values, which are the same for every bundle."""

import copy
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.bundle import layout, published
from spinefairbench.release.toy import check
from tests.conftest import Tampering

FIGURES: dict[str, Any] = published.published("toy_submission")


def test_the_toy_submission_gives_the_published_values(demo: Path) -> None:
    inputs = Inputs(artifacts=demo)
    result = check(inputs)
    assert (result.problems, result.not_checked) == ((), ())
    [row] = result.rows
    assert row["recommendation_change"] == FIGURES["recommendation_change"] == 2 / 5
    assert row["diagnostic_consistency"] == FIGURES["diagnostic_consistency"] == 1.0
    assert {("toy_submission", key) for key in FIGURES} <= {path[:2] for path in inputs.ledger.compared}


@pytest.mark.parametrize("key", FIGURES)
def test_each_published_value_is_held_to(key: str, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value = FIGURES[key]
    other = [0.25, 0.75] if isinstance(value, list) else value + 1
    changed = {**copy.deepcopy(FIGURES), key: other}
    monkeypatch.setattr("spinefairbench.release.toy.published", lambda section: changed)
    [problem] = check(Inputs(artifacts=demo)).problems
    assert str(problem).startswith(f"toy submission: {key} is ")
    assert str(problem).endswith(f"the published value is {other}")


def test_a_bundle_without_one_says_so(tampering: Tampering) -> None:
    tampering.path(layout.TOY_SUBMISSION).unlink()
    result = check(Inputs(artifacts=tampering.root))
    assert result.not_checked == (f"the toy submission: this bundle has no {layout.TOY_SUBMISSION}",)
    assert not result.rows
