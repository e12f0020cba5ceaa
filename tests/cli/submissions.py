"""Submissions made from what a bundle holds."""

from pathlib import Path
from typing import Any

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.files.json_input import iter_json_array


def panel_submission(demo: Path, name: str) -> dict[str, Any]:
    """What gpt-5.4 said in the demo bundle, as a submission of a model of this name."""
    results: dict[str, dict[str, str]] = {}
    for _, row in iter_json_array(open_bundle(demo), layout.evaluation_results(layout.FULL_PANEL)):
        if row["model"] == "gpt-5.4":
            pair = results.setdefault(row["pair_id"], {"pair_id": row["pair_id"]})
            pair["source_report" if row["image_role"] == "source" else "counterfactual_report"] = row["response"]
    return {
        "schema_version": "spinefairbench-submission-v1",
        "model": {"name": name},
        "scope": "common-core-1000",
        "results": [results[pair_id] for pair_id in sorted(results)],
    }
