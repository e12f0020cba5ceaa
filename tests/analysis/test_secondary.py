"""The command `secondary`, recomputed in plain loops with NumPy and SciPy."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import wilcoxon

from spinefairbench.bundle import layout
from spinefairbench.demo import write_demo_bundle
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, HEDGING_TERMS, SEVERITY_TERMS
from tests.conftest import Run, Tampering
from tests.metrics.plain_parsers import naive_categories, naive_matches, plainly_classified

PUBLISHED = [name.replace("listhesis", "lysthesis") for name in DIAGNOSTIC_TERMS]
Values = dict[str, tuple[list[float], list[float]]]


def unmatched(text: str, truth: set[str]) -> float:
    labels = naive_categories(DIAGNOSTIC_TERMS, text) - {"No finding"}
    return len(labels - truth) / len(labels) if labels else 0.0


def severity(text: str) -> float:
    return float(max(map(int, naive_categories(SEVERITY_TERMS, text)), default=0))


def hedging(text: str) -> float:
    return float(len(naive_matches(HEDGING_TERMS, text)))


def plain_values(bundle: Path, panel: str, model: str) -> tuple[list[str], Values]:
    """The sources of the usable pairs in the order of their ids, and both values of each pair in each reading."""
    texts: dict[str, dict[str, str]] = {}
    for row in json.loads((bundle / layout.evaluation_results(panel)).read_bytes()):
        if row["model"] == model:
            texts.setdefault(row["pair_id"], {})[row["image_role"]] = row["response"]
    labels = {
        row["source_id"]: row["pathology_labels"]
        for row in json.loads((bundle / layout.panel_pairs(panel)).read_bytes())
    }
    sources = []
    values: Values = {
        name: ([], []) for name in ("severity_language", "confidence", "unmatched_predictions", "corrected")
    }
    for pair_id, both in sorted(texts.items()):
        if "full_refusal" in map(plainly_classified, both.values()):
            continue
        source = pair_id.rpartition("__")[0]
        sources.append(source)
        truth = {PUBLISHED[label] for label in labels[source]} - {"No finding"}
        put_right = {list(DIAGNOSTIC_TERMS)[label] for label in labels[source]} - {"No finding"}
        for side, role in enumerate(("source", "generated")):
            values["severity_language"][side].append(severity(both[role]))
            values["confidence"][side].append(hedging(both[role]))
            values["unmatched_predictions"][side].append(unmatched(both[role], truth))
            values["corrected"][side].append(unmatched(both[role], put_right))
    return sources, values


def interval(magnitudes: "np.ndarray[Any, Any]", sources: list[str]) -> list[float]:
    clusters = sorted(set(sources))
    sums = np.array([magnitudes[[s == cluster for s in sources]].sum() for cluster in clusters])
    counts = np.array([sources.count(cluster) for cluster in clusters])
    drawn = np.random.default_rng(42).integers(0, len(clusters), size=(10_000, len(clusters)))
    return [float(q) for q in np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])]


def held(row: Mapping[str, Any], sources: list[str], both: tuple[list[float], list[float]]) -> None:
    """The mean and the interval of a row, or of a part of one, are those of plain loops."""
    magnitudes = abs(np.array(both[0]) - np.array(both[1]))
    assert row["n_pairs"] == len(sources)
    assert row["mean_abs_difference"] == pytest.approx(magnitudes.mean(), rel=1e-12, abs=1e-12)
    assert row["ci95"] == pytest.approx(interval(magnitudes, sources), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", [7, 11])
def test_it_agrees_with_plain_loops_numpy_and_scipy(seed: int, demo: Path, tmp_path: Path, run: Run) -> None:
    bundle = demo
    if seed != 7:
        bundle = tmp_path / "bundle"
        write_demo_bundle(bundle, core_sources=9, sources=12, seed=seed)
    result = run("secondary", "--artifacts", bundle, "--format", "json")
    assert result.status == 0
    rows = {(row["model"], row["endpoint"]): row for row in result.json["results"]}
    for model, panel in (("gemma-4", layout.FULL_PANEL), ("radfm", layout.BASELINE_PANEL)):
        sources, values = plain_values(bundle, panel, model)
        labelled = [place for place, source in enumerate(sources) if source.startswith("vindr_")]
        corrected = values.pop("corrected")
        for endpoint, both in values.items():
            row = rows[model, endpoint]
            held(row, sources, both)
            differences = np.array(both[0]) - np.array(both[1])
            if differences.any():
                # None of these has 50 differences without ties and zeros.
                tested = wilcoxon(*both, zero_method="wilcox", correction=False, method="asymptotic")
                assert row["wilcoxon"]["statistic"] == tested.statistic
                assert row["wilcoxon"]["p_value"] == pytest.approx(tested.pvalue, rel=1e-12, abs=1e-12)
                assert row["cohens_d_z"] == pytest.approx(
                    differences.mean() / differences.std(ddof=1), rel=1e-12, abs=1e-12
                )
        row = rows[model, "unmatched_predictions"]
        held(row["corrected"], sources, corrected)
        for part, both in (("vindr", values["unmatched_predictions"]), ("vindr_corrected", corrected)):
            kept = ([both[0][place] for place in labelled], [both[1][place] for place in labelled])
            held(row[part], [sources[place] for place in labelled], kept)


def test_what_is_said_beside_the_rows(demo: Path, run: Run) -> None:
    result = run("secondary", "--artifacts", demo).out
    assert "are no evidence of an effect" in result
    assert "spell Spondylolisthesis as 'Spondylolysthesis'" in result
    assert "nobody ascertained the findings of" in result
    assert re.search(
        r"radfm: unmatched predictions \d\.\d{3} as published, \d\.\d{3} with the spelling put right; over the "
        r"\d+ pairs of \d+ labelled sources \d\.\d{3} and \d\.\d{3}",
        result,
    )
    assert "9 percentile intervals of 27 may be too short, and no interval beside them holds" in result
    assert f"not checked: {layout.SUMMARY}: no cohens_d_z of confidence of radfm" in result
    counts = run("secondary", "--artifacts", demo, "--model", "radfm", "--format", "json").json["summary"]["sources"]
    rows = json.loads((demo / layout.panel_pairs(layout.FULL_PANEL)).read_bytes())
    labels = {row["source_id"]: row["pathology_labels"] for row in rows}
    assert counts == {
        "sources": len(labels),
        "without_ascertained_truth": sum(not its for its in labels.values()),
        "with_the_misspelt_finding": sum(3 in its for its in labels.values()),
        "vindr_sources": sum(source.startswith("vindr_") for source in labels),
    }


def test_other_settings_are_not_held_to_the_frozen_intervals(demo: Path, run: Run) -> None:
    told = run("secondary", "--artifacts", demo, "--seed", 1, "--bootstrap-iterations", 50)
    assert told.status == 0
    assert "the frozen intervals" in told.out


def test_bad_input_is_named_and_the_rest_is_still_checked(tampering: Tampering, run: Run) -> None:
    pairs = layout.panel_pairs(layout.FULL_PANEL)
    source = json.loads((tampering.root / pairs).read_bytes())[0]["source_id"]
    tampering.json(pairs, lambda rows: rows[0].update(pathology_labels=[13]))
    stats = "primary_secondary_stats"
    tampering.json(
        layout.SUMMARY, lambda v: v["panels"]["full"]["models"]["gpt-5.4"][stats].update(confidence={"n_pairs": "many"})
    )
    told = run("secondary", "--artifacts", tampering.root, "--format", "json")
    assert told.status == 2
    said = "\n".join(told.json["problems"])
    assert f"pathology_labels of {source}: expected indexes from 0 to 12, found 13" in said
    assert "gpt-5.4.primary_secondary_stats.confidence.n_pairs: expected a number, found 'many'" in said
    assert len(told.json["results"]) == 27


def test_an_unknown_model(demo: Path, run: Run) -> None:
    told = run("secondary", "--artifacts", demo, "--model", "nobody")
    assert told.status == 2
    assert "unknown model 'nobody'" in told.err
