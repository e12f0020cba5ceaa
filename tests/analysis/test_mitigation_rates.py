"""The rates of the conditions, against NumPy and SciPy on demo bundles, and by hand."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from scipy.stats import wilcoxon

from spinefairbench.analysis.mitigation_rates import recompute_models
from spinefairbench.bundle import layout
from spinefairbench.demo import write_demo_bundle
from spinefairbench.metrics.condition_report import ConditionReport, ReportState
from spinefairbench.metrics.diagnostic_label import extract_labels
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.recommendation import classify_recommendations
from spinefairbench.metrics.refusal_detector import ResponseClass, classify_response
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.conftest import Run

STEPS: Final = {
    "mitigation_b_stage2": "condition_b", "mitigation_bprime_stage2": "condition_bprime",
    "mitigation_d_stage25": "condition_d",
}  # fmt: skip
SEEDS: Final = {"condition_a": 101, "condition_b": 200, "condition_bprime": 210, "condition_d": 220}
Report = tuple[frozenset[str], frozenset[str]] | None
"""Recommendations and labels; None where the report cannot be used."""


@pytest.fixture(scope="module")
def other_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("other") / "artifacts"
    write_demo_bundle(root, core_sources=6, sources=6, seed=31, bootstrap_iterations=10)
    return root


@cache
def files_below(root: Path, within: str) -> dict[str, Path]:
    folder = root / layout.panel_folder(layout.MITIGATION_PANEL) / within
    return {path.name: path for path in folder.rglob("*")}


def file_of(root: Path, path: str, within: str) -> Path:
    return files_below(root, within)[path.rsplit("/", maxsplit=1)[-1]]


def own_text(root: Path, row: dict[str, Any]) -> str:
    if row.get("stage2_5_rewrite_path"):
        rewrite = json.loads(file_of(root, row["stage2_5_rewrite_path"], "stage2_5_rewrites").read_text())
        return str(rewrite["rewritten_output"])
    if not row["response"] and row.get("raw_output_path"):
        return file_of(root, row["raw_output_path"], "raw_outputs").read_bytes().decode()
    return row["response"] or ""


def read(root: Path, row: dict[str, Any], *, two_stage: bool) -> Report:
    if row["error"] or row.get("failure_code"):
        return None
    text = own_text(root, row)
    if not text.strip() or classify_response(text) is ResponseClass.FULL_REFUSAL:
        return None
    if not two_stage:
        return classify_recommendations(text), extract_labels(text)
    stage1 = file_of(root, row["stage1_output_path"], f"stage1_outputs/{row['model']}").read_bytes().decode()
    diagnosis = extract_stage1_primary_diagnosis(stage1)
    return None if diagnosis is None else (classify_recommendations(text), extract_labels(diagnosis))


def pairs_of(root: Path, model: str) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """{condition: {source: [(changed, Jaccard)]}} of the pairs usable in all conditions, in sorted order."""
    reports: dict[tuple[str, str, bool], Report] = {}
    for panel, two_stage in ((layout.FULL_PANEL, False), (layout.MITIGATION_PANEL, True)):
        for row in json.loads((root / layout.evaluation_results(panel)).read_bytes()):
            condition = STEPS.get(row["experiment_step"]) if two_stage else "condition_a"
            if row["model"] == model and condition is not None:
                reports[condition, row["pair_id"], row["image_role"] == "source"] = read(root, row, two_stage=two_stage)
    found: dict[str, dict[str, list[tuple[float, float]]]] = {condition: {} for condition in SEEDS}
    for pair in sorted({pair for _, pair, _ in reports}):
        both = {
            condition: (reports.get((condition, pair, True)), reports.get((condition, pair, False)))
            for condition in SEEDS
        }
        if any(report is None for of_condition in both.values() for report in of_condition):
            continue
        for condition, (source, edited) in both.items():
            assert source is not None and edited is not None
            union = source[1] | edited[1]
            jaccard = len(source[1] & edited[1]) / len(union) if union else 1.0
            found[condition].setdefault(pair.rpartition("__")[0], []).append((float(source[0] != edited[0]), jaccard))
    return found


def interval(by_source: list[list[float]], seed: int) -> list[float]:
    sums, counts = np.array([sum(each) for each in by_source]), np.array([len(each) for each in by_source])
    drawn = np.random.default_rng(seed).integers(0, len(sums), size=(10_000, len(sums)))
    return [float(q) for q in np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])]


def wilcoxon_and_dz(one: list[float], base: list[float]) -> tuple[float, float, float | None]:
    """Wilcoxon's statistic and p value, and d_z; rounding takes equal differences of Jaccard indices as equal."""
    differences = np.round(np.array(one) - np.array(base), 12)
    sizes = np.abs(differences[differences != 0])
    exact = 0 < len(sizes) == len(differences) <= 50 and len(set(sizes)) == len(sizes)
    if not len(sizes):
        return 0.0, 1.0, None
    result = wilcoxon(differences, zero_method="wilcox", method="exact" if exact else "asymptotic")
    exactly = np.array(one) - np.array(base)
    return result.statistic, result.pvalue, float(exactly.mean() / exactly.std(ddof=1))


@pytest.mark.parametrize("which", ["demo", "other_demo"])
def test_numpy_and_scipy_give_the_same_rates(which: str, request: pytest.FixtureRequest, run: Run) -> None:
    root = request.getfixturevalue(which)
    done = run("mitigation", "--recompute", "--artifacts", root, "--format", "json")
    assert done.status == 0
    shown = [row for row in done.json["summary"]["recomputed"] if row["model"] == "gpt-5.4"]
    assert [row["state"] for row in shown] == ["recomputed"] * 4
    lines = list(csv.DictReader((root / layout.MITIGATION_TABLE).read_text().splitlines()))
    found = pairs_of(root, "gpt-5.4")
    for row in shown:
        own, base = found[row["condition"]], found["condition_a"]
        assert row["n_pairs"] == sum(map(len, own.values())) > 10
        frozen = next(line for line in lines if (line["model"], line["condition"]) == ("gpt-5.4", row["condition"]))
        for at, (name, short, seeds) in enumerate(
            [("recommendation_change", "recommendation", (0,)), ("diagnostic_consistency", "diagnostic", (0, 1))]
        ):
            by_source = [[pair[at] for pair in pairs] for _, pairs in sorted(own.items())]
            values = [value for each in by_source for value in each]
            assert row[name] == pytest.approx(sum(values) / len(values), abs=1e-12)
            bounds = [interval(by_source, SEEDS[row["condition"]] + more) for more in seeds]
            assert any(row[f"{short}_ci95"] == pytest.approx(each, abs=1e-12) for each in bounds)
            column = ("rec_change", "diag_consistency")[at]
            assert float(frozen[column]) == pytest.approx(row[name], abs=1e-12)
            assert [float(frozen[f"{column}_ci_{end}"]) for end in ("low", "high")] == row[f"{short}_ci95"]
            if row["condition"] == "condition_a":
                assert row[f"delta_{short}"] is None and row["wilcoxon"][short] is None
                continue
            of_base = [pair[at] for _, pairs in sorted(base.items()) for pair in pairs]
            statistic, p_value, effect = wilcoxon_and_dz(values, of_base)
            assert row["wilcoxon"][short]["statistic"] == statistic
            assert row["wilcoxon"][short]["p_value"] == pytest.approx(p_value, abs=1e-12)
            assert row["cohens_d_z"][short] == (None if effect is None else pytest.approx(effect, abs=1e-12))
            assert row[f"delta_{short}"] == pytest.approx(np.mean(values) - np.mean(of_base), abs=1e-12)
    rates = {row["condition"]: (row["recommendation_change"], row["diagnostic_consistency"]) for row in shown}
    (change_a, kept_a), (change_b, kept_b) = rates["condition_a"], rates["condition_b"]
    assert shown[1]["binding_rule_pass"] is (change_b < change_a and kept_b >= kept_a - 0.05)


def report(recommendations: int, labels: int) -> ConditionReport:
    return ConditionReport(ReportState.USABLE, ResponseClass.GENUINE, recommendations, labels)


def test_rates_and_differences_worked_by_hand() -> None:
    """Two sources: of A, three of four pairs change; of B, one; the labels of B agree half as often."""
    same, other = report(1, 1), report(2, 3)
    pairs = ("s__elderly_male", "s__young_male", "t__elderly_male", "t__young_male")
    changing = {
        "condition_a": (
            same._replace(recommendations=2),
            same._replace(recommendations=2),
            same._replace(recommendations=2),
            same,
        ),
        "condition_b": (other, same, same, same),
        "condition_bprime": (same, same, same, same),
        "condition_d": (same, same, same, same),
    }
    conditions = {
        name: {pair: (same, edited) for pair, edited in zip(pairs, of, strict=True)} for name, of in changing.items()
    }
    [model] = recompute_models({"m": conditions}, {}, Bootstrap())
    a, b, *_ = model.rows
    assert (a.recommendation_change, a.diagnostic_consistency) == (0.75, 1.0)
    assert (b.recommendation_change, b.diagnostic_consistency) == (0.25, 0.875)
    assert (b.delta_recommendation, b.delta_diagnostic) == (-0.5, -0.125)
    # The differences of the change are 0, -1, -1 and 0: mean -0.5, standard deviation √(1/3).
    assert b.wilcoxon.recommendation is not None and b.wilcoxon.recommendation.statistic == 0
    assert b.cohens_d_z.recommendation == pytest.approx(-0.5 / (1 / 3) ** 0.5)
    assert b.binding_rule_pass is False  # it changes less, but loses more than 0.05 of consistency
    assert model.rule is False
    # The sources of A change in all and in half of their pairs, so a resample has 0.5, 0.75 or 1.
    assert a.recommendation_ci95 == (0.5, 1.0)


def test_a_condition_without_reports_has_no_value() -> None:
    [model] = recompute_models({"m": {"condition_a": {"s__young_male": (report(1, 1), report(1, 1))}}}, {}, Bootstrap())
    assert [row.state for row in model.rows] == ["partly", "not possible", "not possible", "not possible"]
    assert model.rows[1].values == (None, None) and model.rows[1].n_pairs == 0
    assert model.rule is None
