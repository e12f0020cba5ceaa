"""Results of an Anthropic message batch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    Failure,
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
    return "custom_id" in sample and isinstance(sample.get("result"), Mapping)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers, a line each; only blocks of text are joined."""
    for row in rows:
        result = row.fields.get("result")
        kind = within(result, "type")
        answer, ending = answer_of(within(result, "message")), within(result, "message", "stop_reason")
        read = Reading.of(answer, ending)
        if kind != "succeeded":
            said = f"{shortened(kind)}: {error_words(within(result, 'error'), 'no message')}"
            read = read._replace(failure=Failure(FailureKind.ERROR, said))
        yield read.report(row.place, custom_id=row.fields.get("custom_id"))
