"""Numbers and lists as a reader expects them."""

from spinefairbench.problems import counted
from spinefairbench.render.page.words import clipped, interval, listed, number, percent, signed


def test_numbers_in_words() -> None:
    assert number(0.6938469) == "0.694"
    assert number(-0.0001) == "0.000"
    assert number(None) == "\u2013"
    assert signed(-0.25, 2) == "\u22120.25"
    assert signed(0.0001) == "\u00b10.000"
    assert interval((0.1, 0.25)) == "[0.100, 0.250]"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert percent(1, 3) == "33.3%"
    assert percent(0, 0) == "\u2013"


def test_a_noun_follows_its_number() -> None:
    assert [counted(n, "pair") for n in (0, 1, 1200)] == ["0 pairs", "1 pair", "1,200 pairs"]
    assert counted(2, "entry", "entries") == "2 entries"


def test_a_long_name_is_cut() -> None:
    assert clipped("gpt") == "gpt"
    assert clipped("x" * 300) == "x" * 119 + "\u2026"
