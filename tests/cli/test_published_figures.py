"""Every command holds its published figures: equal ones give no problem, and each changed one gives its own.

The figures are put in place of the release's: those that the commands find in a demo bundle that claims to be it.
"""

import argparse
import copy
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import published
from spinefairbench.bundle.layout import DEMO_MARKER
from spinefairbench.bundle.published import Figures, NumberPath
from spinefairbench.cli.commands import COMMANDS, Command
from spinefairbench.cli.late_imports import load
from spinefairbench.problems import Problem, as_problem

HOLDING: Final = (
    "inspect",
    "dataset",
    "demographics",
    "checksums",
    "table2",
    "gap-sensitivity",
    "both-empty-diagnostic",
    "noise-floor",
    "transitions",
    "secondary",
    "stage1-confidence",
    "mitigation",
    "radiologist",
    "breakdown",
    "score",
)
"""The commands of `all` that compare published figures; that they compare all of them, `test_published_count` holds."""

ALSO_PUBLISHED: Final = ("counts", "artifact_manifest_entries")
"""Published as the number of the anonymous archive's files too; where both differ alike, it is one problem."""

NAMES: Final = (("mitigation", "stage1_gate", "excluded_full"), ["claude-opus-4-6", "claude-sonnet-4-6"])
"""Names that were published and are no numbers; the simulated gate excludes two models."""

PRECISION: Final = (
    (("table2", "*", "frozen_ci95"), 5e-4),
    (("gap_sensitivity", "median_gap_exact"), 5e-7),
    (("gap_sensitivity", "median_gap_graded"), 5e-7),
    (("both_empty_diagnostic", "rate"), 5e-7),
    (("finding_strata", "estimates", "*", "*", "*", "*", "ci95"), 5e-3),
    (("finding_strata", "contrasts", "*", "*", "*", "ci95"), 5e-3),
    (("demographics",), 5e-3),
)
"""How far a number in print may lie from the one computed; all others are held to 1e-12."""


@pytest.fixture(scope="module")
def claiming(other_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """The demo bundle without its marker, so that everything is compared."""
    root = tmp_path_factory.mktemp("claiming") / "artifacts"
    shutil.copytree(other_demo, root)
    (root / DEMO_MARKER).unlink()
    return Inputs(argparse.Namespace(), artifacts=root)


def _result(command: Command, inputs: Inputs) -> CheckResult:
    within = command.within_all
    assert within is not None
    options = argparse.Namespace() if within.instead else command.parse(within.arguments)
    result: CheckResult = load(within.instead or command.answer)(inputs.for_check(options))
    return result


def _precision(path: NumberPath) -> float:
    def begins(pattern: tuple[str, ...]) -> bool:
        return len(path) >= len(pattern) and all(p in ("*", key) for p, key in zip(pattern, path, strict=False))

    return next((precision for pattern, precision in PRECISION if begins(pattern)), 1e-12)


def _set(figures: dict[str, Any], path: NumberPath, value: Any) -> None:
    for key in path[:-1]:
        figures = figures[key]
    assert path[-1] in figures
    figures[path[-1]] = value


def _changed(value: Any, by: float, element: int) -> Any:
    """Another figure: a fraction moved by so much, a count by one; of several, one element."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + by
    if isinstance(value, str):
        return f"{value}?"
    if value is None:
        return 0.25
    if isinstance(value, dict):
        key = sorted(value)[element % len(value)]
        return {**value, key: _changed(value[key], by, element)}
    place = element % len(value)
    return [_changed(item, by, element) if number == place else item for number, item in enumerate(value)]


class Held:
    """One command, what it compares, and the published figures that it is given."""

    def __init__(self, name: str, inputs: Inputs, patch: pytest.MonkeyPatch) -> None:
        self._command = next(command for command in COMMANDS if command.name == name)
        self._inputs = inputs
        self._patch = patch
        self._files: dict[str, Any] = {}
        self._read: Callable[[str], dict[str, Any]] = published._file
        patch.setattr(published, "_file", self._figures_of)
        patch.setattr(Figures, "expect", self._recording(Figures.expect))
        self._seen: dict[NumberPath, Any] = {}
        self.problems()
        if name in {"stage1-confidence", "mitigation"}:
            self._seen.update([NAMES])
        self.compared = list(self._seen.items())
        assert self.compared
        for path, actual in self.compared:
            self.state(path, actual)

    def _figures_of(self, name: str) -> dict[str, Any]:
        if name not in self._files:
            self._files[name] = copy.deepcopy(self._read(name))
        figures: dict[str, Any] = self._files[name]
        return figures

    def _recording(self, expect: Callable[..., list[Problem]]) -> Callable[..., list[Problem]]:
        def recorded(figures: Figures, key: str, actual: Any, *rest: Any, **named: Any) -> list[Problem]:
            self._seen[*figures._path, key] = json.loads(json.dumps(actual))
            return expect(figures, key, actual, *rest, **named)

        return recorded

    def state(self, path: NumberPath, value: Any) -> None:
        """Put this figure in place of the published one."""
        _set(self._figures_of(published._OWN_FILE.get(path[0], published._RESULTS)), path, value)

    def problems(self) -> Counter[str]:
        """The problems that the command has with the figures as they are."""
        result = _result(self._command, self._inputs)
        assert not result.errors
        return Counter(as_problem(problem).message for problem in result.problems)

    def changes(self, element: int) -> Iterator[tuple[NumberPath, Any]]:
        """For each figure, another one."""
        for path, actual in self.compared:
            other = _changed(actual, 1.02 * _precision(path) + 2e-12, element)
            yield path, other + 1 if path == ALSO_PUBLISHED else other

    def rounded(self) -> Iterator[tuple[NumberPath, Any]]:
        """Each fraction and each list of them, as far off as their printing may have put them."""
        for path, actual in self.compared:
            if isinstance(actual, float) or (isinstance(actual, list) and isinstance(actual[0], float)):
                yield path, _changed(actual, 0.98 * _precision(path), 0)


@pytest.mark.parametrize("name", HOLDING)
def test_equal_figures_give_no_problem_and_each_changed_one_gives_its_own(
    name: str, claiming: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(name, claiming, monkeypatch)
    for path, value in held.rounded():
        held.state(path, value)
    equal = held.problems()
    assert not [message for message in equal if "published" in message]
    for element in range(1 + any(isinstance(actual, list | dict) for _, actual in held.compared)):
        wanted: Counter[str] = Counter()
        for path, other in held.changes(element):
            held.state(path, other)
            wanted[f"the published value is {other}"] += 1
        found = held.problems() - equal
        assert Counter(message[message.rindex("the published") :] for message in found.elements()) == wanted
