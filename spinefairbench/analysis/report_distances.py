"""How far reports lie apart on each endpoint: within one image, between two, and from a source to its edits.

All means are exact fractions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Final

from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports
from spinefairbench.statistics.exact import ratio, units_from_fractions

__all__ = [
    "BySource",
    "ReportGroup",
    "SourceReports",
    "between",
    "distance_products",
    "mean",
    "mean_change",
    "mean_distance",
    "reports_by_source",
    "within",
]

_FEW: Final = 16
"""Of so many different reports, each two are compared: most sources have no more."""


class ReportGroup:
    """Reports that others are compared with, each with all of them.

    The work does not grow with the number of reports times that of others: categories that come again are compared once,
    and thousands of different ones are counted together.
    """

    def __init__(self, reports: Sequence[ReportFeatures]) -> None:
        self.number: Final = len(reports)
        counts = Counter(reports)
        self._by_categories = ByEndpoint.of(lambda endpoint: _by_categories(endpoint, counts))
        self._distances = ByEndpoint.of(lambda endpoint: endpoint.distances(self._by_categories.at(endpoint)))
        self._moments: ByEndpoint[dict[int, tuple[int, int]]] = ByEndpoint({}, {})

    def moments(self, endpoint: Endpoint, categories: int) -> tuple[int, int]:
        """The sums of the distances, and of their squares, from a report of these categories to each of the group."""
        known = self._moments.at(endpoint)
        if categories not in known:
            found = self._distances.at(endpoint)(categories).items()
            known[categories] = (
                sum([times * distance for distance, times in found]),
                sum([times * distance * distance for distance, times in found]),
            )
        return known[categories]

    def own(self, endpoint: Endpoint) -> list[tuple[int, int, int]]:
        """How many of the group have the same categories, and their `moments`, for all the categories that there are."""
        counted = self._by_categories.at(endpoint).items()
        return [(times, *self.moments(endpoint, categories)) for categories, times in counted]

    def mean_from(self, reports: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
        """The mean distance over all pairs of one of `reports` and one of the group."""
        return ByEndpoint.of(
            lambda endpoint: Fraction(
                sum([self.moments(endpoint, endpoint.categories(report))[0] for report in reports]),
                len(reports) * self.number * endpoint.scale,
            )
        )


def _by_categories(endpoint: Endpoint, counts: Counter[ReportFeatures]) -> Counter[int]:
    found: Counter[int] = Counter()
    for report, times in counts.items():
        found[endpoint.categories(report)] += times
    return found


def within(reports: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
    """The mean distance over all unordered pairs of at least two reports, in [0, 1]."""
    counts = Counter(reports)
    number = len(reports) * (len(reports) - 1) // 2
    if len(counts) <= _FEW:
        pairs = [
            (first, second, its_count * other_count)
            for (first, its_count), (second, other_count) in combinations(counts.items(), 2)
        ]
        return mean_distance(pairs, number)
    group = ReportGroup(reports)
    return ByEndpoint.of(
        lambda endpoint: Fraction(
            sum([times * total for times, total, _ in group.own(endpoint)]), 2 * number * endpoint.scale
        )
    )


def between(first: Sequence[ReportFeatures], second: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
    """The mean distance over all pairs of a report of the one and a report of the other sequence."""
    return ReportGroup(first).mean_from(second)


def mean_distance(pairs: Sequence[tuple[ReportFeatures, ReportFeatures, int]], number: int) -> ByEndpoint[Fraction]:
    """The mean over `number` pairs of reports, given as distinct ones with how often each occurs."""
    return ByEndpoint.of(
        lambda endpoint: ratio(
            sum([times * endpoint.distance(first, second) for first, second, times in pairs]), number * endpoint.scale
        )
    )


def mean_change(pairs: Sequence[PairReports]) -> ByEndpoint[Fraction]:
    """The mean distance between the two reports of a pair, over at least one usable pair."""

    # What a pair comes to is known: it is the distance, or the agreement of which the distance is the rest.
    def mean_of(endpoint: Endpoint) -> Fraction:
        total, whole = sum([endpoint.value(pair.outcome) for pair in pairs]), len(pairs) * endpoint.scale
        return ratio(whole - total if endpoint.higher_is_better else total, whole)

    return ByEndpoint.of(mean_of)


def distance_products(reports: Sequence[ReportFeatures]) -> ByEndpoint[tuple[Fraction, Fraction, Fraction]]:
    """What at least four reports on one image tell of the spread of their distances.

    The means of the square of a distance, of the product of two distances that share a report, and of the product of
    two that do not, over all choices of reports.
    """
    number = len(reports)
    group = ReportGroup(reports)

    def products(endpoint: Endpoint) -> tuple[Fraction, Fraction, Fraction]:
        own = group.own(endpoint)
        total = sum(times * each for times, each, _ in own)
        # Of ordered pairs of reports.
        squares = sum(times * each for times, _, each in own)
        sharing = sum(times * each * each for times, each, _ in own) - squares
        apart = total * total - 4 * sharing - 2 * squares
        ways = number * (number - 1)
        unit = endpoint.scale**2
        return (
            Fraction(squares, ways * unit),
            Fraction(sharing, ways * (number - 2) * unit),
            Fraction(apart, ways * (number - 2) * (number - 3) * unit),
        )

    return ByEndpoint.of(products)


class SourceReports:
    """What was reported on the images of one source; of repeated reports, the usable ones."""

    def __init__(self) -> None:
        self.pairs: list[PairReports] = []
        self.source_reports: list[ReportFeatures] = []
        self.edited_repeats: dict[str, list[ReportFeatures]] = {}

    @cached_property
    def repeated(self) -> ByEndpoint[Fraction]:
        """The mean distance of its reports on the unedited image, of which there are at least two."""
        return within(self.source_reports)


BySource = Mapping[str, SourceReports]
"""What a model reported on each source, by source_id, sorted."""


def reports_by_source(model: ModelReports) -> BySource:
    """What a model reported on each source."""
    sources: dict[str, SourceReports] = {}
    for pair in model.pairs:
        source = sources.get(pair.source_id)
        if source is None:
            source = sources[pair.source_id] = SourceReports()
        source.pairs.append(pair)
        if pair.source.usable:
            source.source_reports.append(pair.source)
    for entry in model.repeats:
        source = sources.setdefault(entry.source_id, SourceReports())
        usable = [report for report in entry.reports if report.usable]
        if entry.role == SOURCE_ROLE:
            source.source_reports += usable
        else:
            source.edited_repeats.setdefault(entry.pair_id, []).extend(usable)
    return dict(sorted(sources.items()))


def mean(values: Sequence[Fraction]) -> Fraction:
    """The exact mean of at least one value."""
    units, scale = units_from_fractions(values)
    return Fraction(sum(units), len(units) * scale)
