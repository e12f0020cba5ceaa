"""Models made up for the comparisons: values of sources, and rates drawn with a seed."""

import random

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.pcg64 import PCG64

__all__ = ["model", "naive_p_value", "simulated"]


def model(sums: list[int], pairs: int = 4) -> ClusterTotals:
    """A model with the same number of pairs in every source."""
    ids = tuple(f"s{at:04d}" for at in range(len(sums)))
    return ClusterTotals(tuple(sums), (pairs,) * len(sums), 1, ids)


def simulated(rate: float, n: int, seed: int) -> ClusterTotals:
    """A model of `n` sources with four pairs each, whose events have a rate."""
    chooser = random.Random(seed)
    return model([sum(chooser.random() < rate for _ in range(4)) for _ in range(n)])


def naive_p_value(differences: list[int], iterations: int, seed: int) -> float:
    """The p value of a sign-flip randomization, one sign at a time."""
    generator = PCG64(seed)
    reached = 0
    for _ in range(iterations):
        words = [generator.random_raw() for _ in range(-(-len(differences) // 64))]
        bits = [words[at // 64] >> at % 64 & 1 for at in range(len(differences))]
        total = sum(abs(value) if bit else -abs(value) for value, bit in zip(differences, bits, strict=True))
        reached += abs(total) >= abs(sum(differences))
    return (reached + 1) / (iterations + 1)
