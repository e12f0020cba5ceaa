"""Tables in Markdown: columns as they are aligned, and cells that stay texts."""

import pytest

from spinefairbench.render.markdown_table import markdown_table, markdown_text
from spinefairbench.render.text_table import Table


def test_numbers_are_set_to_the_right_and_what_is_left_out_is_told() -> None:
    assert markdown_table(Table(["model", "T"], [["a|b", "0.5"]], [False, True], "2 rows more")) == [
        "| model | T |", "|:--|--:|", "| a\\|b | 0.5 |", "", "2 rows more", "",
    ]  # fmt: skip
    assert markdown_table(Table(["model"], [["x"]], [False], None))[-1] == ""


@pytest.mark.parametrize(
    ("given", "shown"), [("*a*", "\\*a\\*"), ("<b>", "\\<b>"), ("[a](b)", "[a\\](b)"), ("a_b", "a\\_b")]
)
def test_a_text_is_no_markup(given: str, shown: str) -> None:
    assert markdown_text(given) == shown
