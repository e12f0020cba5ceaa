"""table2: frozen against recomputed intervals, and what of the frozen summary is held against the reports."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from tests.conftest import Run, Tampering

MODEL = "gpt-5.4"


def _table(run: Run, root: object, *options: object) -> dict[str, Any]:
    return run("table2", "--artifacts", root, *options, "--format", "json").json


def _frozen(root: Path, panel: str = "full") -> dict[str, Any]:
    models: dict[str, Any] = json.loads((root / layout.SUMMARY).read_text())["panels"][panel]["models"]
    return models


def test_without_the_option_the_intervals_are_the_frozen_ones_and_that_is_said(run: Run, demo: Path) -> None:
    done = _table(run, demo)
    frozen = _frozen(demo) | _frozen(demo, "baseline")
    assert {row["ci_source"] for row in done["results"]} == {"frozen"}
    assert "the intervals: they are the bundle's frozen ones (--recompute-ci recomputes them)" in done["not_checked"]
    for row in done["results"]:
        stats = frozen[row["model"]]["primary_secondary_stats"]
        agreement, mean = stats["recommendation"]["bootstrap_ci"], stats["diagnostic_label"]["bootstrap_ci"]
        # The file holds agreement; the table change, so that the bounds change places.
        assert row["recommendation_ci95"] == [1 - agreement["upper"], 1 - agreement["lower"]]
        assert row["diagnostic_ci95"] == [mean["lower"], mean["upper"]]
        quality = frozen[row["model"]]["data_quality"]
        assert (row["usable_pairs"], row["full_refusal_pairs"], row["partial_refusal_pairs"]) == (
            quality["pair_usable"], quality["pair_full_refusals"], quality["pair_partial_refusals"],
        )  # fmt: skip
        assert row["frozen"]["recommendation_change"] == 1 - stats["recommendation"]["agreement_rate"]


@pytest.mark.parametrize(
    "options",
    [("--recompute-ci",), ("--recompute-ci", "--seed", 42), ("--seed", 1), ("--bootstrap-iterations", 50)],
)
def test_asked_for_intervals_are_recomputed(options: tuple[object, ...], run: Run, demo: Path) -> None:
    done = _table(run, demo, *options)
    assert {row["ci_source"] for row in done["results"]} == {"recomputed"}
    assert not any("frozen ones" in said for said in done["not_checked"])


def _shift_a_bound(tampering: Tampering, by: float) -> None:
    def change(value: dict[str, Any]) -> None:
        own = value["panels"]["full"]["models"][MODEL]["primary_secondary_stats"]
        own["diagnostic_label"]["bootstrap_ci"]["lower"] += by

    tampering.json(layout.SUMMARY, change)


def test_a_frozen_bound_is_held_to_the_recomputed_one_and_only_then(run: Run, tampering: Tampering) -> None:
    _shift_a_bound(tampering, 1e-9)
    assert _table(run, tampering.root)["problems"] == []
    [problem] = _table(run, tampering.root, "--recompute-ci")["problems"]
    assert problem.startswith(f"{MODEL}: recomputed diagnostic_ci95 is [")
    assert "the frozen summary has [" in problem


def test_other_settings_are_not_held_to_the_frozen_intervals_and_that_is_said(run: Run, demo: Path) -> None:
    done = _table(run, demo, "--seed", 7, "--bootstrap-iterations", 60)
    assert done["problems"] == []
    assert [note for note in done["notes"] if note.startswith("intervals recomputed")] == [
        "intervals recomputed with 60 iterations and seed 7; not compared with the frozen ones, which have 10,000 and seed 42"
    ]


def test_a_rounding_error_of_a_frozen_bound_is_none(run: Run, tampering: Tampering) -> None:
    _shift_a_bound(tampering, 5e-13)
    assert _table(run, tampering.root, "--recompute-ci")["problems"] == []


@pytest.mark.parametrize(
    ("lower", "upper", "sound"),
    [(0.9, 0.1, False), (-0.1, 0.5, False), (0.5, 1.1, False), (0.2, 0.2, True), (0.0, 1.0, True), (-1e-13, 0.5, True)],
)
def test_bounds_that_are_no_interval_are_named(
    lower: float, upper: float, sound: bool, run: Run, tampering: Tampering
) -> None:
    def change(value: dict[str, Any]) -> None:
        own = value["panels"]["full"]["models"][MODEL]["primary_secondary_stats"]
        own["diagnostic_label"]["bootstrap_ci"].update(lower=lower, upper=upper)

    tampering.json(layout.SUMMARY, change)
    expected = (
        [] if sound
        else [f"{MODEL}: frozen diagnostic_ci95 is [{lower}, {upper}]; expected a lower and an upper bound in [0, 1]"]
    )  # fmt: skip
    assert _table(run, tampering.root)["problems"] == expected


def test_one_model_leaves_the_others_unchecked_and_says_so(run: Run, demo: Path) -> None:
    done = _table(run, demo, "--model", MODEL)
    assert [row["model"] for row in done["results"]] == [MODEL]
    assert "the models that were not asked for" in done["not_checked"]
    assert "the models that were not asked for" not in _table(run, demo)["not_checked"]


@pytest.mark.parametrize("count", ["pair_usable", "pair_full_refusals", "pair_partial_refusals"])
def test_each_frozen_count_is_held(count: str, run: Run, tampering: Tampering) -> None:
    def change(value: dict[str, Any]) -> None:
        value["panels"]["full"]["models"][MODEL]["data_quality"][count] += 1

    tampering.json(layout.SUMMARY, change)
    [problem] = _table(run, tampering.root)["problems"]
    name = "usable_pairs" if count == "pair_usable" else f"{count.removeprefix('pair_')[:-1]}_pairs"
    assert problem.startswith(f"{MODEL}: {name} is ") and "the frozen summary has" in problem
