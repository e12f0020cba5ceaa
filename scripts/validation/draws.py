"""Simulated sources: clustered values with a known mean."""

import math
import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from scripts.validation.study import chooser_of
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS

__all__ = ["Population", "Setting", "data_set", "jaccard_value", "population", "truth_of"]

# Union sizes of simulated Jaccard indices, and the share of nonzero differences that are positive.
_UNION_SIZES: Final = (1, 2, 2, 3, 3, 4, 5, 6)
_SHARE_POSITIVE: Final = 0.6
# Values of Jaccard indices and differences are drawn from a population of this many simulated sources, whose mean is
# the true mean; rates are drawn from the beta-binomial distribution itself.
_POPULATION: Final = 20_000


class Setting(NamedTuple):
    """How values are distributed.

    `kind` is rate, jaccard, difference (0, 1 or -1) or gain (0 or 1, of a range that reaches to -1); `pairs` the number
    of pairs per source, "1-4" for equal numbers of sources with one to four; `mean` the true mean, of a difference the
    share of pairs that differ. Each source draws its own level from a beta distribution with the intra-cluster
    correlation, and its values from that level.
    """

    kind: str
    pairs: str
    correlation: float
    mean: float


class Population(NamedTuple):
    """Sources with the same number of pairs: (sum, sum of squares) of their values in UNITS, and cumulative weights."""

    sources: Sequence[tuple[int, int]]
    cumulative: Sequence[float] | None
    mean_sum: float


def data_set(setting: Setting, sources: int, chooser: random.Random, seed: int) -> ClusterTotals:
    """One data set of so many sources; the seed is that of the population."""
    drawn: list[tuple[int, int]] = []
    counts: list[int] = []
    for pairs, number, drawn_from in _strata(setting, sources, seed):
        drawn += chooser.choices(drawn_from.sources, cum_weights=drawn_from.cumulative, k=number)
        counts += [pairs] * number
    sums, squares = zip(*drawn, strict=True)
    return ClusterTotals(sums, tuple(counts), UNITS, sum_of_squares=sum(squares))


def truth_of(setting: Setting, sources: int, seed: int) -> float:
    """The mean over all pairs from which data sets of so many sources are drawn."""
    strata = _strata(setting, sources, seed)
    total = sum(number * drawn_from.mean_sum for _, number, drawn_from in strata)
    return total / (sum(pairs * number for pairs, number, _ in strata) * UNITS)


def _strata(setting: Setting, sources: int, seed: int) -> list[tuple[int, int, Population]]:
    """(number of pairs, number of sources with that many, their population)."""
    if setting.pairs != "1-4":
        layout = [(int(setting.pairs), sources)]
    else:
        layout = [(pairs, len(range(pairs - 1, sources, 4))) for pairs in (1, 2, 3, 4)]
    return [(pairs, number, population(setting, pairs, seed)) for pairs, number in layout]


@lru_cache(maxsize=16)
def population(setting: Setting, pairs: int, seed: int) -> Population:
    """The sources with so many pairs."""
    if setting.kind in ("rate", "gain"):
        return _beta_binomial(pairs, setting.correlation, setting.mean)
    chooser = chooser_of(seed, setting, pairs)
    draw = jaccard_value if setting.kind == "jaccard" else _difference
    weight = (1 - setting.correlation) / setting.correlation
    sources = []
    for _ in range(_POPULATION):
        level = chooser.betavariate(setting.mean * weight, (1 - setting.mean) * weight)
        values = [draw(chooser.random, chooser.choice, level) for _ in range(pairs)]
        sources.append((sum(values), sum(value * value for value in values)))
    return Population(sources, None, sum(total for total, _ in sources) / _POPULATION)


def _beta_binomial(pairs: int, correlation: float, mean: float) -> Population:
    """Changes in a source: binomial, with a beta-distributed rate that varies between sources."""
    if correlation == 1:
        weights = [1 - mean, *[0.0] * (pairs - 1), mean]
    elif correlation == 0:
        weights = [
            math.comb(pairs, changes) * mean**changes * (1 - mean) ** (pairs - changes) for changes in range(pairs + 1)
        ]
    else:
        a, b = (share * (1 - correlation) / correlation for share in (mean, 1 - mean))
        weights = [
            math.comb(pairs, changes) * math.exp(_log_beta(changes + a, pairs - changes + b) - _log_beta(a, b))
            for changes in range(pairs + 1)
        ]
    cumulative = [math.fsum(weights[: changes + 1]) for changes in range(pairs + 1)]
    sources = [(changes * UNITS, changes * UNITS * UNITS) for changes in range(pairs + 1)]
    return Population(sources, cumulative, mean * pairs * UNITS)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def jaccard_value(uniform: Callable[[], float], choose: Callable[[Sequence[int]], int], level: float) -> int:
    """A Jaccard index in UNITS: the share of the labels of a union that both reports have, each with chance `level`."""
    size = choose(_UNION_SIZES)
    return UNITS * sum(uniform() < level for _ in range(size)) // size


def _difference(uniform: Callable[[], float], _: Callable[[Sequence[int]], int], level: float) -> int:
    if uniform() >= level:
        return 0
    return UNITS if uniform() < _SHARE_POSITIVE else -UNITS
