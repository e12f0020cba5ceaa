"""Results of a Gemini batch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    Answer,
    FailureKind,
    Reading,
    RunnerReport,
    error_words,
    joined,
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
        yield _read(row.fields).report(row.place, custom_id=row.fields.get("key"))


def _read(fields: Mapping[str, Any]) -> Reading:
    """What was answered, how it ended, and why it is no report."""
    response = fields.get("response")
    error = fields.get("error") or within(response, "error")
    if error:
        return Reading.without_answer(FailureKind.ERROR, error_words(error, ""))
    blocked = within(response, "promptFeedback", "blockReason")
    if blocked:
        return Reading.without_answer(FailureKind.FILTERED, f"the prompt was blocked: {shortened(blocked)}")
    candidates = within(response, "candidates")
    if not isinstance(candidates, list) or not candidates:
        return Reading.without_answer(FailureKind.EMPTY, "no candidates, as where a prompt is blocked")
    if len(candidates) > 1:
        said = f"{len(candidates):,} candidates; expected one, since repeats are requests of their own"
        return Reading.without_answer(FailureKind.ERROR, said)
    return Reading.of(_answer_of(candidates[0]), within(candidates, 0, "finishReason"))


def _answer_of(candidate: Any) -> Answer:
    """The text of a candidate; one that wrote nothing has no parts, or no content."""
    if not isinstance(candidate, Mapping):
        return unreadable(f"expected a candidate, found {shortened(candidate)}")
    content = candidate.get("content")
    parts = within(content, "parts")
    if not isinstance(content, Mapping | None) or not isinstance(parts, list | None):
        return unreadable(f"content: expected a list of parts, found {shortened(content)}")
    return joined(parts or (), lambda part: bool(within(part, "thought")), lambda part: within(part, "text"))
