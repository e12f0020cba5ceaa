"""Every parser does an amount of work that is linear in the length of hostile text, by count and not by the clock."""

import re
from collections.abc import Callable

import pytest

from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.readability import read_report
from spinefairbench.metrics.refusal_detector import classify_response, explain_response
from tests.metrics.counted import CountedPattern, Counter, counting

REFUSED = "I'm unable to help. "
HOSTILE = [
    (classify_response, "", "i can't read "),
    (classify_response, "", "i cannot analyze i can't "),
    (classify_response, "", "cannot provide not able to "),
    (classify_response, "", "i cannot read\n"),
    (classify_response, REFUSED, "generally in general "),
    (classify_response, REFUSED, "diagnosis: \n "),
    (classify_response, REFUSED, "diagnosis: follow  "),
    (classify_response, REFUSED, "findings:" + " " * 9),
    (explain_response, "diagnosis:", " \n"),
    (explain_response, "", "consult a qualified "),
    (extract_stage1_primary_diagnosis, "", "\n 1. "),
    (extract_stage1_primary_diagnosis, "", "1"),
    (extract_stage1_primary_diagnosis, "", "primary diagnosis\n"),
    (extract_stage1_primary_diagnosis, "x", "primary diagnosis:\n"),
    (extract_stage1_primary_diagnosis, "", "x primary diagnosis\n 1"),
    (extract_stage1_primary_diagnosis, "primary diagnosis ", " \n1"),
    (extract_stage1_primary_diagnosis, "", "\n\n \n"),
    (extract_features, "", "no disc \u00e9"),
    (read_report, "", "<think "),
    (read_report, "", "i\u2019m "),
    (read_report, "", "a. b"),
    (read_report, "", "the\n"),
    (read_report, "error", " error 4"),
]
MENTION_UNITS = [
    "fracture not seen ", "no fracture, ", "(", "no ", "cannot exclude ", "recommend mri ", "mri and ", "\n\n", "# a", "a: ",
    "schmorl\n", "1. mri:", "no ~ ", "- fracture - ", "recommended:\n", "**", ". " + " " * 20, "not the any a ", "mri is ",
]  # fmt: skip


SHORT, LONG = 30, 240
"""Repetitions. Eight times the text takes 8 times the work if that is linear, 64 times if it is quadratic."""
MOST = 10


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return counting(monkeypatch)


def growth(counter: Counter, parse: Callable[[str], object], head: str, unit: str) -> float:
    short, long = (counter.of(parse, head + unit * repetitions) for repetitions in (SHORT, LONG))
    assert short > 0
    return long / short


@pytest.mark.parametrize(("parse", "head", "unit"), HOSTILE)
def test_parsers_do_no_more_per_character(
    parse: Callable[[str], object], head: str, unit: str, counter: Counter
) -> None:
    assert growth(counter, parse, head, unit) < MOST


@pytest.mark.parametrize("unit", MENTION_UNITS)
def test_mentions_take_no_more_per_character(unit: str, counter: Counter) -> None:
    assert growth(counter, read_mentions, "mri fracture ", unit) < MOST


def test_searches_that_begin_again_at_each_word_are_noticed(counter: Counter) -> None:
    """What the counter is for: each search looks at the whole rest of the text, in one call."""
    never = CountedPattern(re.compile("never"), counter)

    def by_pattern(text: str) -> None:
        for place in range(0, len(text), 4):
            never.search(text, place)

    def by_text(text: str) -> None:
        for place in range(0, len(text), 4):
            text.find("never", place)

    assert growth(counter, by_pattern, "", "word") > 5 * MOST
    assert growth(counter, by_text, "", "word") > 5 * MOST
