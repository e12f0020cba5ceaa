"""Numbers and lists as a reader expects them."""

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.problems import counted
from spinefairbench.render.page.words import (
    clipped,
    interval,
    interval_words,
    listed,
    number,
    p_value,
    percent,
    signed,
    signed_with_interval,
    with_interval,
)


def test_numbers_in_words() -> None:
    assert number(0.6938469) == "0.694"
    assert number(-0.0001) == "0.000"
    assert number(None) == "\u2013"
    assert signed(-0.25, 2) == "\u22120.25"
    assert signed(0.0001) == "\u00b10.000"
    assert interval((0.1, 0.25)) == "[0.100, 0.250]"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_small_p_value_is_said_to_be_small_and_no_more() -> None:
    assert [p_value(value) for value in (0.0, 0.0009999, 0.001, 0.04567, None)] == [
        "<0.001", "<0.001", "0.0010", "0.0457", "\u2013",
    ]  # fmt: skip


def test_a_share_of_nothing_is_a_dash() -> None:
    assert percent(1, 3) == "33.3%"
    assert percent(0, 0) == "\u2013"


def test_a_noun_follows_its_number() -> None:
    assert [counted(n, "pair") for n in (0, 1, 1200)] == ["0 pairs", "1 pair", "1,200 pairs"]
    assert counted(2, "entry", "entries") == "2 entries"


def test_a_long_name_is_cut() -> None:
    assert clipped("gpt") == "gpt"
    assert clipped("x" * 300) == "x" * 119 + "\u2026"


def test_the_interval_that_is_judged_by_comes_first_and_the_published_one_under_its_name() -> None:
    plain, adjusted = Estimate(0.3, (0.1, 0.5)), Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources")
    lone = Estimate(0.3, (0.3, 0.3), None, "one source")
    assert [with_interval(found) for found in (plain, adjusted, lone)] == [
        "0.300 [0.100, 0.500]", "0.300 [\u22120.100, 0.600]", "0.300",
    ]  # fmt: skip
    assert signed_with_interval(adjusted) == "+0.300 [\u22120.100, +0.600]"
    assert interval_words(plain) == "95% interval [0.100, 0.500]"
    assert interval_words(adjusted) == (
        "95% interval [\u22120.100, 0.600]; published method, percentile: [0.100, 0.500]"
    )
    assert interval_words(lone) == "no interval can be given; published method, percentile: [0.300, 0.300]"
