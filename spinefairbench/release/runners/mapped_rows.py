"""Rows of any other program: the user says which field holds what."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from spinefairbench.errors import UsageError
from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    Answer,
    Failure,
    FailureKind,
    Reading,
    RunnerReport,
    ending_failure,
    within,
)

__all__ = ["FieldMap"]

_NAMES: Final = (
    "pair_id",
    "custom_id",
    "role",
    "repeat",
    "report",
    "source_report",
    "counterfactual_report",
    "finish_reason",
)
_EITHER: Final = "report, or source_report and counterfactual_report"


class FieldMap:
    """Which field of a row holds what: `report=text,pair_id=id`.

    A field may be a path into nested values: `report=answer.choices.0.text`. The pair id may hold the image too
    (`pair_id|image`). Raises UsageError for a text that says less than what makes a report.
    """

    def __init__(self, text: str) -> None:
        self._fields: dict[str, str] = {}
        for entry in text.split(","):
            name, equals, field = (part.strip() for part in entry.partition("="))
            if not equals or not field or name not in _NAMES:
                raise UsageError(
                    f"--map: expected NAME=FIELD with NAME one of {', '.join(_NAMES)}; found {entry[:80]!r}"
                )
            if name in self._fields:
                raise UsageError(f"--map: {name} is given twice")
            self._fields[name] = field
        wide = [name for name in ("source_report", "counterfactual_report") if name in self._fields]
        if ("report" in self._fields) == bool(wide) or len(wide) == 1:
            raise UsageError(f"--map: expected {_EITHER}")
        if ("pair_id" in self._fields) == ("custom_id" in self._fields):
            raise UsageError("--map: expected pair_id or custom_id")
        if wide and not {"custom_id", "role", "repeat", "finish_reason"}.isdisjoint(self._fields):
            raise UsageError("--map: source_report and counterfactual_report need pair_id and nothing else")
        self._wide = {name: name.removesuffix("_report") for name in wide}

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields that every row must have, where rows are cells under a header."""
        return tuple(self._fields.values())

    def reports(self, rows: Iterable[Row]) -> Iterator[RunnerReport]:
        """The answers: one a row, or two where a row has both reports of a pair."""
        for row in rows:
            found = {name: _value(row.fields, field) for name, field in self._fields.items()}
            if self._wide:
                for name, image in self._wide.items():
                    yield self._report(row, name, found[name], None, pair_id=found["pair_id"], image=image)
            elif "custom_id" in found or "role" not in found:
                named = {"custom_id": found.get("custom_id", found.get("pair_id")), "repeat": found.get("repeat", 1)}
                yield self._report(row, "report", found["report"], found.get("finish_reason"), **named)
            else:
                named = {"pair_id": found["pair_id"], "image": found["role"], "repeat": found.get("repeat", 1)}
                yield self._report(row, "report", found["report"], found.get("finish_reason"), **named)

    def _report(self, row: Row, name: str, text: Any, ending: Any, **named: Any) -> RunnerReport:
        """An answer; a field that a row lacks, or that holds no text, is not taken for a blank text."""
        field = self._fields[name]
        failure = ending_failure(ending, text if isinstance(text, str) else None)
        if not isinstance(text, str) and (text is not None or not _has(row.fields, field)):
            found = shortened(text) if _has(row.fields, field) else "no such field"
            failure = failure or Failure(FailureKind.EMPTY, f"{field}: expected a text, found {found}")
        return Reading(Answer(text), ending, failure).report(row.place, **named)


def _value(fields: Mapping[str, Any], field: str) -> Any:
    """What a field holds, or what stands at the end of a path; None for nothing."""
    return fields[field] if field in fields else within(fields, *_steps(field))


def _has(fields: Mapping[str, Any], field: str) -> bool:
    """Whether a row has a field, which may hold null."""
    *way, last = _steps(field)
    holder = within(fields, *way)
    within_list = isinstance(holder, list) and isinstance(last, int) and last < len(holder)
    return field in fields or within_list or (isinstance(holder, Mapping) and last in holder)


def _steps(field: str) -> list[str | int]:
    return [int(step) if re.fullmatch("[0-9]{1,9}", step) else step for step in field.split(".")]
