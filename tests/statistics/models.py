"""Models made up for the comparisons: values of sources, and rates drawn with a seed."""

import random

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.pcg64 import PCG64

__all__ = ["drawn_signs", "model", "naive_p_value", "simulated"]


def model(sums: list[int], pairs: int = 4) -> ClusterTotals:
    """A model with the same number of pairs in every source."""
    ids = tuple(f"s{at:04d}" for at in range(len(sums)))
    return ClusterTotals(tuple(sums), (pairs,) * len(sums), 1, ids)


def simulated(rate: float, n: int, seed: int) -> ClusterTotals:
    """A model of `n` sources with four pairs each, whose events have a rate."""
    chooser = random.Random(seed)
    return model([sum(chooser.random() < rate for _ in range(4)) for _ in range(n)])


def drawn_signs(sources: int, iterations: int, seed: int) -> list[list[int]]:
    """The signs of every source in each pattern, a bit of the stream each."""
    generator = PCG64(seed)
    rows = []
    for _ in range(iterations):
        words = [generator.random_raw() for _ in range(-(-sources // 64))]
        rows.append([1 if words[at // 64] >> at % 64 & 1 else -1 for at in range(sources)])
    return rows


def naive_p_value(differences: list[int], iterations: int, seed: int) -> float:
    """The p value of a sign-flip randomization, one sign at a time."""
    reached = 0
    for signs in drawn_signs(len(differences), iterations, seed):
        total = sum(sign * abs(value) for sign, value in zip(signs, differences, strict=True))
        reached += abs(total) >= abs(sum(differences))
    return (reached + 1) / (iterations + 1)
