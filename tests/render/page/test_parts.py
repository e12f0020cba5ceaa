"""The parts of sections: notes are sentences, and definitions stand once."""

import re

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.page.parts import estimate_cell, method_section, notes, section, signed_estimate_cell


def test_a_note_is_a_sentence_but_a_name_keeps_its_spelling() -> None:
    made = notes(["one source only", "radfm: F is 0", "Really?", "-0.1 to 2-3 (-4), gpt-5"])
    assert made is not None
    assert re.findall("<li>([^<]*)</li>", made) == [
        "One source only.", "radfm: F is 0.", "Really?", "\u22120.1 to 2-3 (\u22124), gpt-5.",
    ]  # fmt: skip
    assert notes([]) is None


def test_definitions_stand_once_under_the_headings_of_their_sections() -> None:
    first = section("a", "First", "shown", method=["what x is", "What y is."])
    made = method_section(
        [first, section("b", "Second", "shown"), section("c", "Third", method=["what x is", "z < y"])]
    )
    assert made is not None
    assert "what" not in first.content.lower()
    assert re.findall("<(h3|li)>([^<]*)<", made.content) == [
        ("h3", "First"), ("li", "What x is."), ("li", "What y is."), ("h3", "Third"), ("li", "Z &lt; y."),
    ]  # fmt: skip
    assert method_section([section("b", "Second", "shown")]) is None


def test_a_cell_has_the_published_interval_below_the_one_that_is_judged_by_where_they_are_two() -> None:
    adjusted = Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources")
    assert estimate_cell(Estimate(0.3, (0.1, 0.5))) == "0.300 [0.100, 0.500]"
    assert re.findall(r">([^<]*\[[^<]*)<", str(signed_estimate_cell(adjusted))) == [
        "+0.300 [\u22120.100, +0.600] ", "published method, percentile: [+0.100, +0.500]",
    ]  # fmt: skip
