"""Axes end at round numbers and hold what is shown on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY
from spinefairbench.render.page.axes import CHANGE, Scale, round_scale, symmetric_scale


@pytest.mark.parametrize(("value", "share"), [(-1.0, 0.0), (0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (7.0, 1.0)])
def test_a_value_never_leaves_its_axis(value: float, share: float) -> None:
    assert Scale(0.0, 1.0, ()).share(value) == share


def test_more_change_is_to_the_right_of_both_endpoints() -> None:
    scale = CHANGE.at(DIAGNOSTIC_CONSISTENCY)
    assert (scale.share(1.0), scale.share(0.75), scale.share(0.0)) == (0.0, 0.25, 1.0)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([73.3, 96.1], (0, 20, 40, 60, 80, 100)),
        ([-2.2, 43.8], (0, 10, 20, 30, 40)),
        ([0.03, -0.01], (-0.01, 0, 0.01, 0.02, 0.03)),
        ([], (0, 0.2)),
        ([5e-324], (0, 0.2)),
    ],
)
def test_ticks_are_round_and_one_of_them_is_zero(values: list[float], ticks: tuple[float, ...]) -> None:
    assert round_scale(values).ticks == ticks


def test_an_axis_goes_no_farther_than_half_a_step_beyond_what_it_holds() -> None:
    scale = round_scale([-2.2, 43.8])
    assert (scale.low, scale.high) == (-5, 45)


def test_zero_is_in_the_middle_of_a_symmetric_axis() -> None:
    scale = symmetric_scale([0.13, -0.02])
    assert scale.ticks == (-0.2, -0.1, 0.0, 0.1, 0.2)
    assert scale.share(0.0) == 0.5
    assert scale.tick_label(-0.1) == "\u22120.1"
    assert symmetric_scale([28.0], steps=5).ticks[-1] == 30
    assert scale.mirrored.share(-0.1) == scale.share(0.1)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=6))
def test_an_axis_holds_every_value_and_has_few_ticks(values: list[float]) -> None:
    scale = round_scale(values)
    assert scale.low <= min(0.0, *values) + 1e-9 and max(0.0, *values) - 1e-9 <= scale.high
    assert 0.0 in scale.ticks and 2 <= len(scale.ticks) <= 8
    mirrored = symmetric_scale(values)
    assert mirrored.low == -mirrored.high and max(map(abs, values)) - 1e-9 <= mirrored.high
