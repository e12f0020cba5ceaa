"""Drawings stand alone: their own colours, texts that fit, and a citation."""

import re
from itertools import combinations

import pytest

from spinefairbench.render.page.drawing import (
    ANYWAY,
    GRID,
    PALETTE,
    PAPER,
    PARTIAL,
    REFUSED,
    USABLE,
    circle,
    cited,
    dots,
    drawing,
    label,
    segments,
)
from spinefairbench.render.whole_page import asset

SIGNATURE = "bench:spinefairbench|scope:common-core-1000|pairs:4000/4000#12345678|" + "|".join(
    f"k{n}:{n}" for n in range(20)
)


def contrast(first: str, second: str) -> float:
    """WCAG's contrast of two colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def dark(colour: str) -> str:
    """What the page makes of a colour in a dark scheme, where it says so in place."""
    rule = re.search(rf'\[(?:fill|stroke)="{colour}"\] {{\s*(?:fill|stroke): ([^;]*);', asset("figures.css"))
    assert rule is not None, colour
    return re.findall("#[0-9a-f]{6}", rule[1])[-1] if "#" in rule[1] else rule[1]


def test_the_page_has_a_stand_in_for_every_colour() -> None:
    assert all(dark(colour) for colour in PALETTE)


@pytest.mark.parametrize("colour", sorted({*PALETTE} - {PAPER, GRID}))
def test_whatever_is_drawn_stands_out_from_the_page(colour: str) -> None:
    assert contrast(colour, PAPER) >= 3
    if dark(colour).startswith("#"):
        assert contrast(dark(colour), "#13171c") >= 3


def test_parts_side_by_side_stand_out_from_one_another() -> None:
    for usable, partial, refused in ((USABLE, PARTIAL, REFUSED), tuple(map(dark, (USABLE, PARTIAL, REFUSED)))):
        assert contrast(usable, partial) >= 3
        assert contrast(partial, refused) >= 3


def test_no_two_colours_are_one() -> None:
    assert all(first != second for first, second in combinations(PALETTE, 2))


def test_a_cut_text_shows_the_whole_one_on_hovering() -> None:
    assert "<title>whole &lt;b&gt;</title>" in label(0, 0, "who\u2026", whole="whole <b>")
    assert "title" not in label(0, 0, "whole", whole="whole")


def test_many_lines_and_dots_are_one_path() -> None:
    assert 'd="M0 1H10M5 0L5 9"' in (segments([(0, 1, 10, 1), (5, 0, 5, 9)], "#000000") or "")
    assert dots([(1, 2), (3, 4)], "#000000", 5) is not None
    assert segments([], "#000000") is dots([], "#000000", 5) is None
    assert 'fill="#ffffff" stroke="#808a95"' in circle(0, 0, 3, ANYWAY, hollow=True)


def test_a_drawing_is_cited_in_lines_as_wide_as_it_is() -> None:
    made = cited(drawing("n", "what it shows", (300, 100), []), SIGNATURE, "Synthetic")
    assert 'viewBox="0 0 300 100" data-whole="0 0 300 156" role="img" aria-label="what it shows"' in made
    lines = re.findall(r'font-family="monospace">([^<]*)<', made)
    assert "".join(lines) == SIGNATURE
    assert len(lines) > 1 and all(len(each) * 0.6 * 8 <= 300 for each in lines)
    assert ">Synthetic<" in made


def test_a_drawing_for_a_narrow_screen_is_cited_only_where_the_page_shows_it() -> None:
    assert SIGNATURE not in cited(drawing("n", "", (300, 100), [], narrow=True), SIGNATURE)
    assert "bench:" in cited(drawing("n", "", (300, 100), [], narrow=True, shows_citation=True), SIGNATURE)
