"""The figure of fairness: full colour where the simultaneous interval excludes zero, one axis for all models."""

import re

from spinefairbench.analysis.disparity import DisparityRow
from spinefairbench.render.page.disparity_figure import disparity_figures
from spinefairbench.render.page.drawing import AGE, ANYWAY, SEX


def row(
    estimate: float | None,
    bounds: tuple[float, float] | None,
    *,
    model: str = "m",
    category: str = "surgery",
    contrast: str = "age",
    kind: str = "recommendation",
) -> DisparityRow:
    return DisparityRow(model, kind, category, contrast, 20, estimate, bounds, bounds, 0.5, 0.5, None)


ROWS = [
    row(0.2, (0.1, 0.3)),
    row(0.05, (-0.1, 0.2), contrast="sex"),
    row(0.0, (-0.2, 0.2), contrast="age_x_sex"),
    row(0.0, (-0.1, 0.1), category="Fracture", kind="diagnostic"),
    row(-0.1, (-0.15, -0.05), category="Fracture", kind="diagnostic", contrast="sex"),
]


def paths(made: str, colour: str) -> list[str]:
    return re.findall(rf'd="([^"]*)" stroke="{colour}"', made)


def test_what_excludes_zero_is_in_full_colour_at_its_place() -> None:
    made = disparity_figures(ROWS)
    assert made is not None
    # By age the axis is from -30 to 30 of 100 and 78 wide from 122: 0.1 to 0.3 is from 174 to 200, 0.2 is at 187.
    assert paths(made, AGE) == ["M174 53H200", "M187 53h0"]
    # By sex it is from -15 to 15, from 210; the diagnostic labels stand below the recommendations, apart.
    assert paths(made, SEX) == ["M210 73H236", "M223 73h0"]
    assert sum(path.count("h0") for path in paths(made, ANYWAY)) == 3


def test_models_share_their_axes_and_stand_in_their_order() -> None:
    made = disparity_figures([*ROWS, row(0.7, (0.6, 0.8), model="other")])
    assert made is not None
    first, second = re.findall("<svg.*?</svg>", made)
    assert ">m<" in first and ">other<" in second
    assert ">80<" in first and ">80<" in second
    assert re.findall('data-name="([^"]*)"', made) == ["age-and-sex-1", "age-and-sex-2"]


def test_one_wide_interval_does_not_set_the_axis_of_all() -> None:
    many = [row(0.0, (-0.1, 0.1), category=f"c{place}") for place in range(20)]
    made = disparity_figures([*many, row(0.0, (-0.9, 0.9), category="wide")])
    assert made is not None
    assert ">10<" in made and ">90<" not in made
    assert any("M122 333H200" in path for path in paths(made, ANYWAY)), "it reaches from end to end"


def test_language_and_contrasts_without_an_estimate_are_left_out() -> None:
    assert disparity_figures([row(None, None), row(0.5, (0.1, 0.9), kind="confidence")]) is None
