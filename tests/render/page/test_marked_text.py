"""Marked texts: the text stays whole, and every mark says how its term is meant."""

import re

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.render.page.marked_text import LONGEST_TEXT, MOST_MARKS, marked_text


def _text_of(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup.split("</div>", maxsplit=1)[0])


def _mention(start: int, end: int, category: str = "Fracture") -> Mention:
    return Mention("diagnostic", category, "x", start, end, "affirmed", False, None)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12))
def test_marks_that_nest_or_cross_leave_the_text_whole_and_cover_their_spans(spans: list[tuple[int, int]]) -> None:
    text = "".join(chr(0x61 + index % 26) for index in range(60))
    mentions = sorted((_mention(start, start + length) for start, length in spans), key=lambda item: item.start)
    markup = marked_text(text, mentions, (), "lost").split("</div>")[0]
    assert _text_of(markup) == text
    depth = place = 0
    covered: set[int] = set()
    for tag, characters in re.findall(r"(<[^>]*>)|([^<]+)", markup):
        if tag.startswith("<mark"):
            depth += 1
        elif tag == "</mark>":
            depth -= 1
        elif characters:
            covered |= set(range(place, place + len(characters))) if depth else set()
            place += len(characters)
        assert depth >= 0
    assert depth == 0
    assert covered == {at for item in mentions for at in range(item.start, item.end)}


def test_a_mark_says_how_it_is_read_and_whether_its_category_moved() -> None:
    text = "No fracture. Osteophytes are seen. MRI is advised."
    markup = marked_text(text, read_mentions(text), {"Fracture"}, "lost")
    assert 'class="ne lost" title="Fracture: negated (no)">fracture</mark>' in markup
    assert 'class="af" title="Osteophytes: affirmed">Osteophytes</mark>' in markup
    assert 'class="re" title="imaging: recommended' in markup


def test_a_text_without_end_is_cut_and_says_so() -> None:
    text = "No fracture. " * 10_000
    markup = marked_text(text, read_mentions(text), (), "lost")
    assert len(_text_of(markup)) == LONGEST_TEXT
    assert markup.count("<mark") == MOST_MARKS
    assert f"{len(text) - LONGEST_TEXT:,} of {len(text):,} characters are not shown" in markup
    assert "mentions are marked" in markup
