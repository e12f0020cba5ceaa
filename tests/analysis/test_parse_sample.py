"""parse-sample: the pair that is shown, its values, and each match at its place in the text."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.metrics.diagnostic_label import compute_jaccard
from tests.conftest import Run, Tampering

FULL = layout.evaluation_results(layout.FULL_PANEL)


def _first_pair_says(tampering: Tampering, source: str, edited: str) -> tuple[str, str]:
    """Give the first pair of the first model these reports; the model and the pair."""
    rows = json.loads((tampering.root / FULL).read_text())
    model = json.loads((tampering.root / layout.panel_manifest(layout.FULL_PANEL)).read_text())["models"][0]
    pair = min(row["pair_id"] for row in rows if row["model"] == model)

    def change(value: list[dict[str, Any]]) -> None:
        for row in value:
            if (row["model"], row["pair_id"]) == (model, pair):
                row["response"] = source if row["image_role"] == "source" else edited

    tampering.json(FULL, change)
    return model, pair


def test_a_pair_by_hand(run: Run, tampering: Tampering) -> None:
    source, edited = "Fracture of L1. MRI is advised.", "Fracture; osteophytes. Surgery."
    model, pair = _first_pair_says(tampering, source, edited)
    done = run("parse-sample", "--artifacts", tampering.root, "--model", model, "--pair", pair, "--format", "json").json
    first, second = done["results"]
    assert [row["role"] for row in done["results"]] == ["source", "generated"]
    assert (first["text"], second["text"]) == (source, edited)
    labels = [set(row["diagnostic_labels"]) for row in done["results"]]
    assert first["recommendations"] == ["imaging"] and second["recommendations"] == ["surgery"]
    assert done["summary"] == {
        "model": model,
        "pair_id": pair,
        "usable": True,
        "recommendation_changed": True,
        "recommendation_jaccard": 0.0,
        "diagnostic_jaccard": compute_jaccard(*labels),
    }
    for row in done["results"]:
        places = [(match["start"], match["end"], match["kind"]) for match in row["matches"]]
        assert places == sorted(places)
        for match in row["matches"]:
            assert row["text"][match["start"] : match["end"]].lower() == match["term"]
            found = row["diagnostic_labels"] if match["kind"] == "diagnostic" else row["recommendations"]
            assert match["category"] in found
    said = run("parse-sample", "--artifacts", tampering.root, "--model", model, "--pair", pair).out
    assert "source report, characters 0-8: fracture -> diagnostic Fracture" in said
    assert "source report, characters 16-19: mri -> recommendation imaging" in said


def test_by_default_it_is_the_first_usable_pair_of_the_first_model(run: Run, tampering: Tampering) -> None:
    model, refused = _first_pair_says(tampering, "I'm unable to help with that.", "I'm unable to help with that.")
    summary = run("parse-sample", "--artifacts", tampering.root, "--format", "json").json["summary"]
    assert (summary["model"], summary["usable"]) == (model, True)
    pairs = sorted({row["pair_id"] for row in json.loads((tampering.root / FULL).read_text())})
    assert summary["pair_id"] > refused == pairs[0]


def test_a_refused_pair_is_shown_where_it_is_asked_for(run: Run, tampering: Tampering) -> None:
    model, refused = _first_pair_says(tampering, "I'm unable to help with that.", "MRI.")
    options = ("--artifacts", tampering.root, "--model", model, "--pair", refused, "--format", "json")
    done = run("parse-sample", *options).json
    assert done["summary"]["usable"] is False
    assert done["results"][0]["response_class"] == "full_refusal"


@pytest.mark.parametrize("options", [("--model", "nobody"), ("--pair", "buu_x__young_male")])
def test_what_is_not_there_is_named(options: tuple[str, str], run: Run, demo: Path) -> None:
    done = run("parse-sample", "--artifacts", demo, *options)
    assert done.status == 2
    assert options[1] in done.err
