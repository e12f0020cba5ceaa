"""Simultaneous confidence sets for the ranks of models.

For every ordered pair of models, test the hypothesis that the first is no better than the second, all simultaneously. A
model's best possible rank is one more than the number of models shown to be better than it. Its worst possible rank is
the number of models minus the number of those it is shown to be better than.

Source: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for Ranks with Applications to Mobility across
Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91(1), 2024, section 3.
"""

import math
from array import array
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap, bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import paired_difference
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["RankSet", "rank_sets"]


class RankSet(NamedTuple):
    """A model's rank (1 is best) and its confidence set, the ranks from `best_rank` to `worst_rank`.

    `rank` is that of the estimate; tied models share the better rank.
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
    """The studentized difference of two models, and its bootstrap replicates, centered at 0."""

    studentised: float
    replicates: "array[float]"


def rank_sets(
    samples: Sequence[ClusterTotals],
    *,
    higher_is_better: bool,
    alpha: float = 0.05,
    bootstrap: Bootstrap = FROZEN,
    replicates: Sequence[Sequence[float]] | None = None,
) -> list[RankSet]:
    """The confidence set of each model's rank; all contain the true ranks simultaneously with probability 1 - alpha.

    `samples` are the models on the same pairs of the same sources. The critical value is the bootstrap quantile of the
    largest studentized difference, with whole sources resampled. The tests are stepped down: pairs that have been
    separated are left out, and the rest are tested again. We deviate from the paper by dividing the resampled
    differences by the (clustered, linearized) standard error of the sample and not of each resample. If a difference is
    the same in all sources, there is no standard error; the two models are then separated if a sign test,
    Bonferroni-corrected for all ordered pairs, separates them. `replicates` are those of `bootstrap_replicates` for the
    samples, if they have been computed already.

    Source: J. P. Romano and M. Wolf, JASA 100, 2005, for the step-down method. Raises ValueError for no sample, for an
    alpha outside (0, 1), and as `paired_difference` does.
    """
    if not samples:
        raise ValueError("there is no model to rank")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, got {alpha}")
    differences = {
        pair: paired_difference(samples[pair[0]], samples[pair[1]]) for pair in combinations(range(len(samples)), 2)
    }
    if replicates is None:
        replicates = bootstrap_replicates(samples, bootstrap)
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
    """{pair shown to differ: whether its first member is shown to be the larger}."""
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
    """The 1 - alpha quantile of the largest resampled difference, rounded up to an order statistic.

    Infinite if there are too few resamples for such a quantile.
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
