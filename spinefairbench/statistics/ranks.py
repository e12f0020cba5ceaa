"""Simultaneous confidence sets for the ranks of models.

For every ordered pair of models, test the hypothesis that the mean of the first is no larger than that of the second,
all simultaneously. A model's first possible rank is one more than the number of models shown to be ahead of it. Its
last possible rank is the number of models minus the number of those it is shown to be ahead of.

Source: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for Ranks with Applications to Mobility across
Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91(1), 2024, section 3.
"""

import math
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from operator import mul, sub
from typing import Final, NamedTuple

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import check_same_pairs
from spinefairbench.statistics.sign_patterns import positive_totals

__all__ = ["RankSet", "rank_sets"]

_ALPHA: Final = 0.05
# With many models, fewer sign patterns are drawn, so that no more differences than this are computed from them; but no
# fewer patterns than these.
_MOST_DIFFERENCES: Final = 50_000_000
_FEWEST_PATTERNS: Final = 999
# Sorting takes as long as taking in one or two more gaps.
_GAPS_BETWEEN_QUANTILES: Final = 8


class RankSet(NamedTuple):
    """A model's rank and its confidence set, the ranks from `best_rank` to `worst_rank`.

    Rank 1 has the lowest mean, or the highest where higher is better. `rank` is that of the estimate; tied models share
    the better rank.
    """

    estimate: float
    rank: int
    best_rank: int
    worst_rank: int

    @property
    def not_separated_from_best(self) -> bool:
        """Whether the confidence set includes rank 1."""
        return self.best_rank == 1


class _Gap(NamedTuple):
    """Two models of which the difference varies between sources.

    `weight` makes a statistic of a difference of two signed totals. `observed` is the statistic of the first less the
    second, on the same scale.
    """

    first: int
    second: int
    weight: float
    observed: float


def rank_sets(
    samples: Sequence[ClusterTotals], bootstrap: Bootstrap = FROZEN, *, higher_is_better: bool
) -> list[RankSet]:
    """The confidence set of each model's rank; all contain the true ranks simultaneously with probability 95%.

    `samples` are the models on the same pairs of the same sources. The critical value is the 95% quantile of the
    largest studentized difference when the residuals of each source, those of all models together, change their sign at
    random. The tests are stepped down: pairs of models that have been separated are left out, and the rest are tested
    again. We deviate from the paper by flipping signs where it resamples sources, because with 20 sources and rates near
    0 the resampled quantile is far from nominal in either direction (docs/intervals.md). If a difference is the same in
    all sources, there is no standard error; if its true mean were 0 or of the other sign, n sources would all show a
    difference d with a probability of at most (1 + |d|)^-n, and the two models are separated if this is small enough
    for all ordered pairs (Bonferroni).

    Sources: J. P. Romano and M. Wolf, JASA 100, 2005, for the step-down method; R. Davidson and E. Flachaire, "The wild
    bootstrap, tamed at last", Journal of Econometrics 146(1), 2008, for random signs. Raises ValueError for no sample,
    or for models on different pairs.
    """
    if not samples:
        raise ValueError("there is no model to rank")
    for other in samples[1:]:
        check_same_pairs(samples[0], other)
    samples = _on_one_scale(samples)
    residuals = [sample.residuals for sample in samples]
    gaps = []
    larger: set[tuple[int, int]] = set()
    squares = [sum(map(mul, each, each)) for each in residuals]
    n, count = samples[0].n, samples[0].n_values
    for first, second in combinations(range(len(samples)), 2):
        square = squares[first] + squares[second] - 2 * sum(map(mul, residuals[first], residuals[second]))
        difference = samples[first].estimate - samples[second].estimate
        if square:
            total = sum(samples[first].sums) - sum(samples[second].sums)
            gaps.append(_Gap(first, second, 2 / math.sqrt(square), _observed(total * count, square, n)))
        elif difference and (1 + abs(difference)) ** -n * len(samples) * (len(samples) - 1) <= _ALPHA:
            larger.add((first, second) if difference > 0 else (second, first))
    if gaps:
        patterns = min(bootstrap.iterations, max(_FEWEST_PATTERNS, _MOST_DIFFERENCES // len(gaps)))
        fewer = replace(bootstrap, iterations=patterns)
        # Residuals add up to 0, so that half a signed total is the sum of those with a positive sign.
        larger |= _step_down(gaps, [array("d", positive_totals(each, fewer)) for each in residuals])
    return _sets([sample.estimate for sample in samples], larger, higher_is_better)


def _on_one_scale(samples: Sequence[ClusterTotals]) -> list[ClusterTotals]:
    scale = math.lcm(*(sample.scale for sample in samples))
    return [
        ClusterTotals(tuple(total * (scale // sample.scale) for total in sample.sums), sample.counts, scale, sample.ids)
        for sample in samples
    ]


def _observed(total: int, square: int, n: int) -> float:
    """Student's t of a difference, on the scale of the signed totals divided by the root of their sum of squares.

    With the signs flipped, a t statistic depends on that quotient r alone: t = r·sqrt((n - 1)/(n - r²)).
    """
    t_square = total * total * (n - 1) / (n * square)
    return math.copysign(math.sqrt(t_square * n / (n - 1 + t_square)), total)


def _step_down(gaps: Sequence[_Gap], totals: Sequence["array[float]"]) -> set[tuple[int, int]]:
    """The ordered pairs of which the first model is shown to have the larger mean."""
    waiting = {pair: gap for gap in gaps for pair in ((gap.first, gap.second), (gap.second, gap.first))}
    shown: set[tuple[int, int]] = set()
    peaks = dict.fromkeys(gaps, math.inf)
    while waiting:
        critical = _critical_value(peaks, waiting.keys(), totals)
        rejected = {
            pair
            for pair, gap in waiting.items()
            if (gap.observed if pair[0] == gap.first else -gap.observed) > critical
        }
        if not rejected:
            break
        for pair in rejected:
            del waiting[pair]
        shown |= rejected
    return shown


def _critical_value(
    peaks: dict[_Gap, float], waiting: Collection[tuple[int, int]], totals: Sequence["array[float]"]
) -> float:
    """The 95% quantile of the largest statistic of the pairs still tested, rounded up to an order statistic.

    Infinite if there are too few patterns for such a quantile. `peaks` are the gaps, each with what none of its
    statistics exceeds, as far as that is known; it is found here. Where that is no more than the quantile of some of
    the gaps, the gap cannot change it.
    """
    largest: list[float] | None = None
    quantile = -math.inf
    added = 0
    for gap in sorted(peaks, key=peaks.__getitem__, reverse=True):
        forward, backward = (gap.first, gap.second) in waiting, (gap.second, gap.first) in waiting
        if not (forward or backward) or peaks[gap] <= quantile:
            continue
        differences = list(map(sub, totals[gap.first], totals[gap.second]))
        peak = max(differences) if forward else -min(differences)
        if forward and backward:
            peak = max(peak, -min(differences))
        peaks[gap] = peak * gap.weight
        if peaks[gap] <= quantile:
            continue
        signed = gap.weight if forward else -gap.weight
        column = [difference * signed for difference in differences]
        if forward and backward:
            column = list(map(abs, column))
        largest = column if largest is None else _larger_of_each(largest, column)
        added += 1
        if added % _GAPS_BETWEEN_QUANTILES == 0:
            quantile = _quantile(largest)
    assert largest is not None, "a pair is tested"
    return _quantile(largest)


def _larger_of_each(ones: Iterable[float], others: Iterable[float]) -> list[float]:
    """The larger of every two values in the same place."""
    # Calling max() a million times would take twice as long.
    return [one if one > other else other for one, other in zip(ones, others, strict=True)]  # noqa: FURB136


def _quantile(largest: Sequence[float]) -> float:
    position = math.ceil((1 - _ALPHA) * (len(largest) + 1))
    return sorted(largest)[position - 1] if position <= len(largest) else math.inf


def _sets(estimates: Sequence[float], larger: set[tuple[int, int]], higher_is_better: bool) -> list[RankSet]:
    """The rank sets; `larger` are the ordered pairs of which the first has the larger mean."""
    ahead_of = [0] * len(estimates)
    behind = [0] * len(estimates)
    for pair in larger:
        ahead, other = pair if higher_is_better else pair[::-1]
        ahead_of[ahead] += 1
        behind[other] += 1
    merits = [estimate if higher_is_better else -estimate for estimate in estimates]
    return [
        RankSet(
            estimate,
            1 + sum(other > merits[index] for other in merits),
            1 + behind[index],
            len(estimates) - ahead_of[index],
        )
        for index, estimate in enumerate(estimates)
    ]
