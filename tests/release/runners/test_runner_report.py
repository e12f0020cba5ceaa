"""What the formats share: paths, contents, endings and errors."""

from typing import Any

import pytest

from spinefairbench.release.runners.runner_report import (
    Answer,
    Failure,
    FailureKind,
    Reading,
    RunnerReport,
    answer_of,
    ending_failure,
    error_words,
    states_ending,
    within,
)


def test_a_path_that_leads_nowhere_gives_none() -> None:
    value = {"a": [{"b": 1}]}
    assert within(value, "a", 0, "b") == 1
    assert [within(value, *path) for path in (("a", 1), ("a", "b"), (0,), ("a", 0, "b", "c"), ("x",))] == [None] * 5


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("Normal.", Answer("Normal.")),
        ([{"type": "text", "text": "Nor"}, "mal."], Answer("Normal.")),
        ([{"type": "reasoning", "reasoning": "Hm."}, {"type": "text", "text": "Normal."}], Answer("Normal.", 1)),
        ([{"type": "image", "image": "x"}, {"type": "text", "text": "Normal."}], Answer("Normal.")),
        ([{"text": "Normal."}], Answer("Normal.")),
        ([{"type": "reasoning", "reasoning": "Hm."}], Answer(None, 1)),
        ([], Answer(None)),
        (None, Answer(None)),
    ],
)
def test_only_text_is_joined(content: Any, answer: Answer) -> None:
    assert answer_of({"content": content}) == answer


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (None, "expected a message, found None"),
        ("Normal.", "expected a message, found 'Normal.'"),
        ({"content": 7}, "content: expected a text, found 7"),
        ({"content": {"text": "Normal."}}, "content: expected a text, found {'text': 'Normal.'}"),
        ({"content": [7]}, "no text, but 7"),
        ({"content": [{"type": "text", "text": 4}]}, "no text, but {'type': 'text', 'text': 4}"),
        ({"content": [{"type": ["text"], "text": "x"}]}, "no text, but {'type': ['text'], 'text': 'x'}"),
        ({"content": [{"type": "image", "text": "x"}]}, "no text, but {'type': 'image', 'text': 'x'}"),
    ],
)
def test_what_cannot_be_read_is_a_failure_and_not_a_blank_text(message: Any, said: str) -> None:
    assert answer_of(message) == Answer(None, failure=Failure(FailureKind.EMPTY, said))


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("stop", None),
        ("STOP", None),
        ("end_turn", None),
        (None, None),
        ("unknown", None),
        ("length", FailureKind.TRUNCATED),
        ("MAX_TOKENS", FailureKind.TRUNCATED),
        ("content_filter", FailureKind.FILTERED),
        ("PROHIBITED_CONTENT", FailureKind.FILTERED),
        ("tool_calls", FailureKind.ERROR),
        (7, FailureKind.ERROR),
        (["stop"], FailureKind.ERROR),
        ({}, FailureKind.ERROR),
    ],
)
def test_only_known_endings_make_a_report(ending: Any, kind: FailureKind | None) -> None:
    failure = ending_failure(ending, "Normal.")
    assert (failure and failure.kind) == kind


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_a_refusal_without_words_is_no_report(text: str | None) -> None:
    failure = ending_failure("refusal", text)
    assert failure is not None
    assert failure.kind is FailureKind.REFUSED
    assert ending_failure("refusal", "I cannot help.") is None


def test_an_ending_is_stated_where_the_runner_knows_it() -> None:
    assert [states_ending(each) for each in ("stop", "unknown", None, "")] == [True, False, False, False]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": "rate", "message": "Slow down"}, "'rate: Slow down'"),
        ({"type": "error", "error": {"type": "invalid", "message": "Too large"}}, "'Too large'"),
        ("broken", "'broken'"),
        ({"other": 1}, "{'other': 1}"),
        (None, "no message"),
    ],
)
def test_an_error_is_told_in_its_own_words(error: Any, words: str) -> None:
    assert error_words(error, "no message") == words


def test_a_reading_becomes_a_report_of_its_answer_or_of_its_failure() -> None:
    read = Reading.of(Answer("Normal.", 2), "stop")
    assert read.report("line 1", custom_id="a") == RunnerReport("line 1", "Normal.", None, "a", reasoning=2)
    cut = Reading.of(Answer("Norm"), "length").report("line 2", pair_id="p", image="source", repeat=3)
    assert (cut.text, cut.failure and cut.failure.kind, cut.repeat) == (None, FailureKind.TRUNCATED, 3)
    unread = Reading.of(Answer(None, failure=Failure(FailureKind.EMPTY, "no text")), "length")
    assert unread.failure == Failure(FailureKind.EMPTY, "no text")
    none = Reading.without_answer(FailureKind.ERROR, "status 500").report("line 3")
    assert none == RunnerReport("line 3", None, Failure(FailureKind.ERROR, "status 500"), ended=False)
