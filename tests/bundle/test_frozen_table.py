"""The frozen summary: its rows as written, change from agreement, and every number that is missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.frozen_table import FrozenRow, frozen_intersection_count, frozen_table
from spinefairbench.errors import BundleError


def _model() -> dict[str, Any]:
    return {
        "data_quality": {"pair_usable": 90, "pair_full_refusals": 8, "pair_partial_refusals": 5},
        "primary_secondary_stats": {
            "recommendation": {"agreement_rate": 0.75, "bootstrap_ci": {"lower": 0.5, "upper": 0.875}},
            "diagnostic_label": {"mean": 0.625, "bootstrap_ci": {"lower": 0.25, "upper": 0.9}},
        },
    }


def _bundle(root: Path, **other: Any) -> Bundle:
    summary = {
        "panels": {"full": {"models": {"b": _model(), "a": _model()}}, "baseline": {"models": {"c": _model()}}},
        "source_clustered_bootstrap": {"iterations": 10000},
        "common_pairs": {"intersection_9_all_models": 7},
        **other,
    }
    path = root / layout.SUMMARY
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(summary), encoding="utf-8")
    return Bundle(root)


def test_a_row_is_read_with_change_as_one_less_agreement(tmp_path: Path) -> None:
    table = frozen_table(_bundle(tmp_path), {"a": layout.FULL_PANEL, "c": layout.BASELINE_PANEL})
    expected = FrozenRow(90, 8, 5, 0.25, 0.625, (0.125, 0.5), (0.25, 0.9))
    assert table.rows == {"a": expected, "c": expected}
    assert table.iterations == 10000
    assert table.models == ("b", "a", "c")


def test_everything_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    broken = _model()
    del broken["data_quality"]["pair_usable"]
    panels = {"full": {"models": {"a": broken}}, "baseline": {"models": {}}}
    bundle = _bundle(tmp_path, panels=panels, source_clustered_bootstrap={"iterations": -1})
    with pytest.raises(BundleError) as error:
        frozen_table(bundle, {"a": layout.FULL_PANEL, "c": layout.BASELINE_PANEL})
    assert [str(problem) for problem in error.value.problems] == [
        f"{layout.SUMMARY}: panels.full.models.a.data_quality.pair_usable: missing",
        f"{layout.SUMMARY}: panels.baseline.models.c: missing",
        f"{layout.SUMMARY}: source_clustered_bootstrap.iterations: expected a whole number from 0, found '-1'",
    ]


@pytest.mark.parametrize(
    ("common", "count"),
    [
        ({"intersection_9_all_models": 7}, 7),
        ({"intersection_9_all_models": {"count": 8}}, 8),
        ({"intersection_9_all_models": ["a", "b", "c"]}, 3),
        ({"all9": {"count": 9}}, 9),
    ],
)
def test_the_intersection_s_count_in_each_of_its_forms(common: Any, count: int, tmp_path: Path) -> None:
    assert frozen_intersection_count(_bundle(tmp_path, common_pairs=common)) == count


@pytest.mark.parametrize(
    ("common", "said"),
    [
        ({}, "common_pairs.all9: missing"),
        ([], "common_pairs.all9: missing"),
        ({"intersection_9_all_models": {}}, "common_pairs.intersection_9_all_models.count: missing"),
        ({"intersection_9_all_models": "7"}, "common_pairs.intersection_9_all_models: expected a whole number"),
    ],
)
def test_a_count_that_is_none_is_named(common: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=said):
        frozen_intersection_count(_bundle(tmp_path, common_pairs=common))
