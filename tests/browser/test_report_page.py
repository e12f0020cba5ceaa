"""The report as a browser shows it: nothing overflows, nothing leaves, texts stay texts, the tools work."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.metrics.mentions import read_mentions
from tests.browser.chromium import Tab
from tests.browser.conftest import HOSTILE_NAME, HOSTILE_TEXTS

pytestmark = pytest.mark.browser

_SECTIONS = [
    "finding", "age-and-sex", "endpoints", "noise-floor", "breakdown", "transitions", "refusals", "parser-audit",
    "comparison", "pairs", "method", "verdict",
]  # fmt: skip

_SHOWN = "Array.from(document.querySelectorAll('#pair-list > li')).filter(item => item.getClientRects().length)"

_MARKS = """
Array.from(document.querySelectorAll('#pair-list .text')).map(text => {
  const range = document.createRange();
  return {
    text: text.textContent,
    marks: Array.from(text.querySelectorAll('mark')).map(mark => {
      range.setStart(text, 0);
      range.setEnd(mark, 0);
      return [range.toString().length, range.toString().length + mark.textContent.length,
              getComputedStyle(mark, '::after').content.replaceAll('"', '').split(',')[0]];
    })
  };
})
"""

_TOO_FAINT = """
(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = colour => {
    const [r, g, b] = channels(colour).slice(0, 3).map(v => v / 255).map(
      v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      const parts = channels(colour);
      if (parts.length < 4 || parts[3] > 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  let looked = 0;
  const check = (element, colour, what) => {
    const pair = [luminance(colour), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    looked += 1;
    if (ratio < 4.5) faint.push(what + ' ' + ratio.toFixed(2) + ' ' + element.textContent.slice(0, 40));
  };
  document.querySelectorAll('body *').forEach(element => {
    if (!element.getClientRects().length || element.closest('.skip, script, style')) return;
    const style = getComputedStyle(element);
    const own = Array.from(element.childNodes).some(node => node.nodeType === 3 && node.data.trim());
    if (own) check(element, element instanceof SVGElement ? style.fill : style.color, element.tagName);
    if (element.tagName === 'MARK') check(element, getComputedStyle(element, '::after').color, 'reading');
  });
  return {looked, faint: faint.slice(0, 10)};
})()
"""


def _count(tab: Tab) -> int:
    shown: int = tab.value(f"{_SHOWN}.length")
    return shown


def _open_all(tab: Tab) -> None:
    tab.value("document.querySelectorAll('details').forEach(item => { item.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 700, 1400])
def test_the_page_never_is_wider_than_the_screen(tab: Tab, panel_page: Path, width: int, scheme: str) -> None:
    tab.view(width, scheme=scheme)
    tab.open(panel_page)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert tab.value(wide) is False
    _open_all(tab)
    assert tab.value(wide) is False
    assert tab.complaints() == []


@pytest.mark.parametrize("width", [360, 1400])
def test_hostile_texts_do_not_make_it_wider_either(tab: Tab, hostile_page: Path, width: int) -> None:
    tab.view(width)
    tab.open(hostile_page)
    _open_all(tab)
    assert tab.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_all_sections_stand_in_their_order(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    found = tab.value("Array.from(document.querySelectorAll('main > section')).map(item => item.id)")
    assert found == _SECTIONS


def test_nothing_but_the_file_itself_is_asked_for(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    _open_all(tab)
    tab.settle()
    assert tab.requests() == [panel_page.resolve().as_uri()]


def test_filters_and_search_leave_the_pairs_that_fit(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    everything = _count(tab)
    total = tab.value("document.querySelectorAll('#pair-list > li').length")
    assert everything == total > 10

    tab.value("document.querySelector('input[value=r]').click()")
    changed = _count(tab)
    assert 0 < changed < everything
    assert tab.value(f"{_SHOWN}.every(item => /^advice [+\u2212]/.test(item.querySelector('.told').textContent))")
    assert tab.value("document.getElementById('pair-count').textContent") == f"{changed} of {total} pairs match"

    tab.value("document.querySelector('input[value=l]').click()")
    assert 0 < _count(tab) <= changed
    tab.value("document.getElementById('pair-reset').click()")
    assert _count(tab) == everything

    tab.value("document.getElementById('pair-search').focus()")
    tab.write("fracture Radfm")
    tab.settle()
    found = _count(tab)
    assert 0 < found < everything
    assert tab.value(f"{_SHOWN}.every(item => /fracture/i.test(item.textContent) && /radfm/.test(item.textContent))")

    tab.value("document.getElementById('pair-reset').click()")
    tab.value(
        "(() => { const edit = document.getElementById('pair-edit'); edit.value = 'young_male';"
        " edit.dispatchEvent(new Event('change')); })()"
    )
    assert tab.value(f"{_SHOWN}.every(item => item.textContent.includes('edited to young male'))")
    tab.value(
        "(() => { const search = document.getElementById('pair-search'); search.value = 'no such words';"
        " search.dispatchEvent(new Event('input')); })()"
    )
    tab.settle()
    assert _count(tab) == 0
    assert tab.value("document.getElementById('no-pairs').getClientRects().length") == 1


def test_marks_stand_where_the_parser_put_them(tab: Tab, demo: Path, panel_page: Path) -> None:
    tab.open(panel_page)
    texts: list[dict[str, Any]] = tab.value(_MARKS)
    original_of = {
        row["response"].replace("\r\n", "\n"): row["response"]
        for panel in layout.MAIN_PANELS
        for row in json.loads((demo / layout.evaluation_results(panel)).read_bytes())
    }
    assert len(texts) > 20
    for shown in texts:
        original = original_of[shown["text"]]
        expected = {
            (*(place - original.count("\r\n", 0, place) for place in (item.start, item.end)), item.assertion_status)
            for item in read_mentions(original)
        }
        assert {tuple(mark) for mark in shown["marks"]} == expected
    readings = {mark[2] for shown in texts for mark in shown["marks"]}
    assert readings == {"affirmed", "negated", "uncertain", "recommended", "descriptive"}


def test_hostile_texts_are_shown_as_texts_and_nothing_runs(tab: Tab, hostile_page: Path) -> None:
    tab.open(hostile_page)
    _open_all(tab)
    tab.settle()
    assert tab.value("typeof window.ran") == "undefined"
    assert tab.complaints() == []
    assert tab.requests() == [hostile_page.resolve().as_uri()]
    assert tab.value("document.querySelectorAll('main img, main script, main style, main svg[onload]').length") == 0
    assert HOSTILE_NAME in tab.value("document.querySelector('h1').textContent")
    shown = tab.value("Array.from(document.querySelectorAll('.sides .text')).map(item => item.textContent)")
    for text in (HOSTILE_TEXTS[0], HOSTILE_TEXTS[1], HOSTILE_TEXTS[4], HOSTILE_TEXTS[7]):
        assert text in shown
    assert any("\u27e8U+2028\u27e9" in text for text in shown)
    assert any("\u2400\u2401\u241b[31m" in text and "\u27e8U+202E\u27e9" in text for text in shown)
    cut = tab.value("Array.from(document.querySelectorAll('.cut')).map(item => item.textContent)")
    assert any("characters are not shown" in note for note in cut)
    assert any("mentions are marked" in note for note in cut)


def test_the_keyboard_reaches_the_content_and_opens_a_pair(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    tab.press("Tab", 9)
    assert tab.value("document.activeElement.className") == "skip"
    assert tab.value("document.activeElement.getBoundingClientRect().top") >= 0
    tab.value("document.querySelector('.pair > summary').focus()")
    tab.press("Enter", 13)
    assert tab.value("document.querySelector('.pair').open") is True
    tab.value("document.getElementById('pair-search').focus()")
    tab.press("Tab", 9)
    assert tab.value("document.activeElement.id") == "pair-model"
    outline = tab.value("getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2


def test_everything_has_a_name_for_a_screen_reader(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    tree = tab.call("Accessibility.getFullAXTree")["nodes"]
    named = {
        "textbox",
        "searchbox",
        "combobox",
        "checkbox",
        "button",
        "link",
        "table",
        "region",
        "navigation",
        "heading",
    }
    nameless = [
        node["role"]["value"]
        for node in tree
        if not node.get("ignored") and node["role"]["value"] in named and not node.get("name", {}).get("value")
    ]
    assert nameless == []
    assert tab.value("document.querySelectorAll('h1').length") == 1
    levels = tab.value("Array.from(document.querySelectorAll('h1, h2, h3, h4')).map(item => Number(item.tagName[1]))")
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert tab.value("document.getElementById('pair-count').getAttribute('aria-live')") == "polite"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(tab: Tab, panel_page: Path, scheme: str) -> None:
    tab.view(1400, scheme=scheme)
    tab.open(panel_page)
    tab.value("document.querySelectorAll('main > section > details').forEach(item => { item.open = true; })")
    tab.value("document.getElementById('pair-open').click()")
    found = tab.value(_TOO_FAINT)
    assert found["looked"] > 500
    assert found["faint"] == []


def test_a_synthetic_bundle_says_so_on_every_screen_and_on_paper(tab: Tab, panel_page: Path) -> None:
    tab.view(360, 800)
    tab.open(panel_page)
    for place in (0.0, 0.3, 0.7, 1.0):
        tab.value(f"window.scrollTo({{top: document.documentElement.scrollHeight * {place}, behavior: 'instant'}})")
        top = tab.value("document.querySelector('.banner').getBoundingClientRect().top")
        assert 0 <= top < 5
    tab.view(1000, media="print")
    assert tab.value("document.querySelector('.banner').getClientRects().length") == 1
    assert "synthetic" in tab.value("getComputedStyle(document.querySelector('#pairs-heading'), '::after').content")
    assert tab.value("document.getElementById('pair-tools').getClientRects().length") == 0


def test_the_page_is_ready_within_a_second_or_so(tab: Tab, panel_page: Path) -> None:
    # The figure to reach is a second on an idle machine; a test shares its machine, so the best of three counts.
    assert min(tab.open(panel_page) for _ in range(3)) < 3.0
    assert tab.value("document.getElementById('pair-tools').hidden") is False
