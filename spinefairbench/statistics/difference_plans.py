"""Plans for an excess and for the paired difference of two models, from the data of a pilot."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.statistics.affected import ENOUGH_AFFECTED
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.power import few_carry, unplannable
from spinefairbench.statistics.superposition import MOST_ALIKE, DifferencePlan, Layout, Reaction, moved_third
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["NoiseMoments", "excess_plan", "paired_plan"]

# The observed share of what is free beyond which the spread without an effect cannot be told from the one observed.
_OBSERVED_FREE: Final = 0.6


class NoiseMoments(NamedTuple):
    """The distance of two reports on one image, over sources: what repeated reports tell of their variation.

    `mean` of a distance and of its square, of the product of two distances that share a report, and of two that do not.
    """

    mean: float
    square: float
    sharing: float
    apart: float


def excess_plan(
    changed: ClusterTotals,
    repeated: ClusterTotals,
    excess: ClusterTotals,
    noise: NoiseMoments | None,
    pairs: Sequence[int],
    reports: Sequence[int],
    *,
    size: float,
) -> DifferencePlan | str:
    """The plan for an excess T - F, or the reason why there is none.

    `changed`, `repeated` and `excess` are T, F and T - F, one value a source; `pairs` and `reports` how many pairs and
    reports on the unedited image each source has; `noise` is from sources with at least four reports, None where there
    are too few. `size` is the mean square of the distance of a pair over its mean, 1 for values of 0 or 1.

    Given a source, T has the variance s/pairs, F s/m + 4(reports - 2)/(reports·(reports - 1))·g with m = reports·
    (reports - 1)/2, and their covariance is 2g/reports, in which s is the variance of a distance and g the covariance
    of two that share a report; so T - F has s·(1/pairs + 1/m) - 2g/m. Source of the second: W. Hoeffding, "A class of
    statistics with asymptotically normal distribution", Annals of Mathematical Statistics 19(3), 1948.
    """
    if reason := unplannable(excess):
        return reason
    n = excess.n
    layout = Layout(sum(1 / each for each in pairs) / n, sum(1 - 1 / each for each in pairs) / n)
    base, mean = repeated.estimate, changed.estimate
    if base == 0:
        return _deterministic(changed, layout, size)
    if noise is None:
        return (
            f"repeated reports differ, and fewer than {ENOUGH_AFFECTED} sources have the four reports on the unedited "
            "image that tell by how much"
        )
    if base >= 1 or mean - base > _OBSERVED_FREE * (1 - base):
        return "T leaves too little room above F"
    if not any(total < 0 for total in excess.sums):
        return "repeated reports differ, but no source changes less than its own repeats, so their share is unknown"
    spread = max(0.0, noise.square - noise.apart)
    shared = max(0.0, noise.sharing - noise.apart)
    between = max(0.0, noise.apart - noise.mean**2)
    per_source = [(1 / own, 2 / (each * (each - 1)), 1 / each) for own, each in zip(pairs, reports, strict=True)]
    per_pair, per_couple, per_report = (sum(column) / n for column in zip(*per_source, strict=True))
    size_of_noise = noise.square / noise.mean if noise.mean else 1.0
    alike = _alike(base, mean, _correlation(changed, layout, size_of_noise))
    return _plan(
        excess,
        changed,
        Reaction(base, layout, size_of_noise, alike, (1 - noise.mean) ** 2 + between, certain=False),
        still=max(0.0, spread * (per_pair + per_couple) - 2 * shared * per_couple),
        mean_spread=between + spread * per_pair,
        not_shared=spread * per_pair - 2 * shared * per_report,
        seen=max(0.0, mean - base),
    )


def paired_plan(first: ClusterTotals, second: ClusterTotals, difference: ClusterTotals) -> DifferencePlan | str:
    """The plan for a paired difference of two means, or the reason why there is none.

    The effect is laid over the model with the smaller mean, or, where the two means are above 0.5 on average, taken from
    the one with the larger mean: toward 0.5, the harder direction. What of the observed difference is noise, by its
    variance, counts as no difference.
    """
    if reason := unplannable(difference):
        return reason
    if difference.estimate < 0:
        first, second = second, first
        difference = ClusterTotals(tuple(-total for total in difference.sums), difference.counts, difference.scale)
    if first.estimate + second.estimate > 1:
        first, second = _mirrored(second), _mirrored(first)
    n, values = difference.n, difference.n_values
    layout = Layout(n / values, n * sum(count * (count - 1) for count in difference.counts) / values**2)
    if second.estimate == 0:
        return _deterministic(first, layout, _size(first))
    upper, lower, error = (clustered_mean(each).standard_error or 0.0 for each in (first, second, difference))
    gap = difference.estimate
    real = max(0.0, 1 - (error / gap) ** 2) if gap else 0.0
    middle = (first.estimate + second.estimate) / 2
    mean, base = middle + real * gap / 2, middle - real * gap / 2
    variances = n * upper**2, n * lower**2
    covariance = (sum(variances) - n * error**2) / 2
    evened = (1 - real) * (variances[0] - variances[1]) / 2
    of_mean, of_base = variances[0] - evened, variances[1] + evened
    if mean - base > _OBSERVED_FREE * (1 - base):
        return "the two models differ too much to tell how much they would vary if they did not"
    if not any(total < 0 for total in difference.sums) or not any(total > 0 for total in difference.sums):
        return "all sources differ to the same side"
    size = _size(first)
    alike = _alike(base, mean, _intraclass(of_mean, mean, layout, size))
    reaction = Reaction(base, layout, size, alike, (1 - base) * (1 - base + alike * base), certain=True)
    share = reaction.share(mean - base)
    mean_spread = max(0.0, of_mean - reaction.variance(mean - base)) / (1 - share) ** 2
    together = covariance / (1 - share)
    return _plan(
        difference,
        first,
        reaction,
        still=max(0.0, mean_spread + of_base - 2 * together),
        mean_spread=mean_spread,
        not_shared=mean_spread - together,
        seen=mean - base,
    )


def _mirrored(totals: ClusterTotals) -> ClusterTotals:
    """The values' distances from 1."""
    scale, squares = totals.scale, totals.sum_of_squares
    sums = tuple(count * scale - total for total, count in zip(totals.sums, totals.counts, strict=True))
    if squares is not None:
        squares += totals.n_values * scale**2 - 2 * scale * sum(totals.sums)
    return ClusterTotals(sums, totals.counts, scale, sum_of_squares=squares)


def _deterministic(changed: ClusterTotals, layout: Layout, size: float) -> DifferencePlan | str:
    """The plan for a mean of values that are 0 without an effect; `size` is that of a value that is not 0."""
    mean = changed.estimate
    affected = sum(map(bool, changed.sums))
    if mean >= 1 or affected < ENOUGH_AFFECTED:
        return _few_affected(affected)
    reaction = Reaction(0.0, layout, size, _correlation(changed, layout, size), 1.0, certain=True)
    silent = max(0.1, 1 - affected / changed.n)
    expected = max(0.1, reaction.none(reaction.pairs(mean)))
    return DifferencePlan(
        reaction,
        still=0.0,
        mean_spread=0.0,
        not_shared=0.0,
        still_third=0.0,
        skewing=0.0,
        still_affected=0.0,
        more_affected=math.log(silent) / math.log(expected),
        one_sided=True,
        pilot_sources=changed.n,
    )


def _plan(
    difference: ClusterTotals,
    mean: ClusterTotals,
    reaction: Reaction,
    *,
    still: float,
    mean_spread: float,
    not_shared: float,
    seen: float,
) -> DifferencePlan | str:
    n = difference.n
    affected = sum(map(bool, difference.sums))
    if affected < ENOUGH_AFFECTED:
        return _few_affected(affected)
    if reason := few_carry(difference, affected):
        return reason
    reacting = reaction.none(reaction.pairs(seen))
    skewing = _moment(difference, difference, mean)
    return DifferencePlan(
        reaction,
        still,
        mean_spread,
        not_shared,
        _moment(difference, difference, difference) - moved_third(reaction, seen, skewing, not_shared),
        skewing,
        max(0.0, 1 - (1 - affected / n) / max(reacting, 1e-9)),
        1.0,
        one_sided=False,
        pilot_sources=n,
    )


def _few_affected(affected: int) -> str:
    return f"only {affected} sources differ from 0 (fewer than {ENOUGH_AFFECTED})"


def _moment(*variables: ClusterTotals) -> float:
    """The mean product of three deviations of a source's mean, by linearization as in `clustered_mean`."""
    columns = []
    for totals in variables:
        mean, average = totals.estimate, totals.n_values / totals.n
        columns.append(
            [
                (total / totals.scale - mean * count) / average
                for total, count in zip(totals.sums, totals.counts, strict=True)
            ]
        )
    n = variables[0].n
    return math.fsum(map(math.prod, zip(*columns, strict=True))) * n / ((n - 1) * (n - 2))


def _size(totals: ClusterTotals) -> float:
    """The variance of a value over that of a value of 0 or 1 with the same mean; 1 where it is not known."""
    error, spread = clustered_mean(totals).independent_standard_error, totals.estimate * (1 - totals.estimate)
    return error**2 * totals.n_values / spread if error and spread > 0 else 1.0


def _correlation(totals: ClusterTotals, layout: Layout, size: float) -> float:
    error = clustered_mean(totals).standard_error or 0.0
    return _intraclass(totals.n * error**2, totals.estimate, layout, size)


def _intraclass(variance: float, mean: float, layout: Layout, size: float) -> float:
    """The correlation of values within a source, in [0, 1], from the variance of a source's mean."""
    spread = mean * (1 - mean) * size
    if spread <= 0 or layout.shared <= 0:
        return 0.0
    return max(0.0, min(1.0, (variance / spread - layout.own) / layout.shared))


def _alike(base: float, mean: float, seen: float) -> float:
    """The correlation that variation and reaction have, if it is the same, and together they have the one seen.

    With odds x of varying and y of reacting, 1 + seen·(x + y + xy) = (1 + r·x)·(1 + r·y) for the correlation r.
    """
    varying = base / (1 - base)
    share = max(0.0, min(MOST_ALIKE, (mean - base) / (1 - base)))
    reacting = share / (1 - share)
    both = varying + reacting
    right = seen * (both + varying * reacting)
    if right <= 0:
        return 0.0
    return min(1.0, 2 * right / (both + math.sqrt(both * both + 4 * varying * reacting * right)))
