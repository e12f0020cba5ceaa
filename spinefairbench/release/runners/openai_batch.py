"""Results of an OpenAI batch, as vLLM's `run-batch`, LiteLLM and Together write them too; its errors file as well."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    Answer,
    Failure,
    FailureKind,
    RunnerReport,
    answer_of,
    ending_failure,
    error_words,
    states_ending,
    within,
)

__all__ = ["recognizes", "reports"]


def recognizes(sample: Mapping[str, Any]) -> bool:
    """Whether a row is a line of such a file."""
    return "custom_id" in sample and ("response" in sample or "error" in sample)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers, a line each."""
    for row in rows:
        answer, ending, failure = _read(row.fields)
        text = None if failure else answer.text
        yield RunnerReport(
            row.place,
            text,
            failure,
            custom_id=row.fields.get("custom_id"),
            reasoning=answer.reasoning,
            ended=states_ending(ending),
        )


def _read(fields: Mapping[str, Any]) -> tuple[Answer, Any, Failure | None]:
    """What was answered, how it ended, and why it is no report."""
    nothing = Answer(None)
    response = fields.get("response")
    status = within(response, "status_code")
    error = fields.get("error") or within(response, "body", "error")
    if status is not None and status != 200:
        said = f"status {shortened(status)}: {error_words(error, 'no message')}"
        return nothing, None, Failure(FailureKind.ERROR, said)
    if error:
        return nothing, None, Failure(FailureKind.ERROR, error_words(error, ""))
    choices = within(response, "body", "choices")
    if not isinstance(choices, list) or not choices:
        return nothing, None, Failure(FailureKind.EMPTY, "the response has no choices")
    if len(choices) > 1:
        said = f"{len(choices):,} choices; expected one, since repeats are requests of their own"
        return nothing, None, Failure(FailureKind.ERROR, said)
    message = within(choices, 0, "message")
    answer = answer_of(message)
    apart = next((key for key in ("reasoning_content", "reasoning") if within(message, key)), None)
    refusal = within(message, "refusal")
    text = refusal if answer.text is None and isinstance(refusal, str) else answer.text
    ending = within(choices, 0, "finish_reason")
    answer = answer._replace(text=text, reasoning=answer.reasoning + (apart is not None))
    return answer, ending, answer.failure or ending_failure(ending, text)
