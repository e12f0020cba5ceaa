"""Anthropic batch results: what is read of a line, and what is no report."""

from spinefairbench.release.runners.anthropic_batch import recognizes, reports
from spinefairbench.release.runners.runner_report import FailureKind
from tests.release.runners.results import TEXTS, anthropic_line, row, rows_of


def test_blocks_of_text_are_joined_and_thinking_is_left_out() -> None:
    lines = rows_of("anthropic_batch.jsonl")
    assert all(recognizes(line.fields) for line in lines)
    found = list(reports(lines))
    assert {report.custom_id: report.text for report in found} == TEXTS
    assert sum(report.reasoning for report in found) == 1


def test_each_failure_has_its_reason() -> None:
    found = list(reports(rows_of("anthropic_batch_failed.jsonl")))
    assert [report.text for report in found] == [None] * 4
    assert [report.failure and report.failure.kind for report in found] == [
        FailureKind.TRUNCATED,
        FailureKind.REFUSED,
        FailureKind.ERROR,
        FailureKind.ERROR,
    ]
    assert "image exceeds the limit" in str(found[2].failure)


def test_a_refusal_with_a_text_is_a_report() -> None:
    line = anthropic_line("a", "I can't help with that.")
    line["result"]["message"]["stop_reason"] = "refusal"
    [report] = reports(row(line))
    assert (report.text, report.failure) == ("I can't help with that.", None)


def test_another_file_is_not_recognized() -> None:
    assert not recognizes(rows_of("openai_batch.jsonl")[0].fields)
    assert not recognizes({"custom_id": "a", "result": "text"})
