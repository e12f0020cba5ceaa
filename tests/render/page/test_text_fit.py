"""Texts of drawings are cut or wrapped to fit."""

from spinefairbench.render.page.text_fit import fitted, more_room, text_width, wrapped


def test_a_text_is_cut_where_it_is_too_wide() -> None:
    assert fitted("short", 100) == "short"
    cut = fitted("a name that goes on and on", 60)
    assert cut.endswith("\u2026") and text_width(cut) <= 60
    assert text_width("\u8116\u67f1") == 2 * text_width("ab")
    assert text_width(fitted("\u8116" * 40, 60)) <= 60


def test_a_text_is_wrapped_between_words() -> None:
    assert wrapped("one two three", text_width("one two")) == ["one two", "three"]
    assert wrapped("", 10) == [""]


def test_long_names_widen_their_column_within_reason() -> None:
    assert more_room(["radfm"], 142) == 0
    assert text_width("x" * 28) <= 142 + more_room(["radfm", "x" * 28], 142)
    assert more_room(["x" * 500], 142) == more_room(["x" * 400], 142) < 200
    assert more_room([], 142) == 0
