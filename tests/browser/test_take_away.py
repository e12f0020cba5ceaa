"""What is taken out of a page: figures as SVG and PNG, tables as CSV, signature and citation."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from spinefairbench.render.page.figure_files import figure_files
from tests.browser.chromium import Tab
from tests.browser.conftest import HOSTILE_NAME

pytestmark = pytest.mark.browser

# Files are kept where a browser would ask where to save them.
_KEEP = """
(() => {
  window.kept = {};
  let last = null;
  const make = URL.createObjectURL;
  URL.createObjectURL = blob => { last = blob; return make.call(URL, blob); };
  HTMLAnchorElement.prototype.click = function () { window.kept[this.download] = last; };
})()
"""


def _press(tab: Tab, page: Path, words: str, where: str = "") -> None:
    tab.open(page)
    tab.value(_KEEP)
    tab.value(
        f"Array.from(document.querySelectorAll('{where} .take button')).filter(each => each.textContent === '{words}')"
        ".forEach(each => each.click())"
    )


def test_a_figure_is_saved_as_the_command_writes_it(tab: Tab, panel_page: Path) -> None:
    _press(tab, panel_page, "SVG")
    files = figure_files(panel_page.read_text(encoding="utf-8"))
    assert set(tab.value("Object.keys(kept)")) == set(files)
    for name in ("finding.svg", "usable-pairs.svg"):
        saved, written = (ElementTree.fromstring(text) for text in (tab.value(f"kept['{name}'].text()"), files[name]))
        assert [(each.tag, each.text) for each in saved.iter()] == [(each.tag, each.text) for each in written.iter()]
        assert saved.attrib["viewBox"] == written.attrib["viewBox"]
    assert tab.complaints() == []


def test_a_figure_is_saved_as_pixels_three_times_as_large(tab: Tab, panel_page: Path) -> None:
    _press(tab, panel_page, "PNG", "#finding")
    size = tab.value("""
      new Promise(done => {
        const look = () => kept['finding.png'] ? done(createImageBitmap(kept['finding.png'])) : setTimeout(look, 20);
        look();
      }).then(image => [image.width, image.height])
    """)
    view = tab.value("document.querySelector('#finding svg').dataset.whole.split(' ').map(Number)")
    assert size == [3 * view[2], 3 * view[3]]
    assert tab.complaints() == []


def test_a_table_is_saved_with_one_value_a_cell(tab: Tab, panel_page: Path) -> None:
    _press(tab, panel_page, "CSV")
    names = tab.value("Object.keys(kept)")
    assert len(names) > 15 and all(name.startswith("synthetic-") for name in names)
    for name in names:
        text = tab.value(f"kept['{name}'].text()")
        assert "\u2212" not in text and "\u00b1" not in text and "[" not in text
        head, *rows = csv.reader(io.StringIO(text))
        assert len(set(head)) == len(head) and all(len(row) == len(head) for row in rows)
    [first] = [name for name in names if "recommendations-that-differ" in name]
    [head, *rows] = csv.reader(io.StringIO(tab.value(f"kept['{first}'].text()")))
    assert head[:6] == ["Model", "Changed, T", "Anyway, F", "Excess", "Excess lower", "Excess upper"]
    for row in rows:
        assert float(row[4]) <= float(row[3]) <= float(row[5])
    assert any(float(row[4]) < 0 for row in rows)


def test_signature_and_citation_are_selected_to_be_copied(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    for words, start in (("Copy signature", "bench:spinefairbench|"), ("Copy citation", "@misc{spinefairbench-")):
        tab.value(
            "Array.from(document.querySelectorAll('.take button'))"
            f".find(each => each.textContent === '{words}').click()"
        )
        assert tab.value("getSelection().toString()").startswith(start)


def test_a_hostile_name_stays_a_text_and_is_no_formula(tab: Tab, hostile_page: Path) -> None:
    _press(tab, hostile_page, "CSV", "#endpoints")
    [name] = tab.value("Object.keys(kept)")
    rows = list(csv.reader(io.StringIO(tab.value(f"kept['{name}'].text()"))))
    assert HOSTILE_NAME in [row[0] for row in rows]
    assert tab.complaints() == []
    assert tab.value("typeof window.ran") == "undefined"
    tab.value("document.querySelector('#endpoints tbody th').textContent = '=1+1'")
    tab.value("document.querySelector('#endpoints details .take button').click()")
    rows = list(csv.reader(io.StringIO(tab.value(f"kept['{name}'].text()"))))
    assert rows[1][0] == "'=1+1"
