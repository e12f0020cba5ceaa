"""Elements and tables: what is text stays text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.render.html import Column, TableCell, details, element, escape, join, table
from tests.render.markup import parsed

_ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200) | st.text(
    "<>&\"'/script!-= \r\n\x00\u2028\u202e", max_size=80
)


@given(_ANY_TEXT)
def test_no_text_becomes_markup(text: str) -> None:
    seen = parsed(element("p", {"title": text}, text, join([text, text], text)))
    assert seen.tags == ["p"]
    assert seen.attributes == [("title", html.unescape(escape(text)))]
    assert seen.text == html.unescape(escape(text)) * 4


@given(_ANY_TEXT)
def test_escaped_text_can_be_written_and_holds_nothing_invisible(text: str) -> None:
    shown = html.unescape(escape(text).encode("utf-8").decode("utf-8"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", shown)


def test_ordinary_text_is_shown_as_it_is() -> None:
    text = 'Grade I anterolisthesis at L5\u2013S1, 4 < 5 & "mild"\n\tCaf\u00e9 \u4e2d\u6587'
    assert html.unescape(escape(text)) == text
    assert escape("a\r\nb\rc") == "a\nb\u240dc"


def test_markup_is_not_escaped_twice_but_what_is_joined_to_it_is() -> None:
    bold = element("b", None, "<")
    assert escape(bold) == bold == "<b>&lt;</b>"
    assert element("p", None, bold + "<i>") == "<p>&lt;b&gt;&amp;lt;&lt;/b&gt;&lt;i&gt;</p>"


@pytest.mark.parametrize("name", ["onclick", "onLoad".lower(), "style", "a b", "", "x>"])
def test_attributes_that_run_or_break_out_cannot_be_written(name: str) -> None:
    with pytest.raises(ValueError, match="is not allowed"):
        element("p", {name: "x"})


def test_a_table_names_its_columns_and_rows_and_shows_nothing_as_a_dash() -> None:
    columns: list[Column[tuple[str, int | None]]] = [
        Column("Name", lambda row: row[0]),
        Column("Value", lambda row: row[1], str),
        Column("Own", lambda row: TableCell("<", "few", "tip")),
    ]
    made = table("What <it> shows", columns, [("a", 1), ("b", None)])
    assert '<caption><span>What &lt;it&gt; shows<span class="dash"> (\u2013: no value)</span></span></caption>' in made
    assert made.count('scope="col"') == 3
    assert made.count('scope="row"') == 2
    assert '<th scope="row">a</th><td class="number">1</td><td class="few" title="tip">&lt;</td>' in made
    assert '<td class="number">\u2013</td>' in made
    assert details("More", made).startswith("<details><summary>More</summary>")


@pytest.mark.parametrize("code", [0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0x3164, 0xFE0F, 0xE0041])
def test_characters_without_a_width_are_shown(code: int) -> None:
    assert escape(f"a{chr(code)}b") == f"a\u27e8U+{code:04X}\u27e9b"
