"""The pair browser in a browser: whole words, orders, words that differ, and an address that leads back."""

import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.browser.chromium import Tab

pytestmark = pytest.mark.browser

_SHOWN = "Array.from(document.querySelectorAll('#pair-list > li')).filter(item => item.getClientRects().length)"


def _set(tab: Tab, element_id: str, value: str, event: str = "change") -> None:
    tab.value(
        f"(() => {{ const control = document.getElementById('{element_id}'); control.value = {json.dumps(value)};"
        f" control.dispatchEvent(new Event('{event}')); }})()"
    )
    tab.settle()


def _state(tab: Tab) -> dict[str, str]:
    hash_: str = tab.value("location.hash")
    return {key: values[0] for key, values in parse_qs(hash_.partition("?")[2]).items()}


def _again(tab: Tab) -> None:
    """The same address, opened anew."""
    address = tab.value("location.href")
    tab.call("Page.navigate", {"url": "about:blank"})
    tab.settle()
    tab.call("Page.navigate", {"url": address})
    tab.settle()
    tab.value("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))")
    tab.settle()


def test_search_finds_whole_words_in_names_and_reports_and_not_in_headings(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    male = tab.value("document.querySelectorAll('#pair-list > li[data-edit$=\"_male\"]').length")
    said = tab.value(
        "Array.from(document.querySelectorAll('#pair-list > li')).filter(item =>"
        " Array.from(item.querySelectorAll('.text')).some(text => /\\bmale\\b/i.test(text.textContent))).length"
    )
    _set(tab, "pair-search", "male", "input")
    assert male <= tab.value(f"{_SHOWN}.length") <= male + said
    assert tab.value(f"{_SHOWN}.every(item => /\\bmale\\b/i.test(item.textContent))")
    # Words of headings and of the lines above the reports, in no name and no report.
    for word in ("edited", "ractur", "bold"):
        _set(tab, "pair-search", word, "input")
        assert tab.value(f"{_SHOWN}.length") == 0


def test_pairs_are_sorted_by_what_changed_in_most_of_them_and_back(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    ids = "Array.from(document.querySelectorAll('#pair-list > li'), item => item.id)"
    before = tab.value(ids)
    assert len(set(before)) == len(before)
    _set(tab, "pair-sort", "said")
    told: list[str] = tab.value("Array.from(document.querySelectorAll('#pair-list .told'), each => each.textContent)")
    times = [told.count(each) for each in told]
    assert times == sorted(times, reverse=True)
    assert all(
        told.count(each) == 1
        or told[told.index(each) : told.index(each) + told.count(each)] == [each] * told.count(each)
        for each in told
    )
    _set(tab, "pair-sort", "")
    assert tab.value(ids) == before


def test_the_address_keeps_filters_order_and_open_pairs(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    assert tab.value("location.hash") == ""
    _set(tab, "pair-search", "spine fracture", "input")
    _set(tab, "pair-edit", "elderly_female")
    _set(tab, "pair-sort", "source")
    tab.value("document.querySelector('fieldset input[value=l]').click()")
    tab.value(f"{_SHOWN}[1].querySelector('summary').click()")
    tab.settle()
    opened = tab.value("document.querySelector('.pair[open]').parentElement.id")
    state = {"q": "spine fracture", "edit": "elderly_female", "only": "l", "sort": "source", "open": opened}
    assert _state(tab) == state
    shown = tab.value(f"{_SHOWN}.map(item => item.id)")
    _again(tab)
    assert tab.value(f"{_SHOWN}.map(item => item.id)") == shown
    assert tab.value("Array.from(document.querySelectorAll('.pair[open]'), item => item.parentElement.id)") == [opened]
    assert _state(tab) == state
    tab.value("document.getElementById('pair-reset').click()")
    tab.value("document.getElementById('pair-close').click()")
    _set(tab, "pair-sort", "")
    assert tab.value("location.hash") == "#pairs"
    assert tab.complaints() == []


def test_a_link_to_a_pair_opens_it_and_shows_it(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    _set(tab, "pair-search", "no such words", "input")
    last = tab.value("document.querySelector('#pair-list > li:last-child').id")
    tab.value(f"location.hash = '#{last}'")
    tab.settle()
    assert tab.value(f"document.querySelector('#{last} > details').open") is True
    assert 0 <= tab.value(f"document.getElementById('{last}').getBoundingClientRect().top") < 900
    assert tab.value("location.hash") == f"#{last}"
    assert tab.value("document.querySelectorAll('.pair[open]').length") == 1


def test_an_address_that_says_nonsense_is_read_as_far_as_it_makes_sense(tab: Tab, panel_page: Path) -> None:
    tab.open(panel_page)
    total = tab.value("document.querySelectorAll('#pair-list > li').length")
    tab.value("location.hash = '#pairs?model=77&edit=%3Cb%3E&sort=x&only=zz&open=main.no&q=%FF'")
    tab.settle()
    _set(tab, "pair-search", "", "input")
    assert tab.value(f"{_SHOWN}.length") == total
    assert tab.complaints() == []


def test_words_that_differ_are_marked_and_the_rest_is_the_same_in_both(
    tab: Tab, hostile_page: Path, panel_page: Path
) -> None:
    for page in (panel_page, hostile_page):
        tab.open(page)
        texts = "Array.from(document.querySelectorAll('.pair[open] .text'), text => text.textContent)"
        marks = "document.querySelectorAll('.pair[open] .text mark').length"
        tab.value("document.getElementById('pair-open').click()")
        tab.settle()
        before, marked = tab.value(texts), tab.value(marks)
        tab.value("document.getElementById('pair-words').click()")
        tab.settle()
        assert tab.value(texts) == before
        assert tab.value(marks) == 0
        kept = tab.value(
            "Array.from(document.querySelectorAll('.pair[open] .text'), text => Array.from(text.childNodes)"
            ".filter(node => node.nodeType === 3).map(node => node.data).join(' ').replace(/\\s+/g, ''))"
        )
        assert kept[0::2] == kept[1::2]
        assert tab.value("document.querySelectorAll('del').length + document.querySelectorAll('ins').length") > 0
        tab.value("document.getElementById('pair-words').click()")
        tab.settle()
        assert (tab.value(texts), tab.value(marks)) == (before, marked)
        assert tab.complaints() == []
