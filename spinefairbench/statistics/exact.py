"""Exact sums: every value of the benchmark is a fraction, so sums need no rounding.

The value of a pair is 0, 1 or a Jaccard index over at most 13 labels, so it is a fraction with a denominator of at
most 13. In units of 1/360360 all these values are integers, and the sum of integers does not depend on their order.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

__all__ = ["UNITS", "in_lowest_terms", "ratio", "units_from_floats", "units_from_fractions"]

#: The least common multiple of 1..13. In units of 1/UNITS the value of every pair is an integer.
UNITS = 360360


def units_from_fractions(values: Sequence[Fraction | int]) -> tuple[list[int], int]:
    """The values as integers, and their scale: `values[i] == units[i] / scale`, exactly."""
    ratios = [value.as_integer_ratio() for value in values]
    scale = math.lcm(*{denominator for _, denominator in ratios})
    return [numerator * (scale // denominator) for numerator, denominator in ratios], scale


def in_lowest_terms(units: Sequence[int], scale: int) -> tuple[list[int], int]:
    """The same values in units of their least common denominator, as `units_from_fractions` gives them."""
    common = math.gcd(scale, *units)
    return [unit // common for unit in units], scale // common


@lru_cache(maxsize=1 << 12)
def ratio(numerator: int, denominator: int) -> Fraction:
    """The fraction. Tens of thousands of sources have few different ones, and making one anew takes ten times as long."""
    return Fraction(numerator, denominator)


def units_from_floats(values: Sequence[float]) -> tuple[list[int], int]:
    """The values as integers, and their scale: `values[i]` is `units[i] / scale`.

    If every float is the float nearest to some k/360360, it is taken to mean that fraction (0.4166… means 5/12).
    Otherwise each float means its own exact value, a dyadic rational. Raises ValueError for a NaN or an infinity.
    """
    if not all(map(math.isfinite, values)):
        raise ValueError("a value is not a finite number")
    units = [_nearest_unit(value) for value in values]
    if all(unit / UNITS == value for unit, value in zip(units, values, strict=True)):
        return units, UNITS
    return units_from_fractions([Fraction(value) for value in values])


def _nearest_unit(value: float) -> int:
    product = value * UNITS
    # A float as large as this is an integer, and may be too large for the product to be one.
    return round(product) if math.isfinite(product) else int(value) * UNITS
