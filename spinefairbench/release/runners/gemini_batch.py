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
    states_ending,
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
    answer = _joined(within(candidates, 0, "content", "parts"))
    ending = within(candidates, 0, "finishReason")
    return answer, ending, ending_failure(ending, answer.text)


def _joined(parts: Any) -> Answer:
    texts: list[str] = []
    thoughts = 0
    for part in parts if isinstance(parts, list) else ():
        text = within(part, "text")
        if within(part, "thought"):
            thoughts += 1
        elif isinstance(text, str):
            texts.append(text)
    return Answer("".join(texts) if texts else None, thoughts)
