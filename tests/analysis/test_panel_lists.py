"""The pair lists of the panels against the dataset."""

from typing import Any

import pytest

from spinefairbench.analysis.panel_lists import intersection_problems, pair_problems, row_problems
from spinefairbench.bundle import layout
from spinefairbench.bundle.dataset import QcRow
from spinefairbench.bundle.panel_pairs import PanelRow

RAW = {"pair_id": "s__young_male", "edit_label": "young_male", "passed_qc": True, "ssim": 0.8, "lpips": 0.1}
PASSED = {"s__young_male": QcRow("s__young_male", "s", "young_male", True, RAW)}


def _said(**fields: Any) -> list[str]:
    row = PanelRow("list: [0]", "s", ("s__young_male",), {**RAW, **fields})
    metadata = {"s": ("metadata: [3]", {"source_id": "s", "source_age": 50.0})}
    return list(map(str, row_problems([row], PASSED, metadata)))


def test_what_both_say_must_be_the_same() -> None:
    assert _said() == []
    assert _said(more=7, source_age=50) == []
    assert _said(ssim=0.7) == [f"list: [0]: ssim of s__young_male is 0.7; {layout.QC_PASSED} has 0.8"]
    assert _said(source_age=51) == ["list: [0]: source_age is 51; metadata: [3] has 50.0"]


@pytest.mark.parametrize(("path", "compared"), [("dataset/other.png", True), ("/elsewhere/other.png", False)])
def test_only_a_path_of_this_bundle_is_compared(path: str, compared: bool) -> None:
    assert bool(_said(counterfactual_image_path=path)) is compared


def test_a_row_about_a_source_has_no_measures_to_compare() -> None:
    row = PanelRow("list: [0]", "s", ("s__young_male",), {"source_id": "s", "ssim": 0.1})
    assert row_problems([row], PASSED, {}) == []


def test_a_panel_lists_the_pairs_of_the_core() -> None:
    assert list(map(str, pair_problems("list", ["a", "a", "c"], {"a", "b"}))) == [
        "list: 3 pairs; the common core has 2",
        "list: c is no QC-passed pair of the common core",
        "list: b of the common core is missing",
    ]
    assert pair_problems("list", ["a"], {"a"}) == []


def test_the_intersection_lies_within_the_core() -> None:
    """A pair that did not pass is told elsewhere."""
    [problem] = intersection_problems(["a", "b", "c"], {"a"}, ["a", "b"])
    assert str(problem) == f"{layout.INTERSECTION_MANIFEST}: b is of a source outside {layout.COMMON_CORE_SUBSET}"
