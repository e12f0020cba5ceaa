"""The texts of a pair are those that were scored, also where rows of the bundle are faulty."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.reports import find_pair, panel_models, read_pair_texts, read_panels, select_models
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.files import json_parts
from spinefairbench.files.json_input import parse_json_text
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


def _with_hidden_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    other = {**rows[0], "response": OTHER_TEXT}
    hidden = {"a": [{}, other, {}], "b": other, "c": "}, {", "d": '}, {"model": "x"}, {'}
    return [{**rows[-1], **hidden}, {**hidden, **rows[-2]}, *rows[:-2]]


@pytest.mark.parametrize("layout_of_rows", [{"separators": (",", ":")}, {"indent": 1}, {}], ids=range(3))
@pytest.mark.parametrize("part_bytes", [1, 3000, 1_000_000])
def test_what_looks_like_a_row_within_one_is_not_shown(
    layout_of_rows: dict[str, Any], part_bytes: int, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_parts, "_PART_BYTES", part_bytes)
    tampering.text(FULL, lambda text: json.dumps(_with_hidden_rows(json.loads(text)), **layout_of_rows))
    _check_texts(tampering, faults=0)


def _with_escapes(row: dict[str, Any]) -> str:
    """The row as JSON in which each letter of its names is an escape."""
    text = json.dumps(row)
    for name in (row["model"], row["pair_id"]):
        text = text.replace(f'"{name}"', '"' + "".join(f"\\u{ord(letter):04x}" for letter in name) + '"')
    return text


def test_names_that_are_written_with_escapes_are_found(tampering: Tampering) -> None:
    """Of a repeated report the first is the one that was scored, however its names are written."""

    def change(text: str) -> str:
        rows: list[dict[str, Any]] = json.loads(text)
        written = list(map(json.dumps, rows))
        written[5] = _with_escapes(rows[5])
        repeated = json.dumps({**rows[5], "response": OTHER_TEXT})
        return f"[{', '.join([*written, repeated, written[6]])}]"

    tampering.text(FULL, change)
    _check_texts(tampering, faults=2)


def test_only_the_rows_of_the_pairs_are_parsed(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(demo)
    pair = read_panels(bundle).models[0].pairs[-1].pair_id
    parsed: list[str] = []

    def counted(text: str) -> Any:
        parsed.append(text)
        return parse_json_text(text)

    monkeypatch.setattr(json_parts, "parse_json_text", counted)
    model = next(iter(panel_models(bundle)))
    texts = read_pair_texts(bundle, [(model, pair)])
    assert texts.keys() == {(model, pair)}
    assert 0 < sum(map(len, parsed)) < (demo / FULL).stat().st_size / 10


def _manifest(tampering: Tampering, panel: str) -> list[str]:
    models: list[str] = json.loads((tampering.root / layout.panel_manifest(panel)).read_text())["models"]
    return models


def test_models_are_those_of_both_manifests_in_their_order(tampering: Tampering) -> None:
    full, baseline = (_manifest(tampering, panel) for panel in layout.MAIN_PANELS)
    models = panel_models(Bundle(tampering.root))
    assert list(models.items()) == [(name, layout.MAIN_PANELS[0]) for name in full] + [
        (name, layout.MAIN_PANELS[1]) for name in baseline
    ]
    assert select_models(models, None) == models
    assert list(select_models(models, [baseline[0], full[1]])) == [full[1], baseline[0]]
    with pytest.raises(UsageError) as error:
        select_models({"a": "full", "b": "full"}, ["a", "c", "d"])
    assert list(map(str, error.value.problems)) == [
        "unknown model 'c'; this bundle has a, b",
        "unknown model 'd'; this bundle has a, b",
    ]


def test_a_model_of_both_panels_is_named_with_the_second_manifest(tampering: Tampering) -> None:
    name = layout.panel_manifest(layout.MAIN_PANELS[1])
    twice = _manifest(tampering, layout.MAIN_PANELS[0])[0]
    tampering.json(name, lambda value: value["models"].append(twice))
    with pytest.raises(BundleError) as error:
        panel_models(Bundle(tampering.root))
    assert list(map(str, error.value.problems)) == [f"{name}: the model {twice} is in both panels"]


def test_a_pair_is_found_by_its_model_and_id(tampering: Tampering) -> None:
    bundle = Bundle(tampering.root)
    rows = json.loads((tampering.root / FULL).read_text())
    model = _manifest(tampering, layout.FULL_PANEL)[0]
    pair = rows[-1]["pair_id"]
    texts = {row["image_role"]: row["response"] for row in rows if (row["model"], row["pair_id"]) == (model, pair)}
    found = find_pair(bundle, None, pair)
    assert [(row.model, row.pair_id, row.role) for row in found] == [
        (model, pair, "source"),
        (model, pair, "generated"),
    ]
    assert {row.role: row.response for row in found} == texts
    assert find_pair(bundle, model, pair) == found
    with pytest.raises(UsageError, match=f"unknown pair 'x' of {model}; expected a pair of the common core"):
        find_pair(bundle, model, "x")
    with pytest.raises(UsageError, match="unknown model 'nobody'"):
        find_pair(bundle, "nobody", pair)


def test_a_pair_of_which_one_report_is_there_or_one_twice_is_named(tampering: Tampering) -> None:
    first = _first_row(tampering, FULL)
    model, pair = first["model"], first["pair_id"]

    def others(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if (row["model"], row["pair_id"]) != (model, pair)]

    tampering.json(FULL, lambda rows: [first, *others(rows)])
    with pytest.raises(BundleError, match=f"{model}, {pair}: only the {first['image_role']} report was found"):
        find_pair(Bundle(tampering.root), model, pair)
    tampering.json(FULL, lambda rows: [first, first, *others(rows)])
    with pytest.raises(BundleError, match=f"row 2: duplicate {first['image_role']} report of {model}, {pair}"):
        find_pair(Bundle(tampering.root), model, pair)
