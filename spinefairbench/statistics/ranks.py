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
from typing import Final, NamedTuple

from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import paired_difference
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["RankSet", "rank_sets"]

_ALPHA: Final = 0.05


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
    """The studentized difference of one model from another, and its bootstrap replicates, centered at 0."""

    studentised: float
    replicates: "array[float]"


def rank_sets(
    samples: Sequence[ClusterTotals], replicates: Sequence[Sequence[float]], *, higher_is_better: bool
) -> list[RankSet]:
    """The confidence set of each model's rank; all contain the true ranks simultaneously with probability 95%.

    `samples` are the models on the same pairs of the same sources, `replicates` what `bootstrap_replicates` returns for
    them. The critical value is the bootstrap quantile of the largest studentized difference, with whole sources
    resampled. The tests are stepped down: pairs that have been separated are left out, and the rest are tested again.
    We deviate from the paper by dividing the resampled differences by the (clustered, linearized) standard error of the
    sample and not of each resample. If a difference is the same in all sources, there is no standard error; the two
    models are then separated if a sign test, Bonferroni-corrected for all ordered pairs, separates them.

    Source: J. P. Romano and M. Wolf, JASA 100, 2005, for the step-down method. Raises ValueError for no sample, and as
    `paired_difference` does.
    """
    if not samples:
        raise ValueError("there is no model to rank")
    gaps: dict[tuple[int, int], _Gap] = {}
    larger: set[tuple[int, int]] = set()
    for first, second in combinations(range(len(samples)), 2):
        difference = paired_difference(samples[first], samples[second])
        mean = clustered_mean(difference)
        if mean.standard_error:
            centred = array(
                "d",
                (
                    (one - other - mean.estimate) / mean.standard_error
                    for one, other in zip(replicates[first], replicates[second], strict=True)
                ),
            )
            studentised = mean.estimate / mean.standard_error
            gaps[first, second] = _Gap(studentised, centred)
            gaps[second, first] = _Gap(-studentised, array("d", (-value for value in centred)))
        elif mean.estimate and 2.0**-difference.n * len(samples) * (len(samples) - 1) <= _ALPHA:
            larger.add((first, second) if mean.estimate > 0 else (second, first))
    larger |= _step_down(gaps)
    return _sets([sample.estimate for sample in samples], larger, higher_is_better)


def _step_down(gaps: dict[tuple[int, int], _Gap]) -> set[tuple[int, int]]:
    """The ordered pairs of which the first model is shown to have the larger mean."""
    waiting = set(gaps)
    shown: set[tuple[int, int]] = set()
    while waiting:
        critical = _critical_value([gaps[pair].replicates for pair in waiting])
        rejected = {pair for pair in waiting if gaps[pair].studentised > critical}
        if not rejected:
            break
        waiting -= rejected
        shown |= rejected
    return shown


def _critical_value(columns: Sequence["array[float]"]) -> float:
    """The 95% quantile of the largest resampled difference, rounded up to an order statistic.

    Infinite if there are too few resamples for such a quantile.
    """
    largest = sorted(max(row) for row in zip(*columns, strict=True))
    position = math.ceil((1 - _ALPHA) * (len(largest) + 1))
    return largest[position - 1] if position <= len(largest) else math.inf


def _sets(estimates: Sequence[float], larger: set[tuple[int, int]], higher_is_better: bool) -> list[RankSet]:
    """The rank sets; `larger` are the ordered pairs of which the first has the larger mean."""
    better_than = [0] * len(estimates)
    worse_than = [0] * len(estimates)
    for pair in larger:
        better, worse = pair if higher_is_better else pair[::-1]
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
