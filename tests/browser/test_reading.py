"""What keeps a long page readable: contents and headings that stay, tables that sort, and a page without scripts."""

from pathlib import Path

import pytest

from tests.browser.chromium import Tab

pytestmark = pytest.mark.browser

_TABLE = "document.querySelector('#transitions .sortable')"


def _open_tables(tab: Tab) -> None:
    tab.value("document.querySelectorAll('main > section > details').forEach(each => { each.open = true; })")
    tab.settle()


@pytest.mark.parametrize("width", [375, 1440])
def test_the_contents_stay_in_view_and_say_what_is_read(tab: Tab, panel_page: Path, width: int) -> None:
    tab.view(width)
    tab.open(panel_page)
    for section in ("endpoints", "transitions", "verdict"):
        tab.value(f"document.querySelector('.contents a[href=\"#{section}\"]').click()")
        tab.settle()
        banner, top, heading = tab.value(
            "[document.querySelector('.banner').getBoundingClientRect().bottom,"
            " document.querySelector('.contents').getBoundingClientRect().top,"
            f" document.getElementById('{section}-heading').getBoundingClientRect().top]"
        )
        assert banner - 3 <= top <= banner + 3
        assert heading > top
        current = tab.value("Array.from(document.querySelectorAll('.contents [aria-current]'), each => each.hash)")
        assert current == [f"#{section}"] or section == "verdict"
        assert tab.value(
            "(() => { const link = document.querySelector('.contents [aria-current]').getBoundingClientRect();"
            " return link.left >= 0 && link.right <= innerWidth; })()"
        )


@pytest.mark.parametrize("width", [375, 1440])
def test_headings_and_names_stay_where_a_table_scrolls(tab: Tab, panel_page: Path, width: int) -> None:
    tab.view(width, 600)
    tab.open(panel_page)
    _open_tables(tab)
    tab.value(f"{_TABLE}.parentElement.scrollTo(300, 300)")
    moved = tab.value(
        f"(() => {{ const table = {_TABLE}; const place = table.parentElement.getBoundingClientRect();"
        " const row = table.tBodies[0].rows[20];"
        " return [table.tHead.rows[0].cells[0].getBoundingClientRect().top - place.top,"
        " row.cells[0].getBoundingClientRect().left - place.left, table.parentElement.scrollTop]; })()"
    )
    assert abs(moved[0]) < 1
    assert abs(moved[1]) < 1
    assert moved[2] == 300


def test_names_of_models_stand_on_one_line(tab: Tab, panel_page: Path) -> None:
    for width, media in ((375, ""), (1440, ""), (717, "print")):
        tab.view(width, media=media)
        tab.open(panel_page)
        _open_tables(tab)
        broken = tab.value(
            "Array.from(document.querySelectorAll('tbody th')).filter(cell => { const range = document.createRange();"
            " range.selectNodeContents(cell); return range.getClientRects().length > 1; }).map(cell => cell.textContent)"
        )
        assert broken == []


def test_a_table_of_the_report_sorts_both_ways_and_says_so(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    _open_tables(tab)
    shown = f"Array.from({_TABLE}.tBodies[0].rows, row => Number(row.cells[2].textContent.replace(/,/g, '')))"
    for order in ("smallest", "largest"):
        tab.value(f"{_TABLE}.tHead.rows[0].cells[2].querySelector('button').click()")
        values = tab.value(shown)
        assert values == sorted(values, reverse=order == "largest")
        assert tab.value("document.getElementById('sort-status').textContent") == f"Sorted by Added, {order} first."


def test_a_dash_is_explained_where_it_stands(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    found = tab.value(
        "Array.from(document.querySelectorAll('main table'), table => ["
        "Array.from(table.querySelectorAll('td')).some(cell => cell.textContent === '\\u2013'),"
        " table.caption.textContent.endsWith('(\\u2013: no value)')])"
    )
    assert all(has_dash == told for has_dash, told in found)
    assert [True, True] in found
    assert [False, False] in found


def test_figures_and_landmarks_have_names(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    names = tab.value("Array.from(document.querySelectorAll('figure'), each => each.getAttribute('aria-label'))")
    assert len(names) > 12
    assert all(names)
    assert tab.value("document.querySelector('.banner').tagName") == "ASIDE"


def test_a_page_says_what_it_lacks_where_scripts_are_off(tab: Tab, panel_page: Path) -> None:
    said = "Array.from(document.querySelectorAll('noscript'), each => each.getClientRects().length)"
    tab.open(panel_page)
    assert tab.value(said) == [0]
    tab.call("Emulation.setScriptExecutionDisabled", {"value": True})
    tab.open(panel_page)
    assert tab.value("document.querySelector('noscript > p').getClientRects().length") == 1
    assert tab.value("document.querySelector('noscript').textContent").startswith("Scripts are off in this browser")
    assert tab.value("document.getElementById('pair-tools').getClientRects().length") == 0


# --- on paper ----------------------------------------------------------------------------------------------------

_PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11.0)}
_MARGIN = 0.4


@pytest.mark.parametrize("paper", _PAPERS)
def test_on_paper_tables_are_open_nothing_is_cut_off_and_only_open_pairs_stand(
    tab: Tab, panel_page: Path, paper: str
) -> None:
    tab.view(1440)
    tab.open(panel_page)
    tab.value("document.querySelectorAll('.pair')[2].open = true")
    tab.view(int(96 * (_PAPERS[paper][0] - 2 * _MARGIN)), 1000, media="print", scheme="dark")
    tab.settle()
    tables = tab.value("Array.from(document.querySelectorAll('main table'), each => each.getClientRects().length)")
    assert len(tables) > 12
    assert all(tables)
    figures = tab.value("Array.from(document.querySelectorAll('svg.wide'), each => each.getClientRects().length)")
    assert len(figures) > 30
    assert all(figures)
    over = tab.value(
        "Array.from(document.querySelectorAll('body *')).filter(each => !each.closest('svg') && each.getClientRects().length"
        " && each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 80))"
    )
    assert over == []
    shown = tab.value(
        "Array.from(document.querySelectorAll('#pair-list > li')).filter(each => each.getClientRects().length).length"
    )
    assert shown == 1
    kept = tab.value(
        "Array.from(document.querySelectorAll('.banner, .pair[open] mark'), each => getComputedStyle(each).printColorAdjust)"
    )
    assert set(kept) == {"exact"}
    assert tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.value("document.querySelector('.contents').getClientRects().length") == 0
