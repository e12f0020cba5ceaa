"""OpenAI batch results: what is read of a line, and what is no report."""

from typing import Any

import pytest

from spinefairbench.release.runners.openai_batch import recognizes, reports
from spinefairbench.release.runners.runner_report import FailureKind
from tests.release.runners.results import TEXTS, openai_line, row, rows_of


def test_lines_of_results_and_of_errors_are_recognized() -> None:
    for name in ("openai_batch.jsonl", "openai_batch_errors.jsonl", "openai_batch_retried.jsonl"):
        assert all(recognizes(each.fields) for each in rows_of(name))
    assert not recognizes(rows_of("anthropic_batch.jsonl")[0].fields)


def test_contents_as_text_and_as_blocks_are_the_same() -> None:
    found = {report.custom_id: report.text for report in reports(rows_of("openai_batch.jsonl"))}
    name = next(name for name in TEXTS if name.endswith("male|counterfactual") and "fe" not in name)
    assert found[name] == TEXTS[name]


def test_each_failure_has_its_reason() -> None:
    found = list(reports(rows_of("openai_batch_retried.jsonl")))
    assert [report.failure and report.failure.kind for report in found] == [
        FailureKind.ERROR,
        None,
        FailureKind.TRUNCATED,
        FailureKind.FILTERED,
    ]
    assert "status 429" in str(found[0].failure)
    assert [report.text for report in found if report.failure] == [None] * 3
    assert found[1].reasoning == 1
    [expired] = reports(rows_of("openai_batch_errors.jsonl"))
    assert expired.failure is not None
    assert "batch_expired" in expired.failure.detail


def test_an_error_in_the_body_is_told_in_its_words() -> None:
    for status in (200, 500):
        line = openai_line("a", "")
        line["response"] = {"status_code": status, "body": {"error": {"message": "overloaded"}}}
        [report] = reports(row(line))
        assert report.failure is not None and "overloaded" in report.failure.detail


def test_a_refusal_in_the_models_words_is_a_text() -> None:
    line = openai_line("a", "")
    line["response"]["body"]["choices"][0]["message"] = {"content": None, "refusal": "I cannot interpret this image."}
    [report] = reports(row(line))
    assert (report.text, report.failure) == ("I cannot interpret this image.", None)


@pytest.mark.parametrize(
    "response",
    [
        {"status_code": 200, "body": {"choices": []}},
        {"status_code": 200, "body": {}},
        {"status_code": 200, "body": None},
        {"status_code": 200, "body": {"choices": [1, 2]}},
        {"status_code": 200, "body": {"choices": {"0": 1}}},
        {"status_code": 500, "body": openai_line("a", "Normal.")["response"]["body"]},
        {"status_code": "ok", "body": {}},
        {"status_code": 200, "body": {"error": {"message": "overloaded"}}},
        [],
        "",
        None,
    ],
)
def test_a_response_that_is_not_one_is_a_failure(response: Any) -> None:
    [report] = reports(row({"custom_id": "a", "response": response, "error": None}))
    assert report.text is None
    assert report.failure is not None
