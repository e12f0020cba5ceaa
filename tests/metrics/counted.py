"""How much a parser does with a text: lines of Python run, and characters that searches have looked at.

Counts depend on nothing but the code and the text, so that they say on any machine how the work grows.
"""

import re
import sys
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType
from typing import Any, Self

import pytest

METRICS = "spinefairbench.metrics."


class Counter:
    """Counts lines and characters while it is used."""

    def __init__(self) -> None:
        self.lines = 0
        self.characters = 0

    def of(self, parse: Callable[[str], object], text: str) -> int:
        """How much `parse` does with a text."""
        self.lines = self.characters = 0
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            parse(CountedText(text, self))
        finally:
            sys.settrace(before)
        return self.lines + self.characters

    def _trace(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if not frame.f_globals.get("__name__", "").startswith(METRICS):
            return None
        self.lines += event == "line"
        return self._trace


class CountedText(str):
    """A text that counts the characters that a search in it looks at; so does what is made of it."""

    __slots__ = ("_counter",)
    _counter: Counter

    def __new__(cls, text: str, counter: Counter) -> Self:
        made = super().__new__(cls, text)
        made._counter = counter
        return made

    def find(self, sought: str, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().find(sought, start, len(self) if end is None else end)
        self._counter.characters += (found if found >= 0 else len(self) if end is None else end) - start
        return found

    def lower(self) -> "CountedText":
        return CountedText(super().lower(), self._counter)

    def translate(self, table: Any) -> "CountedText":
        return CountedText(super().translate(table), self._counter)

    def replace(self, *arguments: Any) -> "CountedText":
        return CountedText(super().replace(*arguments), self._counter)


class CountedPattern:
    """A pattern that counts the characters between where it began to look and where a match ends."""

    def __init__(self, pattern: re.Pattern[str], counter: Counter) -> None:
        self._pattern = pattern
        self._counter = counter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)

    def search(self, text: str, *limits: int) -> re.Match[str] | None:
        match = self._pattern.search(text, *limits)
        start, end = (*limits, *(0, len(text))[len(limits) :])
        self._counter.characters += max(0, (match.end() if match else min(end, len(text))) - start)
        return match

    def match(self, text: str, *limits: int) -> re.Match[str] | None:
        match = self._pattern.match(text, *limits)
        self._counter.characters += match.end() - match.start() if match else 0
        return match

    def finditer(self, text: str, *limits: int) -> Iterator[re.Match[str]]:
        last = limits[0] if limits else 0
        for match in self._pattern.finditer(text, *limits):
            self._counter.characters += match.end() - last
            last = match.end()
            yield match
        self._counter.characters += len(text) - last


def _replaced(value: Any, counter: Counter) -> Any:
    if isinstance(value, re.Pattern):
        return CountedPattern(value, counter)
    if isinstance(value, list | tuple) and any(isinstance(item, re.Pattern) for item in value):
        return type(value)(_replaced(item, counter) for item in value)
    return None


def counting(patch: pytest.MonkeyPatch) -> Counter:
    """A counter that counts in every pattern of the parsers until `patch` is undone."""
    counter = Counter()
    modules = [module for name, module in sys.modules.items() if name.startswith(METRICS)]
    for module in modules:
        _count_in(module, counter, patch)
    return counter


def _count_in(holder: ModuleType | object, counter: Counter, patch: pytest.MonkeyPatch) -> None:
    for name, value in vars(holder).copy().items():
        if (replaced := _replaced(value, counter)) is not None:
            patch.setattr(holder, name, replaced)
        elif isinstance(value, list | tuple):
            for item in value:
                if type(item).__module__.startswith(METRICS) and hasattr(item, "__dict__"):
                    _count_in(item, counter, patch)
