"""Problems as values: where, what, and of which kind; and the words that messages share.

`expect` compares a value with the one that was published or frozen, and is the only place that words a disagreement.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

__all__ = [
    "HALF_OF_SECOND_DECIMAL",
    "HALF_OF_SIXTH_DECIMAL",
    "HALF_OF_THIRD_DECIMAL",
    "TOLERANCE",
    "Problem",
    "ProblemKind",
    "ProblemLike",
    "Reference",
    "absent_models",
    "as_problem",
    "counted",
    "differs",
    "expect",
    "expect_each",
    "field_of",
    "missing",
    "no_usable_pair",
    "shortened",
    "unpublished_model",
    "unreadable",
]

TOLERANCE = 1e-12
"""Recomputed and frozen values may differ by no more than this (absolute)."""
HALF_OF_SECOND_DECIMAL = 0.005 + TOLERANCE
HALF_OF_THIRD_DECIMAL = 0.0005 + TOLERANCE
HALF_OF_SIXTH_DECIMAL = 5e-7 + TOLERANCE
"""How far a value may lie from one that was published to two, three or six decimals."""

_MOST_CHARACTERS = 80


class ProblemKind(Enum):
    """What sort of fault a problem is, for code that must tell them apart."""

    MISSING = "missing"
    """What was expected does not exist."""
    UNREADABLE = "unreadable"
    """A file exists but cannot be read."""
    INVALID = "invalid"
    """Something is not of the form that was expected."""
    MISMATCH = "mismatch"
    """Two values that should agree do not."""


@dataclass(frozen=True)
class Problem:
    """One fault. `place` says where (a file, a line, a model; may be empty), `message` what was found and expected."""

    place: str
    message: str
    kind: ProblemKind = ProblemKind.INVALID

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def within(self, place: str) -> "Problem":
        """The same problem, with its place inside `place`."""
        return replace(self, place=f"{place}: {self.place}" if self.place else place)


ProblemLike: TypeAlias = Problem | str
"""A problem, or a whole sentence that states one."""


def as_problem(problem: ProblemLike) -> Problem:
    """`problem` itself, or a problem that holds the sentence and no place."""
    return Problem("", problem) if isinstance(problem, str) else problem


def missing(place: str) -> Problem:
    """The problem that what `place` names does not exist."""
    return Problem(place, "missing", ProblemKind.MISSING)


def unreadable(place: str, why: str) -> Problem:
    """The problem that the file at `place` exists but cannot be read; `why` is the reason."""
    return Problem(place, f"cannot be read: {why}", ProblemKind.UNREADABLE)


def absent_models(published: Iterable[str], present: Collection[str]) -> list[Problem]:
    """A problem for each model that was published and is not among those present."""
    return [Problem(name, "a model of the release; not in this bundle") for name in published if name not in present]


def unpublished_model(model: str) -> Problem:
    """The problem that nothing was published of a model."""
    return Problem(model, "not a model of the release")


def no_usable_pair(model: str) -> Problem:
    """The problem that a model has nothing to compute a value from."""
    return Problem(model, "no usable pair")


def shortened(value: object) -> str:
    """`value` as a message shows it: as Python writes it, in at most 80 characters."""
    try:
        text = repr(value)
    except RecursionError:
        return "something nested too deeply to show"
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 3] + "..."


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 pair", "1,200 pairs"; `plural` where that is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


class Reference(Enum):
    """Who states the value that another one is compared with."""

    PUBLISHED = "the published value is"
    FROZEN = "the frozen value is"
    FROZEN_SUMMARY = "the frozen summary has"
    RELEASE = "the release has"
    COUNTED = "the count is"


def differs(actual: float, expected: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two numbers are further apart than the tolerance; NaN differs from everything."""
    return not abs(actual - expected) <= tolerance


def expect(
    actual: Any,
    wanted: Any,
    tolerance: float | None = None,
    *,
    name: str,
    place: str = "",
    reference: Reference = Reference.PUBLISHED,
) -> list[Problem]:
    """Compare two values: no problem where they agree, otherwise one that says "name is A; the published value is B".

    Without `tolerance` the two must be equal. With it, they are numbers, or sequences of numbers of the same length
    (such as an interval), and may differ by at most `tolerance` (absolute); None agrees only with None.
    """
    if _agree(actual, wanted, tolerance):
        return []
    message = f"{name} is {_written(actual)}; {reference.value} {_written(wanted)}"
    return [Problem(place, message, ProblemKind.MISMATCH)]


def expect_each(
    names: Iterable[str],
    actual: Any,
    wanted: Any,
    tolerance: float | None = None,
    *,
    place: str = "",
    reference: Reference = Reference.PUBLISHED,
) -> list[Problem]:
    """Compare each named field of two values as `expect` does: the key of a mapping, the attribute of anything else."""
    return [
        problem
        for name in names
        for problem in expect(
            field_of(actual, name), field_of(wanted, name), tolerance, name=name, place=place, reference=reference
        )
    ]


def field_of(holder: Any, name: str) -> Any:
    """The key of a mapping, the attribute of anything else."""
    return holder[name] if isinstance(holder, Mapping) else getattr(holder, name)


def _agree(actual: Any, wanted: Any, tolerance: float | None) -> bool:
    if tolerance is None:
        return bool(actual == wanted)
    if actual is None or wanted is None:
        return actual is wanted
    if isinstance(actual, Sequence):
        return len(actual) == len(wanted) and not any(map(differs, actual, wanted, [tolerance] * len(actual)))
    return not differs(actual, wanted, tolerance)


def _written(value: Any) -> str:
    """A pair of bounds is written alike, whether it was computed or read from JSON."""
    return str(list(value) if isinstance(value, tuple) else value)
