"""The first screen in a browser: the finding and its figure are seen without scrolling, whole and legible."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Tab

pytestmark = pytest.mark.browser

_SEEN = """
(() => {
  const bottom = element => element.getBoundingClientRect().bottom;
  const figure = Array.from(document.querySelectorAll('#finding svg')).filter(each => each.getClientRects().length);
  const texts = Array.from(figure[0].querySelectorAll('text'));
  const ends = texts.filter(each => each.textContent.includes('\u2192')).map(bottom);
  return {
    drawings: figure.length,
    heading: bottom(document.querySelector('h1')),
    rows: ends.filter(each => each <= innerHeight).length,
    all: bottom(figure[0]) <= innerHeight,
    size: Math.min(...texts.map(each => parseFloat(getComputedStyle(each).fontSize) * figure[0].getScreenCTM().a)),
    outside: texts.filter(each => {
      const [text, frame] = [each.getBoundingClientRect(), figure[0].getBoundingClientRect()];
      return text.left < frame.left - 1 || text.right > frame.right + 1;
    }).map(each => each.textContent)
  };
})()
"""


@pytest.mark.parametrize(("width", "height", "whole"), [(1440, 900, True), (375, 700, False)])
def test_the_finding_and_its_figure_are_on_the_first_screen(
    tab: Tab, panel_page: Path, width: int, height: int, whole: bool
) -> None:
    tab.view(width, height)
    tab.open(panel_page)
    seen: dict[str, Any] = tab.value(_SEEN)
    assert seen["drawings"] == 1
    assert seen["heading"] < height / 2
    assert seen["rows"] >= 7
    assert seen["all"] or not whole
    assert seen["size"] >= 7.5, "the citation; every other text is larger"
    assert seen["outside"] == []


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_no_text_of_a_figure_leaves_it(tab: Tab, panel_page: Path, width: int) -> None:
    tab.view(width)
    tab.open(panel_page)
    outside = tab.value("""
      Array.from(document.querySelectorAll('.figure svg')).filter(svg => svg.getClientRects().length).flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        return Array.from(svg.querySelectorAll('text')).filter(text => {
          const box = text.getBoundingClientRect();
          return box.top < frame.bottom && (box.left < frame.left - 2 || box.right > frame.right + 2);
        }).map(text => svg.dataset.name + ': ' + text.textContent);
      })
    """)
    assert outside == []
