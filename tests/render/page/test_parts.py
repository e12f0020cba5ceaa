"""The parts of sections: notes are sentences, and a heat map has a cell for each row and column."""

import re

import pytest

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.html import TableCell
from spinefairbench.render.page.parts import estimate_cell, heat_map, notes, shade, signed_estimate_cell


def test_a_note_is_a_sentence_but_a_name_keeps_its_spelling() -> None:
    made = notes(["one source only", "radfm: F is 0", "Really?", "-0.1 to 2-3 (-4), gpt-5"])
    assert made is not None
    assert re.findall("<li>([^<]*)</li>", made) == [
        "One source only.", "radfm: F is 0.", "Really?", "\u22120.1 to 2-3 (\u22124), gpt-5.",
    ]  # fmt: skip
    assert notes([]) is None


def test_a_heat_map_has_the_cell_of_each_row_and_column() -> None:
    words = {"x": "X x", "y": "Y"}
    made = heat_map(
        "Caption", "Corner", words, words, lambda row, column: TableCell(row + column, "h1", f"{row}/{column}")
    )
    assert re.findall('<th scope="(?:row|col)">([^<]*)<', made) == ["Corner", "X x", "Y", "X x", "Y"]
    assert re.findall('<td class="h1" title="([^"]*)">([^<]*)<', made) == [
        ("x/x", "xx"), ("x/y", "xy"), ("y/x", "yx"), ("y/y", "yy"),
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), [(0.0, "h0"), (0.2, "h1"), (0.5, "h3"), (0.99, "h5"), (1.0, "h5")])
def test_a_shade_is_one_of_six(value: float, name: str) -> None:
    assert shade(value) == name


def test_a_cell_has_the_published_interval_below_the_one_that_is_judged_by_where_they_are_two() -> None:
    adjusted = Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources")
    assert estimate_cell(Estimate(0.3, (0.1, 0.5))) == "0.300 [0.100, 0.500]"
    assert re.findall(r">([^<]*\[[^<]*)<", str(signed_estimate_cell(adjusted))) == [
        "+0.300 [\u22120.100, +0.600] ", "published method, percentile: [+0.100, +0.500]",
    ]  # fmt: skip
