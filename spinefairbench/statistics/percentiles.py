"""Percentiles by linear interpolation, identical to the last bit with NumPy's default method."""

import math
from collections.abc import Iterable, Sequence

__all__ = ["percentile_interval", "quantile_of_sorted"]

#: The tails of a 95% equal-tailed interval, written out because (1 - 0.95) / 2 is not 0.025 in floating point.
_CENTRAL_95 = (0.025, 0.975)


def quantile_of_sorted(ordered: Sequence[float], q: float) -> float:
    """The quantile at `q` in [0, 1] of `ordered`, m values in ascending order: the value at position (m-1)·q.

    Positions between two values are interpolated linearly. Raises ValueError if there are no values.
    """
    if not ordered:
        raise ValueError("there is no value to take a quantile of")
    position = (len(ordered) - 1) * q
    below = math.floor(position)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    # Interpolating from the nearer end keeps the result between the two, as NumPy does.
    weight = position - below
    if weight >= 0.5:
        return high - (high - low) * (1 - weight)
    return low + (high - low) * weight


def percentile_interval(values: Iterable[float]) -> tuple[float, float]:
    """The quantiles of `values` at the 2.5th and 97.5th percentiles.

    Raises ValueError if there are no values.
    """
    ordered = sorted(values)
    lower, upper = _CENTRAL_95
    return quantile_of_sorted(ordered, lower), quantile_of_sorted(ordered, upper)
