"""Decoding settings: what a model was told about sampling, as requests, submissions and score files state it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from spinefairbench.errors import SubmissionError
from spinefairbench.problems import Problem, shortened

__all__ = ["Decoding", "decoding_from_json"]

_MOST: Final = 2**63 - 1


@dataclass(frozen=True)
class Decoding:
    """Settings of the sampling; None is what the provider does on its own. `max_tokens` are tokens of an answer."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None

    def to_json(self) -> dict[str, float | int]:
        """The settings that were given."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def decoding_from_json(value: Any, place: str) -> Decoding:
    """Read what `Decoding.to_json` wrote; messages say that it stands at `place`. Raises SubmissionError."""
    if not isinstance(value, Mapping):
        raise SubmissionError(Problem(place, f"expected an object, found {shortened(value)}"))
    problems = []
    for name, found in value.items():
        if name not in _FAULTS:
            problems.append(Problem(place, f"unknown key {shortened(name)}; expected {', '.join(_FAULTS)}"))
        elif not _is_within(found, *_FAULTS[name]):
            problems.append(Problem(f"{place}.{name}", f"expected {_words(*_FAULTS[name])}, found {shortened(found)}"))
    if problems:
        raise SubmissionError(problems)
    return Decoding(**value)


_FAULTS: Final[Mapping[str, tuple[type, float, float]]] = {
    "temperature": (float, 0, math.inf),
    "top_p": (float, 0, 1),
    "max_tokens": (int, 1, _MOST),
    "seed": (int, 0, _MOST),
}
"""{setting: (a whole number or any, the least, the most)}."""


def _is_within(value: Any, kind: type, least: float, most: float) -> bool:
    # In Python true is a whole number, in JSON it is not.
    return (
        isinstance(value, int if kind is int else int | float)
        and not isinstance(value, bool)
        and least <= value <= most
    )


def _words(kind: type, least: float, most: float) -> str:
    upper = "" if most > 1 else f" to {most:g}"
    return f"a {'whole ' if kind is int else ''}number from {least:g}{upper}"
