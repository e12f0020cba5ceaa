"""Heat maps: a number for each row and column, and a shade that can be read in both schemes."""

import re

import pytest

from spinefairbench.render.page.drawing import INK, PAPER
from spinefairbench.render.page.heat_figure import (
    LESS,
    MORE,
    SHADES,
    HeatCell,
    heat_figure,
    shaded,
    small_heat_figure,
)
from tests.render.page.test_drawing import contrast, dark

ROWS = {"x": "claude-sonnet-4-6", "y": "Y"}
COLUMNS = {"a": "physical therapy", "b": "claude-sonnet-4-6", "c": "C"}


def test_a_map_has_the_cell_of_each_row_and_column_on_wide_and_narrow_screens() -> None:
    made = heat_figure("n", "Title", "note", ROWS, COLUMNS, lambda row, column: HeatCell(row + column, SHADES[1]))
    drawings = re.findall("<svg.*?</svg>", made)
    assert len(drawings) == 2
    for drawn in drawings:
        numbers = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([xy][abc])<', drawn)
        assert [words for *_, words in numbers] == ["xa", "xb", "xc", "ya", "yb", "yc"]
        assert len({x for x, *_ in numbers}) == 3
        assert len({y for _, y, _ in numbers}) == 2
        assert ">claude-sonnet-4-6<" in drawn, "the name of a row is whole"
        [tiles] = re.findall(f'd="([^"]*)" fill="{SHADES[1]}"', drawn)
        assert tiles.count("M") == 6
    assert ["claude-" in drawings[0], "sonnet-4-" in drawings[0]] == [True, True], "broken after hyphens"


def test_an_empty_cell_and_a_faint_one_have_no_tile() -> None:
    cells = {"a": HeatCell(), "b": HeatCell("0.10", faint=True), "c": shaded("0.99", 0.99)}
    made = small_heat_figure("n", "Title", {"x": "X"}, COLUMNS, lambda _, column: cells[column])
    assert made.count("<svg") == 1
    assert len(re.findall("M[0-9]", made)) == 1
    assert re.findall(r'fill="(#\w+)"[^>]*>0\.(\d+)<', made) == [("#55606b", "10"), (PAPER, "99")]


@pytest.mark.parametrize(("value", "at"), [(0.0, 0), (0.2, 1), (0.5, 3), (0.99, 5), (1.0, 5)])
def test_a_shade_is_one_of_six(value: float, at: int) -> None:
    assert shaded("x", value) == HeatCell("x", SHADES[at])


def test_numbers_can_be_read_on_every_shade_in_both_schemes() -> None:
    for colour in (*SHADES, MORE, LESS):
        letters = (PAPER, "#13171c") if colour in SHADES[4:] else (INK, "#e6eaee")
        assert contrast(colour, letters[0]) >= 4.5
        assert contrast(dark(colour), letters[1]) >= 4.5
