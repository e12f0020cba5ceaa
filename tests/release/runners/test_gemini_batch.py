"""Gemini batch results: what is read of a line, and what is no report."""

import pytest

from spinefairbench.release.runners.gemini_batch import recognizes, reports
from spinefairbench.release.runners.runner_report import FailureKind
from tests.release.runners.results import TEXTS, gemini_line, row, rows_of


def test_parts_are_joined_and_thoughts_are_left_out() -> None:
    lines = rows_of("gemini_batch.jsonl")
    assert all(recognizes(line.fields) for line in lines)
    found = list(reports(lines))
    assert {report.custom_id: report.text for report in found} == TEXTS
    assert sum(report.reasoning for report in found) == 1


def test_each_failure_has_its_reason() -> None:
    found = list(reports(rows_of("gemini_batch_failed.jsonl")))
    assert [report.failure and report.failure.kind for report in found] == [
        FailureKind.TRUNCATED,
        FailureKind.FILTERED,
        FailureKind.FILTERED,
        FailureKind.ERROR,
    ]


@pytest.mark.parametrize("response", [None, {}, {"candidates": []}, {"candidates": "x"}, {"candidates": [1, 2]}])
def test_a_response_without_one_candidate_is_a_failure(response: object) -> None:
    [report] = reports(row({"key": "a", "response": response}))
    assert report.text is None
    assert report.failure is not None


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        (7, "expected a candidate, found 7"),
        ({"content": "Normal."}, "content: expected a list of parts, found 'Normal.'"),
        ({"content": {"parts": "Normal."}}, "content: expected a list of parts, found {'parts': 'Normal.'}"),
        ({"content": {"parts": [{"inlineData": {}}]}}, "no text, but {'inlineData': {}}"),
        ({"content": {"role": "model"}}, None),
        ({}, None),
    ],
)
def test_only_a_candidate_that_wrote_nothing_is_a_blank_text(candidate: object, said: str | None) -> None:
    [report] = reports(row({"key": "a", "response": {"candidates": [candidate]}}))
    assert report.text is None
    assert (report.failure and report.failure.detail) == said


def test_an_ending_that_is_not_known_is_no_report() -> None:
    line = gemini_line("a", "Normal.")
    line["response"]["candidates"][0]["finishReason"] = "MALFORMED_FUNCTION_CALL"
    [report] = reports(row(line))
    assert report.failure is not None
    assert report.failure.kind is FailureKind.ERROR
