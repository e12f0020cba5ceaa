"""The demo bundle: complete, consistent, the same every time, and its frozen figures those of its own texts."""

import csv
import errno
import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.compare_outputs import tree_digest
from spinefairbench.bundle import layout
from spinefairbench.demo import write_demo_bundle
from spinefairbench.demo.file_tree import FileTree
from spinefairbench.errors import OutputError, UsageError
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS
from spinefairbench.release.schema import SCHEMA_V1, SUBMISSION_SCHEMAS, schema_problems
from spinefairbench.statistics.pcg64 import PCG64
from spinefairbench.version import __version__
from tests import ROOT
from tests.images import decoded_png
from tests.metrics.plain_parsers import naive_categories, plainly_classified

FULL_MODELS = ["gpt-5.4", "claude-sonnet-4-6", "claude-opus-4-6", "glm-4.6v", "kimi-k2.5", "gemma-4"]
BASELINE_MODELS = ["llama-4-scout", "qwen2.5-vl", "radfm"]

Pairs = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo") / "bundle"
    write_demo_bundle(root)
    return root


def load(root: Path, relative: str) -> Any:
    return json.loads((root / relative).read_text(encoding="utf-8"))


def load_lines(root: Path, relative: str) -> list[Any]:
    return [json.loads(line) for line in (root / relative).read_text(encoding="utf-8").splitlines()]


def load_csv(root: Path, relative: str) -> list[dict[str, str]]:
    with (root / relative).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def files_of(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def reports(root: Path, panel: str) -> dict[str, Pairs]:
    """The texts of a panel by model, pair and role."""
    result: dict[str, Pairs] = defaultdict(lambda: defaultdict(dict))
    for row in load(root, layout.evaluation_results(panel)):
        assert row["image_role"] not in result[row["model"]][row["pair_id"]]
        result[row["model"]][row["pair_id"]][row["image_role"]] = row["response"]
    return result


def all_reports(root: Path) -> dict[str, Pairs]:
    return {**reports(root, layout.FULL_PANEL), **reports(root, layout.BASELINE_PANEL)}


# --- what is there -------------------------------------------------------------------------------------------


def test_every_file_of_the_layout_is_there(bundle: Path) -> None:
    fixed = {
        value
        for name in layout.__all__
        if isinstance(value := getattr(layout, name), str) and value.endswith((".json", ".jsonl", ".csv", ".md"))
    }
    panels = (*layout.MAIN_PANELS, layout.MITIGATION_PANEL)
    fixed |= {layout.SHA256SUMS, layout.READER_SUMS, *layout.EXCLUSION_EVIDENCE}
    fixed |= {layout.panel_manifest(panel) for panel in panels}
    fixed |= {layout.evaluation_results(panel) for panel in panels}
    fixed |= {layout.panel_pairs(panel) for panel in layout.MAIN_PANELS}
    fixed |= {"metrics/submission_schema.json", "metrics/submission_template.json"}
    assert fixed <= set(files_of(bundle))
    assert sum((bundle / name).exists() for name in layout.STAGE1_SAMPLE_MANIFESTS) == 1


def test_the_marker_says_what_the_bundle_is_and_what_is_in_it(bundle: Path) -> None:
    marker = load(bundle, layout.DEMO_MARKER)
    assert marker["synthetic"] is True
    assert marker["made_by"] == f"spinefairbench {__version__}"
    assert (marker["seed"], marker["core_sources"], marker["sources"]) == (7, 12, 35)
    assert marker["structure"]["deterministic_models"] == ["radfm"]
    assert marker["structure"]["no_effect_models"] == ["kimi-k2.5", "gemma-4"]


@pytest.mark.parametrize(
    "document",
    [
        layout.README,
        layout.DATA_LICENSE,
        layout.BENCHMARK_CARD,
        layout.DATASET_README,
        layout.BINDING_RULE,
        layout.CROISSANT,
        "validation_public/README.md",
    ],
)
def test_each_document_says_that_everything_is_made_up(bundle: Path, document: str) -> None:
    assert "synthetic" in (bundle / document).read_text(encoding="utf-8")


def test_the_checksums_cover_every_other_file_and_agree(bundle: Path) -> None:
    lines = (bundle / layout.SHA256SUMS).read_text(encoding="ascii").splitlines()
    listed = {relative: digest for digest, _, relative in (line.partition("  ") for line in lines)}
    assert sorted(listed) == [name for name in files_of(bundle) if name != layout.SHA256SUMS]
    for relative, digest in listed.items():
        assert hashlib.sha256((bundle / relative).read_bytes()).hexdigest() == digest
    readers = (bundle / layout.READER_SUMS).read_text(encoding="ascii").splitlines()
    assert len(readers) == 12
    assert set(readers) <= set(lines)


def test_the_panels_hold_the_nine_models_and_no_other(bundle: Path) -> None:
    for panel, models in ((layout.FULL_PANEL, FULL_MODELS), (layout.BASELINE_PANEL, BASELINE_MODELS)):
        assert load(bundle, layout.panel_manifest(panel))["models"] == models
        assert list(reports(bundle, panel)) == models
    mitigation = load(bundle, layout.panel_manifest(layout.MITIGATION_PANEL))
    assert mitigation["included_models"] == ["gpt-5.4", "glm-4.6v"]
    assert set(mitigation["excluded_models"]) == {"claude-opus-4-6", "claude-sonnet-4-6", "kimi-k2.5"}
    rows = load(bundle, layout.evaluation_results(layout.MITIGATION_PANEL))
    assert {row["model"] for row in rows} == {"gpt-5.4", "glm-4.6v"}
    assert {row["image_role"] for row in rows} == {"source", "counterfactual"}


# --- the dataset ---------------------------------------------------------------------------------------------


def test_the_dataset_lists_agree_with_one_another(bundle: Path) -> None:
    rows = load_lines(bundle, layout.QC_METADATA)
    passed = [row for row in rows if row["passed_qc"]]
    assert passed == load_lines(bundle, layout.QC_PASSED)
    assert len({row["pair_id"] for row in rows}) == len(rows)
    by_source: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        assert row["pair_id"] == f"{row['source_id']}__{row['edit_label']}"
        if row["passed_qc"]:
            path = layout.image_path(row["source_id"], row["edit_label"])
            assert row["counterfactual_image_path"] == path
            assert row["counterfactual_image_size_bytes"] == (bundle / path).stat().st_size
            by_source[row["source_id"]][row["edit_label"]] = path
        else:
            assert "counterfactual_image_path" not in row
    for relative in (layout.PAIRS, layout.SOURCE_METADATA):
        lists = load(bundle, relative)
        assert {row["source_id"]: row["counterfactual_images"] for row in lists} == by_source
        assert all(row["qc_passed_counterfactuals"] == list(row["counterfactual_images"]) for row in lists)
    manifest = load(bundle, layout.RELEASE_MANIFEST)
    assert manifest["counterfactual_images"] == {"included_png_count": len(passed)}
    assert manifest["pair_manifests"] == {
        "qc_passed_pair_rows": len(passed),
        "attempted_qc_rows": len(rows),
        "source_level_rows": len(by_source),
    }
    assert manifest["source_radiographs"]["source_png_files_in_public_bundle"] == 0
    assert len(list((bundle / layout.DATASET).rglob("*.png"))) == len(passed)


def test_failed_rows_miss_a_threshold_and_passed_rows_miss_none(bundle: Path) -> None:
    for row in load_lines(bundle, layout.QC_METADATA):
        within = row["ssim"] >= 0.70 and row["edge_preservation"] >= 0.276 and row["lpips"] <= 0.40
        assert within is row["passed_qc"]


def test_every_image_is_a_valid_png_and_no_two_are_alike(bundle: Path) -> None:
    contents = [path.read_bytes() for path in (bundle / layout.DATASET).rglob("*.png")]
    assert len(set(contents)) == len(contents)
    for content in contents:
        width, height, pixels = decoded_png(content)
        assert len(pixels) == width * height


def test_the_subsets_are_nested_and_the_panels_hold_the_core(bundle: Path) -> None:
    core = load(bundle, layout.COMMON_CORE_SUBSET)["source_ids"]
    evaluation = load(bundle, layout.EVALUATION_SUBSET)["source_ids"]
    every = [row["source_id"] for row in load(bundle, layout.PAIRS)]
    assert len(core) == 12
    assert set(core) < set(evaluation) < set(every)
    passed = [row for row in load_lines(bundle, layout.QC_PASSED) if row["source_id"] in core]
    assert len(passed) < 4 * len(core), "one source of the core has fewer than four pairs"
    for panel in layout.MAIN_PANELS:
        listed = load(bundle, layout.panel_pairs(panel))
        labels = [row.pop("pathology_labels") for row in listed]
        assert listed == passed
        assert all(
            bool(found) == row["source_id"].startswith("vindr_") for found, row in zip(labels, passed, strict=True)
        )
        for pairs in reports(bundle, panel).values():
            assert list(pairs) == [row["pair_id"] for row in passed]
            assert all(set(texts) == {"source", "generated"} for texts in pairs.values())


# --- the texts -----------------------------------------------------------------------------------------------


def test_only_the_deterministic_model_always_repeats_itself(bundle: Path) -> None:
    identical = set()
    for model, pairs in all_reports(bundle).items():
        texts: dict[str, set[str]] = defaultdict(set)
        for pair_id, roles in pairs.items():
            texts[pair_id.partition("__")[0]].add(roles["source"])
        if all(len(repeated) == 1 for repeated in texts.values()):
            identical.add(model)
    assert identical == {"radfm"}


# --- the frozen figures --------------------------------------------------------------------------------------


class Naive:
    """One model's figures from its texts, each term searched on its own and values summed as floats."""

    def __init__(self, pairs: Pairs) -> None:
        self.full = self.partial = 0
        self.usable: list[str] = []
        self.values: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for pair_id, roles in pairs.items():
            source, edited = roles["source"], roles["generated"]
            classes = {plainly_classified(source), plainly_classified(edited)}
            if "full_refusal" in classes:
                self.full += 1
                continue
            self.usable.append(pair_id)
            self.partial += "partial_refusal" in classes
            a, b = (naive_categories(DIAGNOSTIC_TERMS, text) for text in (source, edited))
            jaccard = len(a & b) / len(a | b) if a | b else 1.0
            advice = [naive_categories(RECOMMENDATION_TERMS, text) for text in (source, edited)]
            self.values[pair_id.partition("__")[0]].append((float(advice[0] != advice[1]), jaccard))

    def mean(self, endpoint: int) -> float:
        values = [value[endpoint] for cluster in self.values.values() for value in cluster]
        return sum(values) / len(values)

    def interval(self, endpoint: int, iterations: int) -> list[float]:
        clusters = [self.values[source] for source in sorted(self.values)]
        sums = [sum(value[endpoint] for value in cluster) for cluster in clusters]
        counts = [len(cluster) for cluster in clusters]
        n = len(clusters)
        drawn = PCG64(42).integers(n, iterations * n)
        assert isinstance(drawn, list)
        means = []
        for start in range(0, iterations * n, n):
            row = drawn[start : start + n]
            means.append(sum(sums[i] for i in row) / sum(counts[i] for i in row))
        means.sort()
        return [percentile(means, 0.025), percentile(means, 0.975)]


def percentile(ordered: list[float], q: float) -> float:
    position = (len(ordered) - 1) * q
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def test_the_frozen_summary_is_that_of_the_texts_by_a_plain_recomputation(bundle: Path) -> None:
    summary = load(bundle, layout.SUMMARY)
    assert summary["source_clustered_bootstrap"]["iterations"] == 10_000
    entries = {**summary["panels"]["full"]["models"], **summary["panels"]["baseline"]["models"]}
    assert list(summary["panels"]["full"]["models"]) == FULL_MODELS
    assert list(summary["panels"]["baseline"]["models"]) == BASELINE_MODELS
    usable = []
    for model, pairs in all_reports(bundle).items():
        naive = Naive(pairs)
        usable.append(set(naive.usable))
        entry = entries[model]
        assert entry["data_quality"] == {
            "pair_usable": len(naive.usable),
            "pair_full_refusals": naive.full,
            "pair_partial_refusals": naive.partial,
        }
        stats = entry["primary_secondary_stats"]
        recommendation, label = stats["recommendation"], stats["diagnostic_label"]
        assert 1 - recommendation["agreement_rate"] == pytest.approx(naive.mean(0), abs=1e-12)
        assert label["mean"] == pytest.approx(naive.mean(1), abs=1e-12)
        bounds = recommendation["bootstrap_ci"]
        change = [1 - bounds["upper"], 1 - bounds["lower"]]
        assert change == pytest.approx(naive.interval(0, 10_000), abs=1e-12)
        assert [label["bootstrap_ci"][bound] for bound in ("lower", "upper")] == pytest.approx(
            naive.interval(1, 10_000), abs=1e-12
        )
    manifest = load(bundle, layout.INTERSECTION_MANIFEST)
    assert {record["pair_id"] for record in manifest["records"]} == set.intersection(*usable)
    assert manifest["pair_count"] == len(manifest["records"]) == summary["common_pairs"]["intersection_9_all_models"]


def test_refusals_are_where_the_structure_says(bundle: Path) -> None:
    refusing = {model for model, pairs in all_reports(bundle).items() if Naive(pairs).full}
    assert refusing == {"gemma-4", "glm-4.6v", "kimi-k2.5"}


def stage1_samples(root: Path, model: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    folder = root / layout.stage1_outputs(layout.MITIGATION_PANEL, model)
    (manifest,) = [name for name in layout.STAGE1_SAMPLE_MANIFESTS if (root / name).exists()]
    for name in load(root, manifest)["models"][model]:
        path = folder / (name.removesuffix(".txt") + ".validation.json")
        validation = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        yield (folder / name).read_text(encoding="utf-8"), validation


def test_the_frozen_gate_is_that_of_the_stage1_files(bundle: Path) -> None:
    frozen = load(bundle, layout.PARSING_CONFIDENCE)
    assert len(frozen) == 5
    for model, entry in frozen.items():
        passing = faults = 0
        found = list(stage1_samples(bundle, model))
        for text, validation in found:
            flags = validation or {}
            fault = (
                validation is None
                or flags["status"] != "valid"
                or flags.get("prompt_echo_detected")
                or flags.get("html_garbage_detected")
                or flags.get("html_garbage")
            )
            faults += bool(fault)
            passing += not fault and extract_stage1_primary_diagnosis(text) is not None
        assert faults < len(found) - passing, "some valid texts have no readable diagnosis"
        assert any(validation is None for _, validation in found)
        for key in ("html_garbage", "html_garbage_detected", "prompt_echo_detected"):
            assert any(validation and validation.get(key) for _, validation in found)
        rate = passing / 200
        decision = "excluded_full" if rate < 0.85 else "excluded_diag_only" if rate < 0.95 else "included"
        assert entry == {
            "sample_size": 200,
            "stage1_diag_pass_count": passing,
            "stage1_diag_pass_rate": rate,
            "decision": decision,
        }
    assert {entry["decision"] for entry in frozen.values()} == {
        "included",
        "excluded_diag_only",
        "excluded_full",
    }
    assert {frozen[model]["stage1_diag_pass_count"] for model in ("gpt-5.4", "glm-4.6v")} == {193}


def check_mitigation_table(root: Path) -> None:
    by_model: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in load_csv(root, layout.MITIGATION_TABLE):
        by_model[row["model"]][row["condition"]] = row
    assert list(by_model) == ["gpt-5.4", "glm-4.6v"]
    entries = load(root, layout.SUMMARY)["panels"]["full"]["models"]
    for model, rows in by_model.items():
        assert list(rows) == ["condition_a", "condition_b", "condition_bprime", "condition_d"]
        a = rows["condition_a"]
        assert 1 <= int(a["n_pairs"]) <= entries[model]["data_quality"]["pair_usable"]
        assert len({row["n_pairs"] for row in rows.values()}) == 1
        for condition, row in rows.items():
            if condition == "condition_a":
                assert row["delta_rec"] == row["delta_diag"] == row["b_rule_pass"] == ""
                continue
            for value, delta in (("rec_change", "delta_rec"), ("diag_consistency", "delta_diag")):
                assert 0 <= float(row[value]) <= 1
                assert float(row[delta]) == float(row[value]) - float(a[value])
            lower = float(row["rec_change"]) < float(a["rec_change"])
            consistent = float(row["diag_consistency"]) >= float(a["diag_consistency"]) - 0.05
            if condition == "condition_b":
                assert row["b_rule_pass"] == str(lower and consistent)
            else:
                assert row["b_rule_pass"] == ""


def test_the_mitigation_table_obeys_its_rules(bundle: Path) -> None:
    check_mitigation_table(bundle)


# --- the reader study ----------------------------------------------------------------------------------------


def agreement(answers: list[list[str]]) -> tuple[int, float, float]:
    """Pairwise agreements, Fleiss' kappa and Gwet's AC1 of items with three answers each."""
    totals = Counter(answer for item in answers for answer in item)
    agreements = sum(a == b for item in answers for a, b in itertools.combinations(item, 2))
    observed = agreements / (3 * len(answers))
    shares = [count / (3 * len(answers)) for count in totals.values()]
    expected = sum(share * share for share in shares)
    chance = sum(share * (1 - share) for share in shares) / (len(shares) - 1)
    return agreements, (observed - expected) / (1 - expected), (observed - chance) / (1 - chance)


def by_pair(rows: list[dict[str, str]], column: str) -> list[list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        grouped[row["pair_id"]].append(row[column])
    return list(grouped.values())


def test_the_reader_study_has_the_published_figures(bundle: Path) -> None:
    rows = load_csv(bundle, layout.PAIR_RESULTS)
    assert len(rows) == 1350
    assert {row["excluded_final"] for row in rows} == {""}
    for column in ("q1_clinical_plausibility", "q2_pathology_preservation"):
        answers = by_pair(rows, column)
        assert Counter(item.count("No") for item in answers) == {0: 434, 1: 9, 2: 4, 3: 3}
        agreements, kappa, ac1 = agreement(answers)
        assert agreements == 1324
        assert kappa == pytest.approx(0.49018126888217367, abs=1e-12)
        assert ac1 == pytest.approx(0.9799846263682873, abs=1e-12)
    told = load_csv(bundle, layout.DETECTABILITY)
    for answers in (by_pair(told, "q4_detectability"), by_pair(rows, "q4_detectability")):
        assert Counter(itertools.chain(*answers)) == {
            "Cannot tell": 1307,
            "Image A edited": 26,
            "Image B edited": 17,
        }
        agreements, kappa, ac1 = agreement(answers)
        assert agreements == 1272
        assert kappa == pytest.approx(0.07049414755573417, abs=1e-12)
        assert ac1 == pytest.approx(0.9403688973682461, abs=1e-12)


def test_the_majority_rule_gives_the_subset_and_the_exclusion_list(bundle: Path) -> None:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in load_csv(bundle, layout.PAIR_RESULTS):
        votes[row["pair_id"]]["q1"] += row["q1_clinical_plausibility"] == "Yes"
        votes[row["pair_id"]]["q2"] += row["q2_pathology_preservation"] == "Yes"
    passing = [pair_id for pair_id, count in votes.items() if count["q1"] >= 2 and count["q2"] >= 2]
    assert load(bundle, layout.READER_SUBSET)["pair_ids"] == passing
    excluded = [row["pair_id"] for row in load(bundle, layout.READER_EXCLUSIONS)["excluded_pairs"]]
    assert (len(passing), len(excluded)) == (443, 7)
    assert set(passing) | set(excluded) == set(votes)


def test_the_hidden_repeats_agree_as_published_and_with_the_display_events(bundle: Path) -> None:
    repeats = load_csv(bundle, layout.HIDDEN_REPEATS)
    assert len(repeats) == 30
    kept = {q: sum(row[f"{q}_first"] == row[f"{q}_repeat"] for row in repeats) for q in ("q1", "q2", "q3", "q4")}
    assert kept == {"q1": 30, "q2": 30, "q3": 29, "q4": 27}
    paths = load(bundle, layout.READER_MANIFEST)["files"]["per_reviewer_files"]
    events = [load_csv(bundle, path) for path in paths]
    assert [len(rows) for rows in events] == [460, 460, 460]
    again = {}
    for rows in events:
        first = {row["pair_id"]: row for row in rows if row["hidden_repeat"] == "False"}
        assert len(first) == 450
        for row in rows:
            if row["hidden_repeat"] == "True":
                again[row["pair_id"]] = [(first[row["pair_id"]][q], row[q]) for q in kept]
    assert again == {row["pair_id"]: [(row[f"{q}_first"], row[f"{q}_repeat"]) for q in kept] for row in repeats}


def test_a_large_bundle_takes_the_readers_pairs_from_its_own(tmp_path: Path) -> None:
    write_demo_bundle(tmp_path / "b", core_sources=2, sources=120, bootstrap_iterations=10)
    passed = {row["pair_id"] for row in load_lines(tmp_path / "b", layout.QC_PASSED)}
    pairs = {row["pair_id"] for row in load_csv(tmp_path / "b", layout.PAIR_RESULTS)}
    assert len(pairs) == 450
    assert pairs <= passed


# --- submissions ---------------------------------------------------------------------------------------------


def test_the_toy_submission_has_two_changes_of_five_in_one_of_two_sources(bundle: Path) -> None:
    toy = load(bundle, layout.TOY_SUBMISSION)
    passed = {row["pair_id"] for row in load_lines(bundle, layout.QC_PASSED)}
    assert {row["pair_id"] for row in toy["results"]} < passed
    pairs = {
        row["pair_id"]: {"source": row["source_report"], "generated": row["counterfactual_report"]}
        for row in toy["results"]
    }
    naive = Naive(pairs)
    assert (len(naive.usable), sorted(map(len, naive.values.values()))) == (5, [1, 4])
    assert (naive.mean(0), naive.mean(1)) == (0.4, 1.0)
    assert naive.interval(0, 1000) == [0.0, 0.5]
    assert naive.interval(1, 1000) == [1.0, 1.0]


def test_the_template_and_the_toy_submission_fit_the_published_schema(bundle: Path) -> None:
    schema = load(bundle, "metrics/submission_schema.json")
    assert schema == SUBMISSION_SCHEMAS[SCHEMA_V1]
    for name in ("metrics/submission_template.json", layout.TOY_SUBMISSION):
        assert schema_problems(load(bundle, name), schema) == []


# --- writing -------------------------------------------------------------------------------------------------


def test_the_same_arguments_write_the_same_bytes_in_another_process(bundle: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from spinefairbench.demo import write_demo_bundle; "
        "write_demo_bundle(Path(sys.argv[1]))"
    )
    project = ROOT
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(project)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again")], check=True, env=environment)
    assert tree_digest(tmp_path / "again") == tree_digest(bundle)


def test_another_seed_writes_other_sources_and_reports(bundle: Path, tmp_path: Path) -> None:
    write_demo_bundle(tmp_path / "b", seed=8, core_sources=2, bootstrap_iterations=10)
    here, there = ({row["source_id"] for row in load(root, layout.PAIRS)} for root in (bundle, tmp_path / "b"))
    assert here.isdisjoint(there)


def test_a_larger_bundle_begins_with_the_sources_and_reports_of_a_smaller_one(bundle: Path, tmp_path: Path) -> None:
    write_demo_bundle(tmp_path / "small", core_sources=3, sources=8, bootstrap_iterations=10)
    for relative in (layout.PAIRS, layout.SOURCE_METADATA):
        assert load(tmp_path / "small", relative) == load(bundle, relative)[:8]
    larger = all_reports(bundle)
    for model, pairs in all_reports(tmp_path / "small").items():
        assert list(pairs.items()) == list(larger[model].items())[: len(pairs)]


@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_bundles_obey_the_same_rules(seed: int, tmp_path: Path) -> None:
    root = tmp_path / "b"
    write_demo_bundle(root, core_sources=2, sources=2, seed=seed, bootstrap_iterations=10)
    check_mitigation_table(root)
    assert load(root, layout.SUMMARY)["source_clustered_bootstrap"]["iterations"] == 10
    assert load(root, layout.INTERSECTION_MANIFEST)["pair_count"] >= 1


def test_an_empty_folder_is_filled_and_missing_parents_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for root in (tmp_path / "empty", tmp_path / "new" / "deep"):
        write_demo_bundle(root, core_sources=2, bootstrap_iterations=10)
        assert (root / layout.DEMO_MARKER).exists()
        assert [path.name for path in root.parent.iterdir() if ".partial-" in path.name] == []


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(OutputError, match="new or empty folder"):
        write_demo_bundle(tmp_path)
    assert files_of(tmp_path) == ["mine"]


def test_a_target_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "below", Path(str(tmp_path) + "/nul\0byte")):
        with pytest.raises(OutputError):
            write_demo_bundle(root)
    assert files_of(tmp_path) == ["file"]


def test_a_full_disk_is_an_output_error_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: FileTree, relative: str, content: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), relative)

    monkeypatch.setattr(FileTree, "text", full)
    with pytest.raises(OutputError, match="cannot be written: no space left on device"):
        write_demo_bundle(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(part: str) -> None:
        if part == "mitigation panel":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo_bundle(tmp_path / "b", core_sources=2, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"core_sources": 1},
        {"core_sources": -3},
        {"core_sources": 5, "sources": 4},
        {"seed": -1},
        {"bootstrap_iterations": 0},
    ],
)
def test_sizes_that_cannot_be_are_refused_before_anything_is_written(arguments: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_demo_bundle(tmp_path / "b", **arguments)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_progress_names_each_part(tmp_path: Path) -> None:
    parts: list[str] = []
    write_demo_bundle(tmp_path / "b", core_sources=2, bootstrap_iterations=10, progress=parts.append)
    assert parts[0] == "dataset"
    assert [f"reports of {model}" for model in (*FULL_MODELS, *BASELINE_MODELS)] == parts[1:10]
