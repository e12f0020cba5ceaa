"""The ways in which input can be wrong, as values that a caller can test.

An error carries every problem that was found, a sentence each; the command line prints one a line and
exits with status 2.
"""

from collections.abc import Iterable

__all__ = ["BundleError", "OutputError", "SpineFairBenchError", "SubmissionError", "UsageError"]


class SpineFairBenchError(Exception):
    """Input that cannot be used. `problems` holds a plain sentence for each fault, with its place."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class BundleError(SpineFairBenchError):
    """A bundle lacks a file, or a file of it cannot be read as what it should be."""


class SubmissionError(SpineFairBenchError):
    """A submission (or score file) is refused."""


class UsageError(SpineFairBenchError):
    """The command was asked for something that does not exist."""


class OutputError(SpineFairBenchError):
    """A result could not be written."""
