"""Submissions: of results that a test thinks of, and of what a bundle holds."""

import json
from pathlib import Path
from typing import Any

from spinefairbench.bundle import layout


def submission(
    results: list[dict[str, Any]], name: str = "m", scope: str = "common-core-1000", **other: Any
) -> dict[str, Any]:
    """A submission; `other` adds keys to the four, or replaces them."""
    return {
        "schema_version": "spinefairbench-submission-v1",
        "model": {"name": name},
        "scope": scope,
        "results": results,
        **other,
    }


def panel_submission(demo: Path, name: str, model: str = "gpt-5.4") -> dict[str, Any]:
    """What a model of the full panel said in the demo bundle, as a submission of a model of this name."""
    sides = {"source": "source_report", "generated": "counterfactual_report"}
    results: dict[str, dict[str, str]] = {}
    for row in json.loads((demo / layout.evaluation_results(layout.FULL_PANEL)).read_bytes()):
        if row["model"] == model:
            pair = results.setdefault(row["pair_id"], {"pair_id": row["pair_id"]})
            pair[sides[row["image_role"]]] = row["response"]
    return submission([results[pair_id] for pair_id in sorted(results)], name)
