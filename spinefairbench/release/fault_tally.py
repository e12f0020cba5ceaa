"""Faults that many rows share: the first few of a kind are told, the others counted."""

from collections.abc import Hashable
from typing import Final

from spinefairbench.problems import Problem, counted

__all__ = ["FaultTally"]

_MOST_LISTED: Final = 20


class FaultTally:
    """Puts the first faults of each kind into `problems`, which others may add to, and counts the others."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._last: dict[Hashable, int] = {}
        self._others: dict[Hashable, int] = {}
        self._listed: dict[Hashable, int] = {}

    def add(self, kind: Hashable, problem: Problem, *, most: int = _MOST_LISTED) -> None:
        """Take a fault; `most` faults of its kind are told one by one."""
        if self._listed.get(kind, 0) < most:
            self._listed[kind] = self._listed.get(kind, 0) + 1
            self._last[kind] = len(self._problems)
            self._problems.append(problem)
        else:
            self._others[kind] = self._others.get(kind, 0) + 1

    def close(self) -> None:
        """Say behind the last fault that is told of each kind how many rows have the like."""
        for kind, more in self._others.items():
            last = self._problems[self._last[kind]]
            said = f"{last.message}; and so in {counted(more, 'more row')}"
            self._problems[self._last[kind]] = Problem(last.place, said, last.kind)
        self._others.clear()
