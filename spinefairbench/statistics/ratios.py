"""An interval for the ratio of two means that are measured on the same clusters."""

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from spinefairbench.statistics.distributions import student_t_quantile
from spinefairbench.statistics.exact import units_from_fractions

__all__ = ["IntervalOrReason", "fieller_interval"]

#: Clusters that must differ from the most common one. With fewer, the coverage of the interval falls below 0.93.
_FEWEST_AFFECTED: Final = 20


class IntervalOrReason(NamedTuple):
    """`interval` (lower, upper), or None with the `reason` why none is given, a clause in plain English."""

    interval: tuple[float, float] | None
    reason: str | None = None


def fieller_interval(numerators: Sequence[Fraction], denominators: Sequence[Fraction]) -> IntervalOrReason:
    """The 95% interval for mean(numerators) / mean(denominators), with one value of either for each cluster.

    It holds the ratios r for which the mean of numerator - r·denominator does not differ from 0 by a t test with n - 1
    degrees of freedom: E. C. Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society
    B 16(2), 1954. None where the denominator's mean may be 0, since the ratio then has no bounds, and where fewer than
    20 clusters differ from the most common one. Raises ValueError for sequences of different lengths.
    """
    values = list(zip(numerators, denominators, strict=True))
    n = len(values)
    affected = n - max(Counter(values).values(), default=0)
    if affected < _FEWEST_AFFECTED:
        return IntervalOrReason(
            None,
            f"only {affected} of {n} sources differ from the most common value (an interval needs {_FEWEST_AFFECTED})",
        )
    # Exact sums in units of one common denominator, which the ratio does not have: the coefficients below are
    # differences of nearly equal numbers.
    units, _ = units_from_fractions([*numerators, *denominators])
    x, y = units[:n], units[n:]
    sum_x, sum_y = sum(x), sum(y)
    # n² times the squares of the means, and n² times the variances of the means.
    variance_x = Fraction(n * sum(a * a for a in x) - sum_x * sum_x, n - 1)
    covariance = Fraction(n * sum(a * b for a, b in zip(x, y, strict=True)) - sum_x * sum_y, n - 1)
    variance_y = Fraction(n * sum(b * b for b in y) - sum_y * sum_y, n - 1)
    square = Fraction(student_t_quantile(0.975, n - 1)) ** 2
    leading = sum_y * sum_y - square * variance_y
    if leading <= 0:
        return IntervalOrReason(None, "the denominator of the ratio may be 0")
    middle, last = sum_x * sum_y - square * covariance, sum_x * sum_x - square * variance_x
    # In units of the leading coefficient: what is divided here is of the size of the ratio itself.
    centre, product = middle / leading, last / leading
    reach = math.sqrt(max(Fraction(0), centre * centre - product))
    return IntervalOrReason((float(centre) - reach, float(centre) + reach))
