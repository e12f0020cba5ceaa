"""The ways in which input can be wrong, as exceptions that a caller can tell apart.

An error carries every problem that was found; the command line prints one a line and exits with status 2.
"""

from collections.abc import Iterable
from typing import Self

from spinefairbench.problems import Problem, ProblemLike, as_problem

__all__ = ["BundleError", "OutputError", "SpineFairBenchError", "SubmissionError", "UsageError"]


class SpineFairBenchError(Exception):
    """Input that cannot be used.

    `problems` holds every fault that was found, with its place. A text may stand for a problem.
    """

    def __init__(self, problems: ProblemLike | Iterable[ProblemLike]) -> None:
        given = (problems,) if isinstance(problems, Problem | str) else problems
        self.problems: tuple[Problem, ...] = tuple(map(as_problem, given))
        super().__init__("\n".join(map(str, self.problems)))

    def within(self, place: str) -> Self:
        """The same error, every problem placed inside of `place`."""
        return type(self)([problem.within(place) for problem in self.problems])


class BundleError(SpineFairBenchError):
    """A bundle lacks a file, or one of its files is not what it should be."""


class SubmissionError(SpineFairBenchError):
    """A submission (or score file) is refused."""


class UsageError(SpineFairBenchError):
    """The command was asked for something that does not exist."""


class OutputError(SpineFairBenchError):
    """A result could not be written."""
