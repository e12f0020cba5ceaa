"""Checks of single values in a configuration: each returns the value as it is held, or says what was expected."""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from spinefairbench.generator.failures import ConfigError

__all__ = [
    "Check",
    "checked_values",
    "integer_within",
    "line_of_text",
    "name_list",
    "number_within",
    "one_of",
    "or_null",
    "true_or_false",
]

Check = Callable[[object], Any]
"""Returns the value as it is held, or raises ValueError saying what was expected."""


def integer_within(minimum: int, maximum: int, multiple: int = 1) -> Check:
    """A check for an integer in a range, both ends included, that is a multiple of `multiple`."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("expected an integer")
        if not minimum <= value <= maximum or value % multiple:
            divisible = f", a multiple of {multiple}" if multiple > 1 else ""
            raise ValueError(f"expected {minimum} to {maximum}{divisible}")
        return value

    return check


def number_within(minimum: float, maximum: float, *, above: bool = False) -> Check:
    """A check for a finite number in a range, both ends included; with `above` without the lower one."""

    def check(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError("expected a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number) or not minimum <= number <= maximum or (above and number == minimum):
            bound = "above" if above else "from"
            raise ValueError(f"expected a number {bound} {minimum} to {maximum}")
        return number

    return check


def one_of(*names: str) -> Check:
    """A check for one of some names."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"expected one of {', '.join(names)}")
        return value

    return check


def line_of_text(value: object) -> str:
    """The value if it is a line of at most 4,096 printable characters, not all of them blank. Raises ValueError."""
    if not isinstance(value, str) or not value.strip() or len(value) > 4096 or not value.isprintable():
        raise ValueError("expected a non-empty line of text")
    return value


def true_or_false(value: object) -> bool:
    """The value if it is true or false. Raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def name_list(allowed: tuple[str, ...] | None = None) -> Check:
    """A check for a list of distinct names: sorted or, if only some are allowed, in the order of those."""

    def check(value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not value:
            raise ValueError("expected a non-empty list of names")
        names = tuple(line_of_text(name) for name in value)
        if len(set(names)) != len(names):
            raise ValueError("expected no name twice")
        if allowed is None:
            return tuple(sorted(names))
        if unknown := [name for name in names if name not in allowed]:
            raise ValueError(f"unknown {', '.join(unknown)}; expected names from {', '.join(allowed)}")
        return tuple(name for name in allowed if name in names)

    return check


def or_null(check: Check) -> Check:
    """A check that takes null as well."""
    return lambda value: None if value is None else check(value)


def checked_values(
    values: Mapping[Any, Any], checks: Mapping[str, Check], where: str, required: Collection[str] = ()
) -> dict[str, Any]:
    """Every value as its check returns it.

    Raises ConfigError with every problem: an unknown key, a value that its check refuses, a required key that is left
    out.
    """
    checked: dict[str, Any] = {}
    problems = [f"{where}: lacks {key}" for key in required if key not in values]
    for key, value in values.items():
        check = checks.get(key) if isinstance(key, str) else None
        if check is None:
            problems.append(f"{where}: unknown key {str(key)[:80]!r}")
            continue
        try:
            checked[key] = check(value)
        except ValueError as error:
            problems.append(f"{where}: {key}: {error}, found {str(value)[:80]!r}")
    if problems:
        raise ConfigError(problems)
    return checked
