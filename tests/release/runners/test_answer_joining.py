"""Answers joined by report: whatever their order and number, none is lost and none is made up."""

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import Row
from spinefairbench.release.request_map import Report
from spinefairbench.release.runners import anthropic_batch, gemini_batch, openai_batch
from spinefairbench.release.runners.answer_joining import AnswerJoiner, words_of
from spinefairbench.release.runners.runner_report import FailureKind, RunnerReport
from tests.release.runners.results import WRITERS

if TYPE_CHECKING:
    from spinefairbench.problems import Problem

READERS = {"openai": openai_batch.reports, "anthropic": anthropic_batch.reports, "gemini": gemini_batch.reports}
REPORTS = [Report(pair, image, repeat) for pair in "abc" for image in ("source", "counterfactual") for repeat in (1, 2)]


def joined(*answers: RunnerReport, requests: dict[str, Report] | None = None) -> tuple[AnswerJoiner, list[str]]:
    problems: list[Problem] = []
    faults = FaultTally(problems)
    joiner = AnswerJoiner(requests, lambda pair_id: f"unknown pair {pair_id!r}" if pair_id == "z" else None, faults)
    assert joiner.take(answers) == len(answers)
    faults.close()
    return joiner, [str(problem) for problem in problems]


def answer(text: str | None = "Normal.", place: str = "x: line 1", **named: Any) -> RunnerReport:
    return RunnerReport(place, text, None, **named)


@pytest.mark.parametrize(
    "named",
    [
        {"custom_id": "a|source"},
        {"custom_id": "a|source|1"},
        {"custom_id": "r1"},
        {"pair_id": "a", "image": "source"},
        {"pair_id": "a", "image": "source", "repeat": "1"},
    ],
)
def test_a_report_is_named_by_its_request_or_by_its_parts(named: dict[str, Any]) -> None:
    joiner, problems = joined(answer(**named), requests={"r1": Report("a", "source", 1)})
    assert (list(joiner.answered), problems) == ([Report("a", "source", 1)], [])


def test_an_edited_image_has_two_names() -> None:
    joiner, _ = joined(answer(custom_id="a|generated"), answer(custom_id="b|counterfactual|2"))
    assert list(joiner.answered) == [Report("a", "counterfactual", 1), Report("b", "counterfactual", 2)]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "the id of the request: expected a text, found None"),
        ({"custom_id": 7}, "the id of the request: expected a text, found 7"),
        ({"custom_id": "a"}, "unknown request: 'a' names no report; give the folder"),
        ({"custom_id": "a|b|c|d"}, "unknown request"),
        ({"custom_id": "a|left"}, "image: expected source or counterfactual, found 'left'"),
        ({"custom_id": "a|source|0"}, "repeat: expected a whole number from 1, found '0'"),
        ({"custom_id": "a|source|x"}, "repeat: expected a whole number from 1, found 'x'"),
        ({"custom_id": "a|source|" + "9" * 5000}, "repeat: expected a whole number from 1"),
        ({"pair_id": ["a"], "image": "source"}, "pair_id: expected a text"),
        ({"pair_id": "a", "image": {}}, "image: expected source or counterfactual"),
        ({"pair_id": "a", "image": "source", "repeat": True}, "repeat: expected"),
        ({"pair_id": "a", "image": "source", "repeat": 1.5}, "repeat: expected"),
        ({"pair_id": "z", "image": "source"}, "unknown pair 'z'"),
    ],
)
def test_an_answer_of_no_report_is_told(named: dict[str, Any], said: str) -> None:
    joiner, problems = joined(answer(**named))
    assert not joiner.answered
    assert len(problems) == 1
    assert problems[0].startswith(f"x: line 1: {said}")


def test_ids_beside_the_map_and_second_answers_to_a_request_are_told() -> None:
    requests = {"r1": Report("a", "source", 1)}
    _, problems = joined(answer(custom_id="r2"), answer(custom_id="r1", repeat=2), requests=requests)
    assert problems[0] == "x: line 1: unknown request: 'r2' is not in the map of --requests"
    assert "repeats are requests of their own" in problems[1]


def test_many_faults_of_one_kind_are_counted() -> None:
    _, problems = joined(*(answer(custom_id=f"id {number}") for number in range(1000)))
    assert len(problems) == 20
    assert problems[-1].endswith("and so in 980 more rows")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", FailureKind.EMPTY),
        (" \n", FailureKind.EMPTY),
        (None, FailureKind.EMPTY),
        ("<think>Hm.</think> ", FailureKind.EMPTY),
        ("<think>The disc", FailureKind.TRUNCATED),
        ("Failed to obtain answer via API. ", FailureKind.ERROR),
        ("failed to obtain answer", FailureKind.ERROR),
    ],
)
def test_texts_that_are_no_report_are_failures(text: str | None, kind: FailureKind) -> None:
    joiner, problems = joined(answer(text, custom_id="a|source"))
    [failed] = joiner.failed.values()
    assert (failed.failure.kind, joiner.answered, problems) == (kind, {}, [])


def test_the_same_text_counts_once_and_another_is_told() -> None:
    again = answer("Normal.", "y: line 4", custom_id="a|source")
    joiner, problems = joined(
        answer(custom_id="a|source"), again, answer("Fracture.", "y: line 9", custom_id="a|source")
    )
    assert [each.text for each in joiner.answered.values()] == ["Normal."]
    assert problems == ["y: line 9: a second source report of a (another text); the first is at x: line 1"]
    assert "1 report said twice, word for word: taken once" in joiner.notes


def test_reasoning_and_unstated_endings_are_counted() -> None:
    thought = answer("<think>Hm.</think>Normal.", custom_id="a|source", ended=False)
    joiner, _ = joined(thought, answer(custom_id="b|source", reasoning=1))
    assert [each.text for each in joiner.answered.values()] == ["Normal.", "Normal."]
    assert joiner.notes == [
        "reasoning was left out of 2 reports",
        "it is not stated how 1 report ended: a truncated one would not be noticed",
    ]


def test_a_repeat_is_named_with_its_number() -> None:
    assert words_of(Report("a", "source", 1)) == "source report of a"
    assert words_of(Report("a", "source", 3)) == "source report of a, repeat 3"


@given(
    st.sampled_from(sorted(WRITERS)),
    st.dictionaries(
        st.sampled_from(REPORTS),
        st.lists(st.sampled_from(["stop", "length", "content_filter"]), min_size=1, max_size=4),
    ),
    st.randoms(use_true_random=False),
)
def test_in_any_order_each_report_is_answered_failed_or_neither(
    runner: str, asked: dict[Report, list[str]], order: random.Random
) -> None:
    requests = {report.custom_id: report for report in REPORTS}
    lines = [
        WRITERS[runner](report.custom_id, f"Report {report}", ending)
        for report, endings in asked.items()
        for ending in endings
    ]
    order.shuffle(lines)
    rows = [Row(f"x: line {number}", line) for number, line in enumerate(lines, 1)]
    joiner, problems = joined(*READERS[runner](rows), requests=requests)
    whole = {report for report, endings in asked.items() if "stop" in endings}
    assert {report: each.text for report, each in joiner.answered.items()} == {r: f"Report {r}" for r in whole}
    assert set(joiner.failed) == set(asked) - whole
    assert problems == []
