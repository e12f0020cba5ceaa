"""The measures of a quality-control row: what is one, what can be one, and what is unknown."""

import math
from typing import Any

import pytest

from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS, read_measurements


def test_a_row_gives_its_measures_and_names_other_numbers() -> None:
    row = {
        "ssim": None, "pair_id": "a", "lpips": 0, "edge_preservation": 1, "psnr": 30.5, "passed_qc": True, "n": 2,
        "counterfactual_image_size_bytes": 12, "note": "0.5",
    }  # fmt: skip
    found = read_measurements(row, "line 1")
    assert found.values == {"lpips": 0.0, "edge_preservation": 1.0}
    assert (found.problems, found.unknown) == ((), ("psnr", "n"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ssim", 1.5, "line 1: ssim: 1.5; expected -1 to 1"),
        ("ssim", -1.01, "line 1: ssim: -1.01; expected -1 to 1"),
        ("edge_preservation", -0.1, "line 1: edge_preservation: -0.1; expected 0 to 1"),
        ("lpips", -0.1, "line 1: lpips: -0.1; expected no less than 0"),
        ("lpips", "0.1", "line 1: lpips: expected a number, found '0.1'"),
        ("lpips", math.inf, "line 1: lpips: expected a finite number"),
        ("ssim", True, "line 1: ssim: expected a number, found 'True'"),
    ],
)
def test_a_value_that_no_measure_can_take_is_named_and_the_others_are_read(name: str, value: Any, said: str) -> None:
    after = next(each for each in MEASURES if each != name)
    found = read_measurements({name: value, after: 0.5}, "line 1")
    assert list(map(str, found.problems)) == [said]
    assert found.values == {after: 0.5}


@pytest.mark.parametrize(
    ("measure", "least_met", "most_met"), [("ssim", 0.7, 1.0), ("edge_preservation", 0.276, 1.0), ("lpips", 0.0, 0.4)]
)
def test_a_threshold_is_met_up_to_its_ends(measure: str, least_met: float, most_met: float) -> None:
    [threshold] = [each for each in THRESHOLDS if each.measure == measure]
    assert threshold.is_met(least_met) and threshold.is_met(most_met)
    assert not threshold.is_met(math.nextafter(least_met, -1)) and not threshold.is_met(math.nextafter(most_met, 2))
    assert not threshold.is_met(math.nan)
    assert threshold.is_upper_bound is (measure == "lpips")
