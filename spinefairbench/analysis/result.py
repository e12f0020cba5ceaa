"""What every check returns, whatever its question."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar

from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.problems import ProblemLike

__all__ = ["CheckResult", "Row", "plain"]


class Row:
    """A row of a table: a dataclass whose JSON object is that of its fields, unless it says otherwise.

    `ESTIMATES` names fields that hold an Estimate, each with the key under which its value stands beside its intervals.
    """

    ESTIMATES: ClassVar[Mapping[str, str]] = {}

    def to_json(self) -> dict[str, Any]:
        """The row as JSON shows it, nested rows included."""
        shown: dict[str, Any] = {}
        for name, value in _plain_fields(self).items():
            if name in self.ESTIMATES:
                shown |= getattr(self, name).fields(self.ESTIMATES[name])
            else:
                shown[name] = value
        return shown


def plain(value: Any) -> Any:
    """A result as plain values: rows and tuples with named fields as dicts, what is by endpoint under its short names.

    Intervals stay tuples, which JSON writes as lists.
    """
    if isinstance(value, Row):
        return value.to_json()
    if isinstance(value, ByEndpoint):
        return {endpoint.short_name: plain(item) for endpoint, item in value.each()}
    if is_dataclass(value) and not isinstance(value, type):
        return _plain_fields(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    return value


def _plain_fields(row: Any) -> dict[str, Any]:
    return {each.name: plain(getattr(row, each.name)) for each in fields(row)}


@dataclass(frozen=True)
class CheckResult:
    """Rows, what is not a row, and the findings.

    `rows` are dataclasses (or mappings) whose field names are those of the JSON output. `problems` are checks
    that failed, `errors` input that was missing or unreadable; a result with neither has held. `notes` say what
    must be known to read the rows, `not_checked` what a reader might take for checked and was not. `details` are
    lines that only the text format shows; all that they say is in the rows too. `closing` are paragraphs for a
    reader, after everything else; they are in the summary too.
    """

    rows: tuple[Any, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[ProblemLike, ...] = ()
    errors: tuple[ProblemLike, ...] = ()
    notes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
