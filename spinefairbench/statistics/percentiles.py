"""Percentiles by linear interpolation, identical to the last bit with NumPy's default method."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

__all__ = ["percentile_interval", "quantile_of_sorted"]

_Value = TypeVar("_Value", int, float)

#: The tails of a 95% equal-tailed interval, written out because (1 - 0.95) / 2 is not 0.025 in floating point.
_CENTRAL_95 = (0.025, 0.975)
# Where a tail ends is guessed from one value of so many.
_STRIDE: Final = 40


def quantile_of_sorted(ordered: Sequence[float], q: float) -> float:
    """The quantile at `q` in [0, 1] of `ordered`, m values in ascending order: the value at position (m-1)·q.

    Positions between two values are interpolated linearly. Raises ValueError if there are no values.
    """
    if not ordered:
        raise ValueError("there is no value to take a quantile of")
    below, weight = _position(len(ordered), q)
    return _between(ordered[below], ordered[min(below + 1, len(ordered) - 1)], weight)


def percentile_interval(values: Iterable[_Value], statistic: Callable[[_Value], float] = float) -> tuple[float, float]:
    """The quantiles of `statistic` of the values at the 2.5th and 97.5th percentiles.

    The statistic must not fall where the values rise, so it is computed of the few that count. Raises ValueError if
    there are no values.
    """
    known = list(values)
    if not known:
        raise ValueError("there is no value to take a quantile of")
    (low, low_weight), (high, high_weight) = (_position(len(known), q) for q in _CENTRAL_95)
    last = len(known) - 1
    lowest, highest = _lowest(known, min(low + 1, last) + 1), _highest(known, last - high + 1)
    lower, upper = lowest[low : low + 2], highest[:2]
    return (
        _between(statistic(lower[0]), statistic(lower[-1]), low_weight),
        _between(statistic(upper[0]), statistic(upper[-1]), high_weight),
    )


def _position(number: int, q: float) -> tuple[int, float]:
    """The place of a quantile among so many values in ascending order: that of the value below it, and how far on."""
    position = (number - 1) * q
    below = math.floor(position)
    return below, position - below


def _between(low: float, high: float, weight: float) -> float:
    # Interpolating from the nearer end keeps the result between the two, as NumPy does.
    if weight >= 0.5:
        return high - (high - low) * (1 - weight)
    return low + (high - low) * weight


def _lowest(values: list[_Value], number: int) -> list[_Value]:
    """So many of the lowest values, ascending. Sorting a tail alone takes a third of the time."""
    some = sorted(values[::_STRIDE])
    end = some[min(2 * number // _STRIDE + 1, len(some) - 1)]
    tail = [value for value in values if value <= end]
    return sorted(values if len(tail) < number else tail)[:number]


def _highest(values: list[_Value], number: int) -> list[_Value]:
    """So many of the highest values, ascending."""
    some = sorted(values[::_STRIDE], reverse=True)
    end = some[min(2 * number // _STRIDE + 1, len(some) - 1)]
    tail = [value for value in values if value >= end]
    return sorted(values if len(tail) < number else tail)[-number:]
