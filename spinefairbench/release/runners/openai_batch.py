"""Results of an OpenAI batch, as vLLM's `run-batch`, LiteLLM and Together write them too; its errors file as well."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    FailureKind,
    Reading,
    RunnerReport,
    answer_of,
    error_words,
    within,
)

__all__ = ["recognizes", "reports"]


def recognizes(sample: Mapping[str, Any]) -> bool:
    """Whether a row is a line of such a file."""
    return "custom_id" in sample and ("response" in sample or "error" in sample)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers, a line each."""
    for row in rows:
        yield _read(row.fields).report(row.place, custom_id=row.fields.get("custom_id"))


def _read(fields: Mapping[str, Any]) -> Reading:
    """What was answered, how it ended, and why it is no report."""
    response = fields.get("response")
    status = within(response, "status_code")
    error = fields.get("error") or within(response, "body", "error")
    if status is not None and status != 200:
        said = f"status {shortened(status)}: {error_words(error, 'no message')}"
        return Reading.without_answer(FailureKind.ERROR, said)
    if error:
        return Reading.without_answer(FailureKind.ERROR, error_words(error, ""))
    choices = within(response, "body", "choices")
    if not isinstance(choices, list) or not choices:
        return Reading.without_answer(FailureKind.EMPTY, "the response has no choices")
    if len(choices) > 1:
        said = f"{len(choices):,} choices; expected one, since repeats are requests of their own"
        return Reading.without_answer(FailureKind.ERROR, said)
    message = within(choices, 0, "message")
    answer = answer_of(message)
    apart = next((key for key in ("reasoning_content", "reasoning") if within(message, key)), None)
    refusal = within(message, "refusal")
    text = refusal if answer.text is None and isinstance(refusal, str) else answer.text
    ending = within(choices, 0, "finish_reason")
    return Reading.of(answer._replace(text=text, reasoning=answer.reasoning + (apart is not None)), ending)
