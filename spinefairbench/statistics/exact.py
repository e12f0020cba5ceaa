"""Exact sums: every value of the benchmark is a fraction, so no sum of them needs rounding.

A per-pair value is 0, 1 or a Jaccard index over at most 13 labels, hence a fraction whose denominator is at
most 13. In units of 1/360360 all of them are integers, and integers add up to the same total in any order.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

__all__ = ["UNITS", "units_from_floats", "units_from_fractions"]

#: The least common multiple of 1..13: the unit in which every per-pair value is an integer is 1/UNITS.
UNITS = 360360


def units_from_fractions(values: Sequence[Fraction | int]) -> tuple[list[int], int]:
    """The values as integers and the scale they are in: `values[i] == units[i] / scale`, exactly."""
    scale = math.lcm(*(value.denominator for value in values))
    return [value.numerator * (scale // value.denominator) for value in values], scale


def units_from_floats(values: Sequence[float]) -> tuple[list[int], int]:
    """The values as integers and the scale they are in.

    When every float is the nearest float to some k/360360, these fractions are taken to be what was meant
    (0.4166… is 5/12); otherwise each float stands for itself, a dyadic rational. Raises ValueError for a
    NaN or an infinity.
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
