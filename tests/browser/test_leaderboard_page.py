"""The leaderboard as a browser shows it: nothing overflows, its tables sort, names stay names."""

import json
from pathlib import Path

import pytest

from tests.browser.chromium import Tab
from tests.browser.conftest import HOSTILE_NAME

pytestmark = pytest.mark.browser

_COLUMN = "Array.from(document.querySelectorAll('table.sortable')[{0}].tBodies[0].rows).map(row => row.cells[{1}].textContent)"
_HEADING = "document.querySelectorAll('table.sortable')[0].tHead.rows[0].cells[{0}]"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_the_page_is_no_wider_than_the_screen(tab: Tab, board_page: Path, width: int, scheme: str) -> None:
    tab.view(width, scheme=scheme)
    tab.open(board_page)
    tab.settle()
    assert tab.value("document.documentElement.scrollWidth") <= width
    outside = (
        "Array.from(document.querySelectorAll('main *')).filter(each => !each.closest('.scroll, .contents, svg') && "
        "each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML.slice(0, 80))"
    )
    assert tab.value(outside) == []


def test_nothing_is_asked_for_nothing_runs_and_the_console_is_clean(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    tab.settle()
    assert tab.complaints() == []
    assert tab.requests() == [board_page.resolve().as_uri()]
    assert tab.value("window.ran === undefined && document.images.length === 0")
    assert tab.value(f"document.body.textContent.includes({json.dumps(HOSTILE_NAME)})")


def test_a_column_sorts_by_its_numbers_both_ways_by_keyboard(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    tab.value(_HEADING.format(1) + ".querySelector('button').focus()")
    for order, first_word in (("ascending", "smallest"), ("descending", "largest")):
        tab.press("Enter", 13)
        tab.settle()
        values = [float(text.split()[0]) for text in tab.value(_COLUMN.format(0, 1))]
        assert values == sorted(values, reverse=order == "descending")
        assert tab.value(_HEADING.format(1) + ".getAttribute('aria-sort')") == order
        assert first_word in tab.value("document.getElementById('sort-status').textContent")
    assert tab.value("document.querySelectorAll('[aria-sort]').length") == 1


def test_names_sort_as_text_and_negative_numbers_as_numbers(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    tab.value(_HEADING.format(0) + ".querySelector('button').click()")
    names = tab.value(_COLUMN.format(0, 0))
    assert names == tab.value(f"{json.dumps(names)}.sort((a, b) => a.localeCompare(b))")
    tab.value("document.querySelectorAll('table.sortable')[1].tHead.rows[0].cells[4].querySelector('button').click()")
    excess = [
        float(text.split()[0].replace("\u2212", "-").replace("\u00b1", "")) for text in tab.value(_COLUMN.format(1, 4))
    ]
    assert excess == sorted(excess)


def test_ranks_sort_by_the_rank_and_not_by_what_stands_beside_it(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    tab.value(_HEADING.format(5) + ".querySelector('button').click()")
    ranks = [
        int(text.removeprefix("may be ").removeprefix("first ").split()[0]) for text in tab.value(_COLUMN.format(0, 5))
    ]
    assert ranks == sorted(ranks)
    assert len(ranks) == 10


def test_a_synthetic_bundle_says_so_and_what_is_not_comparable_stands_apart(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    assert "Synthetic data" in tab.value("document.querySelector('.banner').textContent")
    apart = tab.value("document.getElementById('apart').parentElement.textContent")
    assert "a part" in apart
    assert "are missing" in apart


def test_figures_and_tables_are_taken_away_by_the_same_buttons_as_from_a_report(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    names = tab.value("Array.from(document.querySelectorAll('.take button'), each => each.getAttribute('aria-label'))")
    for figure in ("recommendation-change", "diagnostic-consistency", "finding", "diagnostic-labels", "usable-pairs"):
        assert f"Save the figure {figure} as SVG" in names
    assert "Save as CSV: Recommendation change by model, common-core-1000" in names
    cited = tab.value("Array.from(document.querySelectorAll('svg.wide .citation'), each => each.textContent)")
    assert len(cited) == len(tab.value("Array.from(document.querySelectorAll('svg.wide'), each => each.dataset.name)"))
    assert all("Synthetic data" in each and "scope:common-core-1000" in each for each in cited)


def test_the_floor_stands_beside_the_change(tab: Tab, board_page: Path) -> None:
    tab.open(board_page)
    heads = tab.value("Array.from(document.querySelectorAll('#recommendation thead th'), each => each.textContent)")
    assert heads[1:5] == ["Recommendation change [95%]", "With the edit, T", "Anyway, F", "Excess [95%]"]
    board = json.loads((board_page.parent / "leaderboard.json").read_text(encoding="utf-8"))
    for at, section in enumerate(("recommendation_change", "diagnostic_consistency")):
        shown = list(zip(*(tab.value(_COLUMN.format(at, column)) for column in (2, 3)), strict=True))
        floors = [row[section]["noise_floor"] for row in board["rows"] if row["comparable"]]
        assert shown == [(f"{floor['T']:.3f}", f"{floor['F']:.3f}") for floor in floors]
