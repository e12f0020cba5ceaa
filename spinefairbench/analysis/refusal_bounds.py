"""What the pairs without a usable report could make of an endpoint: its worst- and best-case bounds over all pairs.

Nothing is assumed of the missing values but their range. Source: C. F. Manski, "Nonparametric bounds on treatment
effects", American Economic Review 80(2), 1990.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, Estimate, Interval, Sample
from spinefairbench.bundle.pair_ids import parts_of, source_of
from spinefairbench.metrics.endpoint import Endpoint
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.statistics.clusters import Clusters, ClusterTotals

__all__ = ["Ends", "ExpectedPairs", "bounds_of", "contrast_ends", "ends_of", "outer_interval", "within_source"]


class ExpectedPairs(NamedTuple):
    """The pairs that a model was to report on; `unnamed` more are known by number only."""

    ids: frozenset[str]
    unnamed: int = 0

    @classmethod
    def of(cls, models: Iterable[ModelReports], ids: Iterable[str] | None = None) -> "ExpectedPairs":
        """These pairs, or those that the models report on where None."""
        return cls(
            frozenset(pair.pair_id for model in models for pair in model.pairs) if ids is None else frozenset(ids)
        )

    @property
    def number(self) -> int:
        """How many they are."""
        return len(self.ids) + self.unnamed


@dataclass(frozen=True)
class Ends:
    """A sample whose missing values are all at the lower end of their range, and the one with all at the upper end."""

    lower: Sample
    upper: Sample

    @property
    def samples(self) -> tuple[Sample, Sample]:
        """Both, the lower one first."""
        return self.lower, self.upper


def ends_of(endpoint: Endpoint, model: ModelReports, expected: ExpectedPairs) -> Ends:
    """An endpoint over all expected pairs that are known by name."""
    values = _values(endpoint, model, expected)
    clusters = Clusters([source_of(pair_id) for pair_id in values]) if values else None

    def filled(missing: int) -> Sample:
        units = [missing if value is None else value for value in values.values()]
        return Sample(clusters.totals(units, endpoint.scale) if clusters else None)

    return Ends(filled(0), filled(endpoint.scale))


def bounds_of(ends: Ends, unnamed: int) -> Interval | None:
    """The bounds of a mean in [0, 1] with `unnamed` more missing values; None where no pair is expected.

    Lower = (sum over usable pairs)/expected, upper = (that sum + missing)/expected.
    """
    lower, upper = ends.lower.totals, ends.upper.totals
    if lower is None or upper is None:
        return (0.0, 1.0) if unnamed else None
    unit = (lower.n_values + unnamed) * lower.scale
    return sum(lower.sums) / unit, (sum(upper.sums) + unnamed * upper.scale) / unit


def outer_interval(lower: Estimate, upper: Estimate) -> Interval | None:
    """From the lower limit of the 95% interval of the lower bound to the upper limit of that of the upper bound.

    Each is the adjusted interval where one is called for. It contains every value between the bounds at least as often
    as the two intervals contain theirs. It is longer than the one of G. W. Imbens and C. F. Manski, "Confidence
    intervals for partially identified parameters", Econometrica 72(6), 2004, which needs a normal approximation. None
    where an end has no interval.
    """
    low, high = lower.judged_ci95, upper.judged_ci95
    return None if low is None or high is None else (low[0], high[1])


def contrast_ends(endpoint: Endpoint, model: ModelReports, expected: ExpectedPairs, first: str, second: str) -> Ends:
    """The endpoint of the edits that ask for `first` less that of those that ask for `second`, within sources."""
    values = _values(endpoint, model, expected)

    def filled(missing_first: int, missing_second: int) -> Sample:
        missing = {first: missing_first, second: missing_second}
        units = (
            (source_id, asked, Fraction(missing[asked] if value is None else value, endpoint.scale))
            for pair_id, value in values.items()
            for source_id, edit in (parts_of(pair_id),)
            for asked in edit.split("_")
            if asked in missing
        )
        return within_source(units, first, second)

    return Ends(filled(0, endpoint.scale), filled(endpoint.scale, 0))


def within_source(values: Iterable[tuple[str, str, Fraction]], first: str, second: str) -> Sample:
    """The difference of the two means of each source that has values of both; values are (source, asked, value)."""
    parts: Mapping[str, dict[str, list[Fraction]]] = defaultdict(lambda: {first: [], second: []})
    for source_id, asked, value in values:
        parts[source_id][asked].append(value)
    differences = {
        source_id: _mean(given[first]) - _mean(given[second])
        for source_id, given in parts.items()
        if given[first] and given[second]
    }
    if not differences:
        return Sample(None, DIFFERENCE)
    return Sample(ClusterTotals.from_fractions(list(differences.values()), list(differences)), DIFFERENCE)


def _values(endpoint: Endpoint, model: ModelReports, expected: ExpectedPairs) -> dict[str, int | None]:
    """{pair: its value in units of the endpoint, None where it has none}, of all expected pairs."""
    reported: Mapping[str, PairReports] = {pair.pair_id: pair for pair in model.usable}
    return {
        pair_id: endpoint.value(reported[pair_id].outcome) if pair_id in reported else None
        for pair_id in sorted(expected.ids)
    }


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
