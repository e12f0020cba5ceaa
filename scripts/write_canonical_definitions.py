#!/usr/bin/env python3
"""Rewrite prompts/canonical_definitions.json from the definitions in the code and the published figures.

usage: python3 scripts/write_canonical_definitions.py [--check]

With --check it writes nothing, and the exit status is 1 if the file is out of date.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.analysis.mitigation import (
    CONSISTENCY_MARGIN,
    EXCLUDED_DIAG_ONLY_BELOW_PERCENT,
    EXCLUDED_FULL_BELOW_PERCENT,
    SAMPLE_SIZE,
)
from spinefairbench.analysis.radiologist import NEEDED_YES
from spinefairbench.analysis.reader_agreement import READERS
from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.bundle.qc_measures import THRESHOLDS
from spinefairbench.bundle.scopes import PANEL_SCOPES, SCOPES
from spinefairbench.metrics.registry import (
    DIAGNOSTIC_TERMS,
    HEDGING_TERMS,
    RECOMMENDATION_TERMS,
    SEVERITY_TERMS,
    registries_sha256,
    registry_sha256,
)
from spinefairbench.statistics.bootstrap import FROZEN

ROOT = Path(__file__).resolve().parent.parent

TARGET = ROOT / "prompts" / "canonical_definitions.json"


def content_sha256(definitions: dict[str, Any]) -> str:
    """SHA-256 of the definitions, which do not hold it yet, as compact JSON with sorted keys."""
    return hashlib.sha256(json.dumps(definitions, sort_keys=True, separators=(",", ":")).encode("utf-8")).hexdigest()


def definitions() -> dict[str, Any]:
    """The frozen definitions as provenance, with their own content hash."""
    counts = published("counts")
    panels: dict[str, list[str]] = {panel: [] for panel in layout.MAIN_PANELS}
    for model, row in published("table2").items():
        panels[row["panel"]].append(model)
    scope_counts = {
        "common-core-1000": counts["common_core_pair_count"],
        "all-model-intersection-2166": counts["all_model_intersection_pair_count"],
        "qc-passed": counts["qc_passed_pair_count"],
        "toy": None,
    }
    value: dict[str, Any] = {
        "about": "The frozen definitions of SpineFairBench as provenance. The prompt texts are in the artifact bundle "
        f"({layout.CANONICAL_DEFINITIONS}: prompt_registry); `reviewer_verify.py inspect` prints them and compares the hashes.",
        "written_by": "scripts/write_canonical_definitions.py",
        "prompts": {name: {"sha256_of_text": digest} for name, digest in published("frozen_prompt_sha256").items()},
        "edit_conditions": {
            label: {"age_years": 75 if label.startswith("elderly") else 25, "sex": label.split("_")[1]}
            for label in layout.EDIT_LABELS
        },
        "scopes": {
            name: {"pairs": scope_counts[name], "comparable_to_published_panel": name in PANEL_SCOPES}
            for name in SCOPES
        },
        "source_count_terms": {
            "filtered_sources": counts["filtered_source_count"],
            "sources_with_at_least_one_qc_passed_pair": counts["qc_passed_source_count"],
            "failed_qc_only_sources": counts["failed_qc_only_source_count"],
            "qc_passed_pairs": counts["qc_passed_pair_count"],
            "attempted_pairs": counts["attempted_qc_rows"],
            "evaluation_sources": counts["evaluation_source_count"],
            "evaluation_pairs": counts["evaluation_pair_count"],
            "common_core_sources": counts["common_core_source_count"],
            "common_core_pairs": counts["common_core_pair_count"],
        },
        "model_panels": panels,
        "bootstrap": {
            "kind": "source-clustered percentile",
            "iterations": FROZEN.iterations,
            "seed": FROZEN.seed,
            "same_draws_for_both_endpoints": True,
            "percentiles": [2.5, 97.5],
            "interpolation": "linear",
            "generator": "NumPy default_rng (SeedSequence, PCG64 XSL-RR 128/64), integers(0, n, size=(iterations, n))",
        },
        "thresholds": {
            "quality_control": {t.measure: {"minimum": t.minimum, "maximum": t.maximum} for t in THRESHOLDS},
            "stage1_gate": {
                "sample_size": SAMPLE_SIZE,
                "excluded_full_below": EXCLUDED_FULL_BELOW_PERCENT / 100,
                "excluded_diag_only_below": EXCLUDED_DIAG_ONLY_BELOW_PERCENT / 100,
            },
            "binding_rule": {"diagnostic_consistency_margin": CONSISTENCY_MARGIN},
            "reader_study": {"readers": READERS, "yes_needed_for_q1": NEEDED_YES, "yes_needed_for_q2": NEEDED_YES},
        },
        "registries": {
            "diagnostic": {"categories": list(DIAGNOSTIC_TERMS), "sha256": registry_sha256(DIAGNOSTIC_TERMS)},
            "recommendation": {
                "categories": list(RECOMMENDATION_TERMS),
                "sha256": registry_sha256(RECOMMENDATION_TERMS),
            },
            "severity": {"sha256": registry_sha256(SEVERITY_TERMS)},
            "hedging": {"sha256": registry_sha256(HEDGING_TERMS)},
            "combined_sha256": registries_sha256(),
        },
        "both_empty_jaccard": 1.0,
    }
    value["content_sha256"] = content_sha256(value)
    return value


def main() -> int:
    """Write or check the file; the exit status."""
    parser = argparse.ArgumentParser(description="Rewrite prompts/canonical_definitions.json.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the file is stale")
    check = parser.parse_args().check
    text = json.dumps(definitions(), indent=1) + "\n"
    if check:
        stale = not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text
        if stale:
            print(f"{TARGET.name} is stale; run python3 scripts/write_canonical_definitions.py", file=sys.stderr)
        return int(stale)
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
