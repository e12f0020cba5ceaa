"""What the frozen summary says of the secondary endpoints, whatever it has."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.frozen_secondary import FROZEN_ENDPOINTS, FrozenSecondary, frozen_secondary
from spinefairbench.errors import BundleError

WHOLE = {
    "n_pairs": 4,
    "mean_abs_difference": 0.5,
    "bootstrap_ci": {"lower": 0.25, "upper": 1},
    "wilcoxon": {"statistic": 3.0, "p_value": 0.5},
    "cohens_d_z": None,
}


def read(root: Path, stats: Any) -> FrozenSecondary:
    path = root / layout.SUMMARY
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"panels": {"full": {"models": {"m": {"primary_secondary_stats": stats}}}}}))
    return frozen_secondary(Bundle(root), {"m": layout.FULL_PANEL})


def test_every_number_by_its_key(tmp_path: Path) -> None:
    found = read(tmp_path, {"severity_language": WHOLE, "hallucination": {"mean_disparity": 0.1}})
    assert found.problems == ()
    assert found.values["m", "severity_language"] == {
        "n_pairs": 4,
        "mean_abs_difference": 0.5,
        "bootstrap_ci.lower": 0.25,
        "bootstrap_ci.upper": 1,
        "wilcoxon.statistic": 3,
        "wilcoxon.p_value": 0.5,
        "cohens_d_z": None,
    }
    assert found.values["m", "confidence"] == {}
    assert found.values["m", "unmatched_predictions"] == {"mean_disparity": 0.1}


@pytest.mark.parametrize(
    "stats", [None, [], "text", {}, {"severity_language": []}, {"severity_language": {"wilcoxon": 3}}]
)
def test_what_is_not_there_is_nothing_to_hold(stats: Any, tmp_path: Path) -> None:
    found = read(tmp_path, stats)
    assert found.problems == ()
    assert list(found.values) == [("m", endpoint) for endpoint in FROZEN_ENDPOINTS]
    assert not any(found.values.values())


def test_what_is_no_number_is_named_with_its_place(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"confidence": {**WHOLE, "n_pairs": "four", "wilcoxon": {"statistic": True, "p_value": 0.5}}}
    )
    place = f"{layout.SUMMARY}: panels.full.models.m.primary_secondary_stats.confidence"
    assert list(map(str, found.problems)) == [
        f"{place}.n_pairs: expected a number, found 'four'",
        f"{place}.wilcoxon.statistic: expected a number, found 'True'",
    ]
    assert found.values["m", "confidence"]["wilcoxon.p_value"] == 0.5


def test_no_summary_to_read(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        frozen_secondary(Bundle(tmp_path), {"m": layout.FULL_PANEL})
