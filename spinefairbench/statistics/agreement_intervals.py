"""Intervals for the agreement between raters that reflect which subjects were drawn; the raters are taken as fixed."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.statistics.agreement import RatingCounts
from spinefairbench.statistics.clusters import partition
from spinefairbench.statistics.distributions import student_t_quantile
from spinefairbench.statistics.ratios import IntervalOrReason

__all__ = ["AgreementIntervals", "agreement_intervals"]

# Where fewer clusters than these carry the information, the coverage of the intervals falls below 0.93; kappa's above
# all, whose chance agreement hangs on how often the rarer categories were chosen.
_FEWEST_CLUSTERS: Final = 50
_FEWEST_DISAGREEING: Final = 10
_FEWEST_AGREEING_ON_RARER: Final = 20


class AgreementIntervals(NamedTuple):
    """The 95% intervals of Fleiss' kappa and of Gwet's AC1, or why there is none."""

    fleiss_kappa: IntervalOrReason
    gwet_ac1: IntervalOrReason


class _Counts(NamedTuple):
    """What both coefficients are computed from: disagreeing and all pairs of raters, and each category's ratings."""

    disagreements: int
    comparisons: int
    by_category: tuple[int, ...]

    def without(self, other: "_Counts") -> "_Counts":
        left = tuple(all_ - its for all_, its in zip(self.by_category, other.by_category, strict=True))
        return _Counts(self.disagreements - other.disagreements, self.comparisons - other.comparisons, left)

    @property
    def logarithms(self) -> tuple[float, float]:
        """ln(1 - kappa) and ln(1 - AC1): the observed disagreement as a share of the one that chance would give."""
        total = sum(self.by_category)
        by_chance = 1 - sum(count * count for count in self.by_category) / total**2
        observed = math.log(self.disagreements / self.comparisons)
        return (
            observed - math.log(by_chance),
            observed - math.log(1 - by_chance / (len(self.by_category) - 1)),
        )


def agreement_intervals(table: RatingCounts, cluster_ids: Sequence[str]) -> AgreementIntervals:
    """Intervals for the coefficients of `agreement`, which checks the table; `cluster_ids` has the cluster of each row.

    Each is a t interval on the scale of ln(1 - coefficient), so that it cannot pass 1, with the variance of the
    jackknife that leaves out one cluster at a time: B. Efron and C. Stein, "The jackknife estimate of variance",
    Annals of Statistics 9(3), 1981. No interval is given where too few clusters tell how far subjects differ. Raises
    ValueError as `partition` does.
    """
    clusters = list(partition(table, cluster_ids).values())
    reason = _too_few(clusters)
    if reason is not None:
        return AgreementIntervals(IntervalOrReason(None, reason), IntervalOrReason(None, reason))
    parts = [_counts(rows) for rows in clusters]
    whole = _counts(table)
    left_out = [whole.without(part).logarithms for part in parts]
    kappa, ac1 = (
        _interval(full, jackknifed)
        for full, jackknifed in zip(whole.logarithms, zip(*left_out, strict=True), strict=True)
    )
    reason = _too_few_for_kappa(clusters, whole)
    return AgreementIntervals(IntervalOrReason(None, reason) if reason else kappa, ac1)


def _interval(full: float, left_out: Sequence[float]) -> IntervalOrReason:
    n = len(left_out)
    mean = math.fsum(left_out) / n
    error = math.sqrt((n - 1) / n * math.fsum((each - mean) ** 2 for each in left_out))
    reach = student_t_quantile(0.975, n - 1) * error
    return IntervalOrReason((max(-1.0, 1 - math.exp(full + reach)), 1 - math.exp(full - reach)))


def _counts(rows: RatingCounts) -> _Counts:
    raters = sum(rows[0])
    comparisons = len(rows) * raters * (raters - 1) // 2
    agreements = sum(count * (count - 1) // 2 for row in rows for count in row)
    return _Counts(comparisons - agreements, comparisons, tuple(map(sum, zip(*rows, strict=True))))


def _too_few(clusters: Sequence[RatingCounts]) -> str | None:
    n = len(clusters)
    if n < _FEWEST_CLUSTERS:
        return f"there are only {n} sources (an interval needs {_FEWEST_CLUSTERS})"
    disagreeing = sum(any(sum(map(bool, row)) > 1 for row in rows) for rows in clusters)
    if disagreeing < _FEWEST_DISAGREEING:
        return f"the readers disagree on only {disagreeing} of {n} sources (an interval needs {_FEWEST_DISAGREEING})"
    return None


def _too_few_for_kappa(clusters: Sequence[RatingCounts], whole: _Counts) -> str | None:
    most_common = whole.by_category.index(max(whole.by_category))
    agreeing = sum(
        any(count > 1 for row in rows for at, count in enumerate(row) if at != most_common) for rows in clusters
    )
    if agreeing >= _FEWEST_AGREEING_ON_RARER:
        return None
    return (
        f"two readers agree on another answer than the most common one for only {agreeing} of {len(clusters)} sources "
        f"(an interval of kappa needs {_FEWEST_AGREEING_ON_RARER})"
    )
