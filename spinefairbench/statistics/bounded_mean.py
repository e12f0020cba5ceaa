"""An interval for a bounded mean that holds for any number of sources and any distribution."""

import math
from collections import Counter

from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["bounded_mean_interval"]

# The fractions of the largest allowed stake among which the betting capital is divided.
_STAKES = tuple(2.0**-power for power in range(9))
_BISECTIONS = 40


def bounded_mean_interval(
    totals: ClusterTotals, *, bounds: tuple[int, int] = (0, 1), level: float = 0.95
) -> tuple[float, float]:
    """An interval for the mean of values within `bounds` that is valid for any number of sources and any distribution.

    Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86(1),
    2024. A mean m is excluded if a gambler who bets against it on each source, in a game that is fair if m is true,
    would have multiplied the initial capital by 2/(1 - level). On each side this happens with a probability of at most
    (1 - level)/2. We deviate in two ways: the capital is divided among fixed stakes and not adapted, so that the order
    of the sources does not matter; and the bet is on sum - m·count, divided by the largest count, which has mean 0 for
    a ratio mean. The price of this validity is a wide interval. Raises ValueError if the values cannot all lie within
    the bounds.
    """
    low, high = bounds
    unit = totals.scale * (high - low)
    pairs = Counter(
        (total - low * count * totals.scale, count) for total, count in zip(totals.sums, totals.counts, strict=True)
    )
    if any(not 0 <= total <= count * unit for total, count in pairs):
        raise ValueError(f"a cluster's values cannot all lie between {low} and {high}")
    largest = max(totals.counts)
    shares = [(total / unit / largest, count / largest, times) for (total, count), times in pairs.items()]
    mirrored = [(weight - share, weight, times) for share, weight, times in shares]
    limit = math.log(2 / (1 - level))
    lower = low + (high - low) * _lowest_mean(shares, limit)
    upper = high - (high - low) * _lowest_mean(mirrored, limit)
    return max(float(low), min(lower, totals.estimate)), min(float(high), max(upper, totals.estimate))


def _lowest_mean(shares: list[tuple[float, float, int]], limit: float) -> float:
    """The lowest mean for which the log capital, after betting that the true one is higher, stays below `limit`."""
    if not any(share for share, _, _ in shares):
        return 0.0
    total = sum(share * times for share, _, times in shares)
    low, high = 0.0, total / sum(weight * times for _, weight, times in shares)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _log_capital(shares, middle) >= limit:
            low = middle
        else:
            high = middle
    return low


def _log_capital(shares: list[tuple[float, float, int]], mean: float) -> float:
    gains = [(share / mean - weight, times) for share, weight, times in shares]
    lowest = min(gain for gain, _ in gains)
    logs = [_log_product(gains, lowest, stake) for stake in _STAKES]
    highest = max(logs)
    return highest + math.log(sum(math.exp(value - highest) for value in logs) / len(logs))


def _log_product(gains: list[tuple[float, int]], lowest: float, stake: float) -> float:
    if stake * lowest <= -1:
        # The whole capital was staked and lost.
        return -math.inf
    log1p = math.log1p
    return sum([times * log1p(stake * gain) for gain, times in gains])
