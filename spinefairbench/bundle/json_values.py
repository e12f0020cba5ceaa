"""Values taken out of parsed JSON, each with a plain sentence where it is not what it should be."""

import math
from collections.abc import Mapping
from typing import Any

from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, missing

__all__ = ["finite_number", "non_negative_count", "value_at"]


def value_at(value: Any, keys: tuple[str, ...], place: str) -> Any:
    """The value under nested keys. Raises BundleError naming the first key that is not there."""
    for depth, key in enumerate(keys):
        if not isinstance(value, Mapping) or key not in value:
            raise BundleError(missing(f"{place}: {'.'.join(keys[: depth + 1])}"))
        value = value[key]
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


def non_negative_count(value: Any, place: str) -> int:
    """`value` as a count. Raises BundleError where it is no whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BundleError(Problem(place, f"expected a whole number from 0, found {str(value)[:40]!r}"))
    return value
