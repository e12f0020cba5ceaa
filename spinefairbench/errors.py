"""The ways in which input can be wrong, as exceptions that a caller can tell apart.

An error carries every problem that was found; the command line prints one a line and exits with status 2.
"""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from spinefairbench.problems import Problem, ProblemLike, as_problem

__all__ = ["BundleError", "ErrorCollector", "OutputError", "SpineFairBenchError", "SubmissionError", "UsageError"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class SpineFairBenchError(Exception):
    """Input that cannot be used.

    `problems` holds every fault that was found, with its place. A text may stand for a problem.
    """

    def __init__(self, problems: ProblemLike | Iterable[ProblemLike]) -> None:
        given = (problems,) if isinstance(problems, Problem | str) else problems
        self.problems: tuple[Problem, ...] = tuple(map(as_problem, given))
        super().__init__("\n".join(map(str, self.problems)))

    def within(self, place: str) -> Self:
        """The same error, with the place of every problem inside `place`."""
        return type(self)([problem.within(place) for problem in self.problems])


class BundleError(SpineFairBenchError):
    """A bundle lacks a file, or one of its files is not what it should be."""


class SubmissionError(SpineFairBenchError):
    """A submission (or score file) is refused."""


class UsageError(SpineFairBenchError):
    """The command was asked for something that does not exist."""


class OutputError(SpineFairBenchError):
    """A result could not be written."""


class ErrorCollector:
    """Goes on after an error, so that one run names everything that is wrong, each problem once.

    Either `get` calls what may fail, or `with collector:` ends its block where that fails. Errors of the class `error`
    are collected (and raised in the end); others pass.
    """

    def __init__(self, error: type[SpineFairBenchError] = BundleError) -> None:
        self._error = error
        self._problems: dict[Problem, None] = {}

    @property
    def errors(self) -> list[Problem]:
        """Everything collected so far, in order."""
        return list(self._problems)

    def add(self, problems: Iterable[Problem]) -> None:
        """Collect `problems` too."""
        self._problems.update(dict.fromkeys(problems))

    def get(self, read: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T | None:
        """What `read` returns, or None where it raised an error that is collected."""
        with self:
            return read(*args, **kwargs)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, self._error):
            self.add(error.problems)
            return True
        return False

    def raise_if_any(self) -> None:
        """Raise one error with everything collected, if there is anything."""
        if self._problems:
            raise self._error(self._problems)
