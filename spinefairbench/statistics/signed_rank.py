"""Wilcoxon's signed-rank test and Cohen's d_z, as published beside the secondary endpoints.

Both take the differences as independent. The pairs of one source are not, so what comes out reproduces a published
figure and is no evidence of an effect: see `spinefairbench.statistics.randomization` for a test by source.
"""

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

__all__ = ["SignedRank", "cohens_dz", "signed_rank"]

# With more differences, or with ties or zeros, the p value is that of the normal approximation.
_EXACT_UP_TO: Final = 50


class SignedRank(NamedTuple):
    """The result of Wilcoxon's signed-rank test.

    `statistic` is the smaller of the two rank sums, that of the positive and that of the negative differences. `p_value`
    is two-sided.
    """

    statistic: float
    p_value: float


def signed_rank(differences: Sequence[float | Fraction]) -> SignedRank:
    """Wilcoxon's signed-rank test of whether independent differences are symmetric about 0, two-sided.

    Zeros are dropped, and equal magnitudes share the mean of their ranks. The p value is exact for up to 50 differences
    without zeros and ties; otherwise it is that of the normal approximation with the variance corrected for ties and
    without a correction for continuity. It is 1 where every difference is 0. These are the choices of SciPy's `wilcoxon`
    with `zero_method="wilcox"` and `correction=False`, with `method="exact"` and `method="asymptotic"` in turn. (With
    `method="auto"`, recent versions of SciPy permute up to 13 differences with ties or zeros instead.)

    Two floats are tied where they are equal: 1 - 2/3 and 1/3 are not, as floats; as fractions they are.

    Sources: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945; the variance with
    ties: W. J. Conover, "Practical Nonparametric Statistics", 3rd edition, 1999, section 5.7. Raises ValueError for no
    difference or for one that is not a finite number.
    """
    counts = _counted(differences)
    zeros = counts.pop(0, 0)
    n = counts.total()
    # Twice the rank sum of the positive differences: mean ranks are multiples of one half.
    doubled_positive = 0
    tied = 0
    below = 0
    magnitudes: set[float | Fraction] = {-value if value < 0 else value for value in counts}
    for magnitude in sorted(magnitudes):
        positive, negative = counts[magnitude], counts[-magnitude]
        of_magnitude = positive + negative
        doubled_positive += positive * (2 * below + of_magnitude + 1)
        tied += of_magnitude**3 - of_magnitude
        below += of_magnitude
    doubled_total = n * (n + 1)
    doubled = min(doubled_positive, doubled_total - doubled_positive)
    if n == 0:
        p_value = 1.0
    elif n <= _EXACT_UP_TO and not zeros and not tied:
        p_value = min(1.0, 2 * _lower_tail(doubled // 2, n))
    else:
        variance = (n * (n + 1) * (2 * n + 1) - tied / 2) / 24
        z = (doubled / 2 - doubled_total / 4) / math.sqrt(variance)
        p_value = math.erfc(-z / math.sqrt(2))
    return SignedRank(doubled / 2, p_value)


def cohens_dz(differences: Sequence[float | Fraction]) -> float | None:
    """Cohen's d_z: the mean of paired differences over their standard deviation (with n - 1).

    None where it is not defined: for a single difference, and where all are equal. The sums are exact.

    Source: J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition, 1988, section 2.3.5.
    Raises ValueError for no difference or for one that is not a finite number.
    """
    counts = _counted(differences)
    n = counts.total()
    total = sum((Fraction(value) * count for value, count in counts.items()), Fraction(0))
    squares = sum((Fraction(value) ** 2 * count for value, count in counts.items()), Fraction(0))
    # n² times the population variance, which for n differences is n (n - 1) times the variance of the sample.
    spread = n * squares - total**2
    if not spread:
        return None
    return math.copysign(math.sqrt(total**2 * (n - 1) / (n * spread)), total)


def _counted(differences: Sequence[float | Fraction]) -> Counter[float | Fraction]:
    if not differences:
        raise ValueError("there is no difference")
    counts = Counter(differences)
    if not all(map(math.isfinite, counts)):
        raise ValueError("a difference is not a finite number")
    return counts


def _lower_tail(rank_sum: int, n: int) -> float:
    """P(W <= rank_sum), where W is the sum of a random subset of the ranks 1..n."""
    # How many subsets of the ranks seen so far have each sum.
    subsets = [1] + [0] * rank_sum
    for rank in range(1, n + 1):
        for reached in range(rank_sum, rank - 1, -1):
            subsets[reached] += subsets[reached - rank]
    return float(Fraction(sum(subsets), 2**n))
