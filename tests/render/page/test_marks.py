"""Marks are drawn at their values, lines below what stands on them."""

import re

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.page.axes import SHARE
from spinefairbench.render.page.drawing import USABLE, VALUE
from spinefairbench.render.page.marks import Mark, band, dot, estimate, interval_marks, line, painted, square


def drawn(*marks: Mark) -> str:
    """The marks on a strip from 0 to 100, in a lane that is 20 high."""
    return "".join(each for each in painted([(mark, (0, 20)) for mark in marks], SHARE, (0, 100)) if each)


def test_what_is_not_known_has_no_mark() -> None:
    assert estimate(None, None) == []
    assert len(estimate(0.5, None)) == 1


def test_an_adjusted_interval_stands_beside_the_percentile_one() -> None:
    assert [mark.shape for mark in interval_marks(Estimate(0.5, (0.4, 0.6)))] == ["line"]
    both = interval_marks(Estimate(0.5, (0.4, 0.6), (0.2, 0.8), "few sources"))
    assert [(mark.shape, mark.low, mark.high) for mark in both] == [("line", 0.4, 0.6), ("whisker", 0.2, 0.8)]


def test_lines_of_one_kind_are_one_path_and_lie_below_everything_else() -> None:
    made = drawn(dot(0.1), line(0.0, 0.5), square(0.2), line(0.5, 1.0), line(0.2, 0.4, thick=True))
    assert re.findall("<([a-z]+) ", made) == ["path", "path", "circle", "rect"]
    assert re.findall('d="([^"]*)"', made) == ["M20 10H40", "M0 10H50M50 10H100"], "the wide line first"


def test_a_published_value_is_hollow_and_another_one_a_stroke() -> None:
    assert f'fill="#ffffff" stroke="{VALUE}"' in drawn(*estimate(0.5, None, hollow=True))
    assert 'd="M50 3.5L50 16.5"' in drawn(*estimate(0.5, None))


def test_a_part_ends_in_a_gap_and_an_outline_is_hollow() -> None:
    assert f'<rect x="0" y="4" width="48.5" height="12" fill="{USABLE}">' in drawn(band(0.0, 0.5, USABLE))
    assert 'width="50" height="4" fill="#ffffff"' in drawn(Mark("outline", 0.0, 0.5))
