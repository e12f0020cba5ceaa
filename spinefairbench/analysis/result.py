"""What every check returns, whatever its question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spinefairbench.problems import ProblemLike

__all__ = ["CheckResult"]


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
