"""What every check returns, whatever its question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, ProblemLike

__all__ = ["CheckResult", "ErrorCollector"]

_T = TypeVar("_T")


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


class ErrorCollector:
    """Goes on after an error, so that one run tells everything that is wrong."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []

    def get(self, read: Callable[[], _T]) -> _T | None:
        """What `read` returns, or None where it raised BundleError, whose problems are kept."""
        try:
            return read()
        except BundleError as error:
            self.errors += [problem for problem in error.problems if problem not in self.errors]
            return None

    def stop_if_any(self) -> None:
        """Raise BundleError with everything collected, if there is anything."""
        if self.errors:
            raise BundleError(self.errors)
