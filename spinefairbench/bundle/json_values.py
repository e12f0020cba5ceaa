"""Values taken out of parsed JSON by their keys; whatever is missing or of another kind is named with its place.

`place` is the file's name; a problem adds the keys to it, with dots between them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, missing

__all__ = [
    "count_at", "finite_number", "list_at", "number_at", "object_at", "string_list", "strings_at", "text_at", "value_at",
]  # fmt: skip


def value_at(value: Any, keys: Sequence[str], place: str) -> Any:
    """The value under nested keys. Raises BundleError naming the first key that is not there."""
    for depth, key in enumerate(keys):
        if not isinstance(value, Mapping) or key not in value:
            raise BundleError(missing(_place(place, keys[: depth + 1])))
        value = value[key]
    return value


def number_at(value: Any, keys: Sequence[str], place: str) -> float:
    """The number under nested keys. Raises BundleError where there is no finite number."""
    return finite_number(value_at(value, keys, place), _place(place, keys))


def count_at(value: Any, keys: Sequence[str], place: str) -> int:
    """The whole number from 0 under nested keys. Raises BundleError where there is none."""
    found = value_at(value, keys, place)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        said = f"expected a whole number from 0, found {str(found)[:40]!r}"
        raise BundleError(Problem(_place(place, keys), said))
    return found


def text_at(value: Any, keys: Sequence[str], place: str) -> str:
    """The text under nested keys. Raises BundleError where there is none."""
    found = value_at(value, keys, place)
    if not isinstance(found, str):
        raise BundleError(Problem(_place(place, keys), "expected a text"))
    return found


def list_at(value: Any, keys: Sequence[str], place: str) -> list[Any]:
    """The list under nested keys. Raises BundleError where there is none."""
    found = value_at(value, keys, place)
    if not isinstance(found, list):
        raise BundleError(Problem(_place(place, keys), "expected a list"))
    return found


def object_at(value: Any, keys: Sequence[str], place: str) -> dict[str, Any]:
    """The object under nested keys. Raises BundleError where there is none."""
    found = value_at(value, keys, place)
    if not isinstance(found, dict):
        raise BundleError(Problem(_place(place, keys), "expected an object"))
    return found


def strings_at(value: Any, keys: Sequence[str], place: str) -> list[str]:
    """The list of distinct, non-empty strings under nested keys. Raises BundleError where there is none."""
    return string_list(value_at(value, keys, place), _place(place, keys))


def string_list(value: object, place: str) -> list[str]:
    """`value` as a list of distinct, non-empty strings. Raises BundleError with every entry that is repeated."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise BundleError(Problem(place, "expected a list of strings"))
    seen: set[str] = set()
    repeated: list[str] = []
    for item in value:
        (repeated.append if item in seen else seen.add)(item)
    if repeated:
        raise BundleError([Problem(place, f"duplicate entry {item}") for item in repeated])
    return value


def finite_number(value: Any, place: str) -> float:
    """`value` as a float. Raises BundleError where it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BundleError(Problem(place, f"expected a number, found {str(value)[:40]!r}"))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BundleError(Problem(place, "expected a finite number"))
    return number


def _place(place: str, keys: Sequence[str]) -> str:
    return f"{place}: {'.'.join(keys)}"
