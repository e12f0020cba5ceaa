"""Whether `passed_qc` follows from the measures, where that can be told."""

from typing import Any

import pytest

from spinefairbench.analysis.quality_control import check_measures
from spinefairbench.bundle.dataset import QcRow

GOOD = {"ssim": 0.9, "edge_preservation": 0.5, "lpips": 0.1}


def row(passed: bool, **measures: Any) -> QcRow:
    return QcRow("s__young_male", "s", "young_male", passed, measures)


@pytest.mark.parametrize(
    ("passed", "measures", "problems"),
    [
        (True, GOOD, 0),
        (True, {"ssim": 0.7, "edge_preservation": 0.276, "lpips": 0.4}, 0),
        (True, GOOD | {"ssim": 0.6999, "lpips": 0.4001}, 2),
        (False, GOOD | {"lpips": 0.5}, 0),
        (False, GOOD, 1),
        (True, {"lpips": 0.5}, 1),
    ],
)
def test_a_released_row_passed_if_and_only_if_it_misses_no_threshold(
    passed: bool, measures: dict[str, Any], problems: int
) -> None:
    found = check_measures([row(passed, **measures)], released=True)
    assert (found.decided, len(found.problems)) == (1, problems)


def test_outside_the_release_a_failure_may_have_other_reasons() -> None:
    found = check_measures([row(False, **GOOD), row(False, **GOOD)], released=False)
    assert found.problems == []
    assert found.notes[0].startswith("2 pairs failed quality control although their measures meet every threshold")


def test_a_row_is_judged_by_the_measures_that_were_required() -> None:
    """The generator's rows name them; one that was not made is null, and one not required may miss its threshold."""
    rows = [
        row(True, ssim=0.9, edge_preservation=0.1, lpips=None, qc_required=["ssim"]),
        row(False, ssim=0.9, edge_preservation=0.5, lpips=None, qc_required=["ssim", "edge_preservation", "lpips"]),
    ]
    found = check_measures(rows, released=True)
    assert (found.decided, found.problems) == (1, [])
    assert any("1 row of" in said for said in found.not_checked)


def test_numbers_of_an_unknown_name_are_listed_as_not_checked() -> None:
    found = check_measures(
        [row(True, **GOOD, sharpness=7, counterfactual_image_size_bytes=9, flag=True)], released=True
    )
    assert found.problems == []
    assert [said for said in found.not_checked if "sharpness" in said and "bytes" not in said and "flag" not in said]
    other = check_measures([row(True, structural_similarity=0.1)], released=True)
    assert (other.decided, other.problems) == (0, [])
    assert "ssim, edge_preservation, lpips" in other.not_checked[0]


@pytest.mark.parametrize("value", [1.0001, -1.0001, 10**400, True, "0.9", [], {}])
def test_what_is_no_similarity_is_a_problem(value: Any) -> None:
    assert len(check_measures([row(True, **GOOD | {"ssim": value})], released=False).problems) == 1
