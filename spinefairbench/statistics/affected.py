"""How many sources show how much sources differ."""

from collections import Counter
from typing import Final

from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["ENOUGH_AFFECTED", "affected_sources", "effective_sources"]

ENOUGH_AFFECTED: Final = 10
"""From this many affected sources on, these show how much sources differ: nothing need be assumed of it."""


def affected_sources(totals: ClusterTotals, bounds: tuple[int, int] = (0, 1)) -> int:
    """The number of sources that carry information on the spread of the values.

    For `bounds` (0, 1), the number of sources whose mean is not 0 or the number whose mean is not 1, whichever is
    smaller. For other bounds, whose ends are far from most values, the number whose mean is not the most common one.
    """
    pairs = list(zip(totals.sums, totals.counts, strict=True))
    if bounds == (0, 1):
        off_zero = sum(1 for total, _ in pairs if total)
        off_one = sum(1 for total, count in pairs if total != count * totals.scale)
        return min(off_zero, off_one)
    # Many sources have the same totals, so that their means are computed once.
    means: Counter[float] = Counter()
    for (total, count), sources in Counter(pairs).items():
        means[total / count] += sources
    return totals.n - means.most_common(1)[0][1]


def effective_sources(totals: ClusterTotals) -> float:
    """How many sources, all equally far from the mean, would vary as evenly as these: n divided by the kurtosis.

    With the residuals z = sum - mean·count, it is (Σz²)²/Σz⁴; if no source differs from the mean, it is n.
    """
    squares = [residual * residual for residual in totals.residuals]
    fourth = sum(square * square for square in squares)
    return sum(squares) ** 2 / fourth if fourth else float(totals.n)
