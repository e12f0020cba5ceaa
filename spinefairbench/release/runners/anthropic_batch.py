"""Results of an Anthropic message batch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
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
    return "custom_id" in sample and isinstance(sample.get("result"), Mapping)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers, a line each; only blocks of text are joined."""
    for row in rows:
        result = row.fields.get("result")
        kind = within(result, "type")
        answer = answer_of(within(result, "message"))
        ending = within(result, "message", "stop_reason")
        if kind == "succeeded":
            failure = answer.failure or ending_failure(ending, answer.text)
        else:
            said = f"{shortened(kind)}: {error_words(within(result, 'error'), 'no message')}"
            failure = Failure(FailureKind.ERROR, said)
        yield RunnerReport(
            row.place,
            None if failure else answer.text,
            failure,
            custom_id=row.fields.get("custom_id"),
            reasoning=answer.reasoning,
            ended=states_ending(ending),
        )
