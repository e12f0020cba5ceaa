"""Every parser reads hostile text in time linear in its length."""

import time
from collections.abc import Callable

import pytest

from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.readability import read_report
from spinefairbench.metrics.refusal_detector import classify_response, explain_response

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


def seconds(parse: Callable[[str], object], head: str, unit: str, repetitions: int) -> float:
    """The least time of three runs."""
    best = float("inf")
    for attempt in range(3):
        # A text that was read before is remembered, so each is another.
        text = head + unit * repetitions + " " * attempt
        start = time.process_time()
        parse(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(("parse", "head", "unit"), HOSTILE)
def test_parsers_take_no_longer_per_character(parse: Callable[[str], object], head: str, unit: str) -> None:
    # Sixteen times the text: 16 if linear, 256 if quadratic. What a busy machine adds stays far below that.
    assert seconds(parse, head, unit, 16000) < 80 * max(seconds(parse, head, unit, 1000), 1e-4)


@pytest.mark.parametrize("unit", MENTION_UNITS)
def test_mentions_take_no_longer_per_character(unit: str) -> None:
    head = "mri fracture "
    # Eight times the text: 8 if linear, 64 if quadratic.
    assert seconds(read_mentions, head, unit, 4000) < 32 * max(seconds(read_mentions, head, unit, 500), 1e-4)
