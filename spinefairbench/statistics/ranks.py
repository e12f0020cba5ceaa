"""Simultaneous confidence sets for the ranks of models.

M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for Ranks with Applications to Mobility
across Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91(1), 2024,
section 3: test for every ordered pair of models that the first is no better than the second, all at once; a
model's best possible rank is one more than the number of models shown to be better than it, its worst
possible rank is the number of models less those it is shown to be better than.
"""

import math
from array import array
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from spinefairbench.statistics.bootstrap import Progress, bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import paired_difference
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["RankSet", "rank_sets"]


class RankSet(NamedTuple):
    """A model's rank (1 is best) and the ranks it may truly have.

    `rank` orders the estimates, ties sharing the better rank. `not_separated_from_best` says whether 1 is
    among the ranks it may have.
    """

    estimate: float
    rank: int
    best_rank: int
    worst_rank: int

    @property
    def not_separated_from_best(self) -> bool:
        """Whether the model may be the best one."""
        return self.best_rank == 1


class _Gap(NamedTuple):
    """What is known of the difference of two models."""

    studentised: float
    replicates: "array[float]"


def rank_sets(
    samples: Sequence[ClusterTotals],
    *,
    higher_is_better: bool,
    alpha: float = 0.05,
    iterations: int = 10_000,
    seed: int = 42,
    progress: Progress | None = None,
    replicates: Sequence[Sequence[float]] | None = None,
) -> list[RankSet]:
    """For each model, the set of ranks; all sets hold the true ranks at once with probability 1 - alpha.

    `samples` are the models on the same pairs of the same sources. The critical value is the bootstrap
    quantile of the largest studentised difference, sources being resampled, and the tests are stepped down
    (J. P. Romano and M. Wolf, JASA 100, 2005): pairs once separated are left out and the rest tested anew.
    We depart from the paper in dividing the resampled differences by the standard error of the sample
    (clustered, linearised) and not by one of each resample. Where a difference is the same in all sources
    there is no standard error; the two are then separated when a sign test, Bonferroni-corrected for all
    ordered pairs, does so. `replicates` are those of `bootstrap_replicates` for the samples, where they are
    at hand already.

    Raises ValueError for no sample, an alpha outside (0, 1), and as `paired_difference`.
    """
    if not samples:
        raise ValueError("there is no model to rank")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, got {alpha}")
    differences = {
        pair: paired_difference(samples[pair[0]], samples[pair[1]]) for pair in combinations(range(len(samples)), 2)
    }
    if replicates is None:
        replicates = bootstrap_replicates(samples, iterations=iterations, seed=seed, progress=progress)
    gaps = {}
    separated: dict[tuple[int, int], bool] = {}
    for (first, second), difference in differences.items():
        mean = clustered_mean(difference)
        if mean.standard_error:
            centred = array(
                "d",
                (
                    (one - other - mean.estimate) / mean.standard_error
                    for one, other in zip(replicates[first], replicates[second], strict=True)
                ),
            )
            gaps[first, second] = _Gap(mean.estimate / mean.standard_error, centred)
        elif mean.estimate and 2.0**-difference.n * len(samples) * (len(samples) - 1) <= alpha:
            separated[first, second] = mean.estimate > 0
    separated.update(_step_down(gaps, alpha))
    return _sets([sample.estimate for sample in samples], separated, higher_is_better)


def _step_down(gaps: dict[tuple[int, int], _Gap], alpha: float) -> dict[tuple[int, int], bool]:
    """The pairs shown to differ, and whether the first of each is shown to be the larger."""
    waiting = {(pair, sign) for pair in gaps for sign in (1, -1)}
    shown: dict[tuple[int, int], bool] = {}
    while waiting:
        critical = _critical_value([(gaps[pair], sign) for pair, sign in waiting], alpha)
        rejected = {(pair, sign) for pair, sign in waiting if sign * gaps[pair].studentised > critical}
        if not rejected:
            break
        waiting -= rejected
        shown.update((pair, sign > 0) for pair, sign in rejected)
    return shown


def _critical_value(hypotheses: Sequence[tuple[_Gap, int]], alpha: float) -> float:
    """The 1 - alpha quantile, rounded up to an order statistic, of the largest of the resampled differences.

    Infinite where there are too few resamples to have such a quantile.
    """
    columns = [
        gap.replicates if sign > 0 else array("d", (-value for value in gap.replicates)) for gap, sign in hypotheses
    ]
    largest = sorted(max(row) for row in zip(*columns, strict=True))
    position = math.ceil((1 - alpha) * (len(largest) + 1))
    return largest[position - 1] if position <= len(largest) else math.inf


def _sets(estimates: Sequence[float], separated: dict[tuple[int, int], bool], higher_is_better: bool) -> list[RankSet]:
    better_than = [0] * len(estimates)
    worse_than = [0] * len(estimates)
    for (first, second), first_is_larger in separated.items():
        better, worse = (first, second) if first_is_larger == higher_is_better else (second, first)
        better_than[better] += 1
        worse_than[worse] += 1
    merits = [estimate if higher_is_better else -estimate for estimate in estimates]
    return [
        RankSet(
            estimate,
            1 + sum(other > merits[index] for other in merits),
            1 + worse_than[index],
            len(estimates) - better_than[index],
        )
        for index, estimate in enumerate(estimates)
    ]
