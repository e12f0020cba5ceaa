"""The texts of a pair are those that were scored, also where rows of the bundle are faulty."""

import json
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.reports import read_pair_texts, read_panels
from spinefairbench.metrics.features import extract_features
from tests.conftest import Tampering

FULL = layout.evaluation_results(layout.FULL_PANEL)
BASELINE = layout.evaluation_results(layout.BASELINE_PANEL)
OTHER_TEXT = "Acute fracture with infection and tumor. Advice: surgery, MRI, biopsy."


def _first_row(tampering: Tampering, file: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads((tampering.root / file).read_text(encoding="utf-8"))[0]
    return row


def _check_texts(tampering: Tampering, *, faults: int) -> None:
    """Every pair that was scored has the texts that it was scored by."""
    bundle = Bundle(tampering.root)
    panels = read_panels(bundle)
    assert len(panels.problems) == faults
    scored = {(model.model, pair.pair_id): pair for model in panels.models for pair in model.pairs}
    texts = read_pair_texts(bundle, scored)
    assert texts.keys() == scored.keys()
    for key, (source, counterfactual) in texts.items():
        assert OTHER_TEXT not in (source, counterfactual)
        assert extract_features(source) == scored[key].source
        assert extract_features(counterfactual) == scored[key].counterfactual


def test_the_texts_of_a_sound_bundle_are_those_that_were_scored(tampering: Tampering) -> None:
    _check_texts(tampering, faults=0)


@pytest.mark.parametrize("fault", [{"error": "timeout"}, {"source_id": "other", "pair_source_id": None}])
def test_a_faulty_row_before_a_sound_one_is_not_shown(fault: dict[str, Any], tampering: Tampering) -> None:
    faulty = {**_first_row(tampering, FULL), "response": OTHER_TEXT, **fault}
    tampering.json(FULL, lambda rows: [faulty, *rows])
    _check_texts(tampering, faults=1)


def test_a_row_of_a_model_of_the_other_panel_is_not_shown(tampering: Tampering) -> None:
    stray = {**_first_row(tampering, BASELINE), "response": OTHER_TEXT}
    tampering.json(FULL, lambda rows: [stray, *rows])
    _check_texts(tampering, faults=1)


def test_of_a_repeated_report_the_first_is_shown(tampering: Tampering) -> None:
    repeated = {**_first_row(tampering, FULL), "response": OTHER_TEXT}
    tampering.json(FULL, lambda rows: [*rows, repeated])
    _check_texts(tampering, faults=1)
