"""Results of a Gemini batch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    Answer,
    Failure,
    FailureKind,
    RunnerReport,
    ending_failure,
    error_words,
    joined,
    states_ending,
    unreadable,
    within,
)

__all__ = ["recognizes", "reports"]


def recognizes(sample: Mapping[str, Any]) -> bool:
    """Whether a row is a line of such a file."""
    return "key" in sample and ("response" in sample or "error" in sample)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers, a line each; parts that are thoughts are left out."""
    for row in rows:
        answer, ending, failure = _read(row.fields)
        yield RunnerReport(
            row.place,
            None if failure else answer.text,
            failure,
            custom_id=row.fields.get("key"),
            reasoning=answer.reasoning,
            ended=states_ending(ending),
        )


def _read(fields: Mapping[str, Any]) -> tuple[Answer, Any, Failure | None]:
    """What was answered, how it ended, and why it is no report."""
    nothing = Answer(None)
    response = fields.get("response")
    error = fields.get("error") or within(response, "error")
    if error:
        return nothing, None, Failure(FailureKind.ERROR, error_words(error, ""))
    blocked = within(response, "promptFeedback", "blockReason")
    if blocked:
        return nothing, None, Failure(FailureKind.FILTERED, f"the prompt was blocked: {shortened(blocked)}")
    candidates = within(response, "candidates")
    if not isinstance(candidates, list) or not candidates:
        return nothing, None, Failure(FailureKind.EMPTY, "no candidates, as where a prompt is blocked")
    if len(candidates) > 1:
        said = f"{len(candidates):,} candidates; expected one, since repeats are requests of their own"
        return nothing, None, Failure(FailureKind.ERROR, said)
    answer = _answer_of(candidates[0])
    ending = within(candidates, 0, "finishReason")
    return answer, ending, answer.failure or ending_failure(ending, answer.text)


def _answer_of(candidate: Any) -> Answer:
    """The text of a candidate; one that wrote nothing has no parts, or no content."""
    if not isinstance(candidate, Mapping):
        return unreadable(f"expected a candidate, found {shortened(candidate)}")
    content = candidate.get("content")
    parts = within(content, "parts")
    if not isinstance(content, Mapping | None) or not isinstance(parts, list | None):
        return unreadable(f"content: expected a list of parts, found {shortened(content)}")
    return joined(parts or (), lambda part: bool(within(part, "thought")), lambda part: within(part, "text"))
