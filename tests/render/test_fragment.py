"""A document as a piece of HTML holds what its text holds, and no text becomes markup."""

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.result import CheckResult
from spinefairbench.render.document import Document
from spinefairbench.render.fragment import fragment
from tests.render.markup import parsed

_TEXT = st.text(st.characters(exclude_categories=()), max_size=60) | st.text(
    "<>&\"'/script!-= \n\x00\u202e", max_size=40
)


def test_a_document_is_shown_whole() -> None:
    result = CheckResult(
        ({"model": "m", "n": 3, "ci95": (0.1, 0.25)},),
        {"threshold": 42, "lost": [{"model": "m", "pairs": 2}]},
        problems=("a problem",),
        notes=("a note",),
        closing=("a paragraph",),
    )
    seen = parsed(fragment(Document("example", "demo", result)))
    assert seen.tags.count("table") == 2
    for words in (
        "problem: a problem",
        "[0.100, 0.250]",
        "threshold: 42",
        "lost",
        "note: a note",
        "DEMO",
        "a paragraph",
    ):
        assert words in seen.text
    assert ("align", "right") in seen.attributes


def test_nothing_found_is_no_table() -> None:
    assert fragment(Document("table2", None, CheckResult())) == "<div></div>"


@given(_TEXT)
def test_no_text_of_a_result_becomes_markup(text: str) -> None:
    def document(said: str) -> Document:
        row = {"model": said, "k": said}
        return Document("x", None, CheckResult((row,), {"s": said, "t": [row]}, (said,), (), (said,), (said,), (said,)))

    assert parsed(fragment(document(text))).tags == parsed(fragment(document("word"))).tags
