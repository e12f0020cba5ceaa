"""`breakdown --by finding` as a user runs it: held to plain loops over the texts, and bad labels told in a sentence."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.finding_check import by_finding
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.bundle import layout
from spinefairbench.errors import UsageError
from spinefairbench.metrics.diagnostic_label import extract_labels
from spinefairbench.metrics.recommendation import classify_recommendations
from spinefairbench.metrics.refusal_detector import ResponseClass, classify_response
from tests.conftest import Run, Tampering

FEW = ("--bootstrap-iterations", "200")
FULL = layout.panel_pairs(layout.FULL_PANEL)
KEY = "pathology_labels"


def _texts(root: Path) -> dict[str, dict[str, dict[str, str]]]:
    """{model: {pair: {role: text}}}, straight from the files."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for panel in layout.MAIN_PANELS:
        for row in json.loads((root / layout.evaluation_results(panel)).read_bytes()):
            found.setdefault(row["model"], {}).setdefault(row["pair_id"], {})[row["image_role"]] = row["response"]
    return found


def _labels(root: Path) -> dict[str, list[int]]:
    return {row["source_id"]: row[KEY] for row in json.loads((root / FULL).read_bytes())}


@cache
def _parsed(text: str) -> tuple[ResponseClass, frozenset[str], frozenset[str]]:
    return classify_response(text), frozenset(classify_recommendations(text)), extract_labels(text)


def _recomputed(texts: dict[str, dict[str, str]], sources: set[str], iterations: int) -> dict[str, Any]:
    """Counts, points and percentile intervals over the pairs of some sources, in plain loops."""
    values: dict[str, list[tuple[float, float]]] = {}
    counts = {"expected_pairs": 0, "usable_pairs": 0, "full_refusal_pairs": 0, "partial_refusal_pairs_included": 0}
    for pair_id in sorted(texts):
        source_id = pair_id.rpartition("__")[0]
        if source_id not in sources:
            continue
        classes, advice, labels = zip(*(_parsed(texts[pair_id][role]) for role in ("source", "generated")), strict=True)
        counts["expected_pairs"] += 1
        if ResponseClass.FULL_REFUSAL in classes:
            counts["full_refusal_pairs"] += 1
            continue
        counts["usable_pairs"] += 1
        counts["partial_refusal_pairs_included"] += ResponseClass.PARTIAL_REFUSAL in classes
        a, b = labels
        jaccard = len(a & b) / len(a | b) if a | b else 1.0
        values.setdefault(source_id, []).append((float(advice[0] != advice[1]), jaccard))
    sums = np.array([np.sum(of_source, axis=0) for of_source in values.values()])
    sizes = np.array([len(of_source) for of_source in values.values()])
    drawn = np.random.default_rng(42).integers(0, len(sizes), size=(iterations, len(sizes)))
    replicates = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]
    low, high = np.percentile(replicates, [2.5, 97.5], axis=0)
    return {
        **counts,
        "expected_sources": len(sources),
        "n_sources": len(values),
        "zero_usable_sources": len(sources) - len(values),
        "api_error_pairs": 0,
        "recommendation_change": sums[:, 0].sum() / sizes.sum(),
        "diagnostic_consistency": sums[:, 1].sum() / sizes.sum(),
        "recommendation_ci95": None if len(sizes) < 2 else pytest.approx([low[0], high[0]], abs=1e-12),
        "diagnostic_ci95": None if len(sizes) < 2 else pytest.approx([low[1], high[1]], abs=1e-12),
    }


@pytest.mark.parametrize("fixture", ["demo", "other_demo"])
def test_strata_are_those_of_plain_loops_over_the_texts(fixture: str, run: Run, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(fixture)
    found = run("breakdown", "--by", "finding", "--artifacts", root, *FEW, "--format", "json").json
    labels, texts = _labels(root), _texts(root)
    assert len(found["results"]) == 4 * len(texts)
    values: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in found["results"]:
        of_scope = {each for each in labels if row["of"] == "pooled" or each.startswith("vindr_")}
        chosen = {each for each in of_scope if any(i != 7 for i in labels[each]) == (row["stratum"] == "any_finding")}
        expected = _recomputed(texts[row["model"]], chosen, 200)
        for key, value in expected.items():
            exact = isinstance(value, float)
            assert row[key] == (pytest.approx(value, abs=1e-12) if exact else value), (row["model"], row["of"], key)
        values[row["model"], row["of"], row["stratum"]] = row
    endpoints = {"recommendation_change", "diagnostic_consistency"}
    contrasts = [row for row in found["summary"]["contrasts"] if row["endpoint"] in endpoints]
    assert len(contrasts) == 4 * len(texts)
    for row in contrasts:
        first, second = (values[row["model"], row["of"], row[side]][row["endpoint"]] for side in "ab")
        assert (row["a"], row["b"]) == ("any_finding", "no_finding_label")
        assert row["difference"] == pytest.approx(first - second, abs=1e-12)


def test_what_no_finding_label_means_is_told_with_the_count(run: Run, demo: Path) -> None:
    labels = _labels(demo)
    nobody = sum(not each for each in labels.values())
    without = sum(not set(each) - {7} for each in labels.values())
    done = run("breakdown", "--by", "finding", "--artifacts", demo, "--model", "radfm", *FEW)
    assert done.status == 0
    said = f"pooled: no_finding_label has {without} sources; nobody labelled {nobody} of them, so whether"
    assert f"note: {said} they have a finding is not known" in done.out
    assert "note: within_vindr: no_finding_label has 1 source, all of them labelled No finding" in done.out


def test_submitted_reports_are_counted_over_the_pairs_that_they_were_to_be_on(demo: Path) -> None:
    inputs = Inputs(SimpleNamespace(bootstrap_iterations=20), demo)
    reports = inputs.panels_of(["radfm"])
    reports = reports._replace(models=(replace(reports.models[0], panel=None),))
    pairs = frozenset(pair.pair_id for pair in reports.models[0].pairs) | {"vindr_nowhere__young_male"}
    found = answer(by_finding(inputs.about(reports, pairs)), inputs.bootstrap)
    assert sum(row.expected_pairs for row in found.rows if row.found.of == "pooled") == len(pairs) - 1
    [told] = [note for note in found.notes if "the lists of the panels" in note]
    assert told.startswith("in no stratum: 1 of ")
    with pytest.raises(UsageError, match="the score file does not say which are missing"):
        by_finding(inputs.about(reports, None))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([13], "expected indexes from 0 to 12, found 13"),
        ([True], "expected indexes from 0 to 12, found True"),
        ([3.0], "expected indexes from 0 to 12, found 3.0"),
        ("7", "expected a list of indexes from 0 to 12, found '7'"),
    ],
)
def test_a_faulty_label_is_told_and_the_other_sources_are_still_compared(
    value: object, said: str, run: Run, tampering: Tampering
) -> None:
    tampering.json(FULL, lambda rows: rows[0].update({KEY: value}))
    before = _labels(tampering.root)
    done = run("breakdown", "--by", "finding", "--artifacts", tampering.root, *FEW, "--format", "json")
    assert done.status == 1
    [problem] = done.json["problems"]
    assert problem.startswith(f"{FULL}: [0]: {KEY} of ") and said in problem
    pooled = [row for row in done.json["results"] if (row["model"], row["of"]) == ("radfm", "pooled")]
    assert sum(row["expected_sources"] for row in pooled) == len(before) - 1


def test_a_missing_list_is_told_once(run: Run, tampering: Tampering) -> None:
    tampering.path(FULL).unlink()
    done = run("breakdown", "--by", "finding", "--artifacts", tampering.root, *FEW)
    assert done.status == 2
    assert done.err.count(FULL) == 1


def test_a_bundle_that_is_no_demo_is_held_to_the_published_strata(run: Run, tampering: Tampering) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()
    done = run("breakdown", "--by", "finding", "--artifacts", tampering.root, *FEW, "--model", "gpt-5.4")
    assert done.status == 1
    assert "gpt-5.4, within_vindr, no_finding_label: expected_sources is 1; the published value is 87" in done.err
    assert "gpt-5.4, pooled, any_finding less no_finding_label: recommendation_change is" in done.err
    assert "ci95" not in done.err
    assert "the published intervals: other settings of the resampling were asked for" in done.out
