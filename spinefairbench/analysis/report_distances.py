"""How far reports lie apart on each endpoint: within one image, between two, and from a source to its edits.

All means are exact fractions.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product

from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports

__all__ = ["SourceReports", "between", "distance_products", "mean", "mean_distance", "reports_by_source", "within"]


def within(reports: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
    """The mean distance over all unordered pairs of at least two reports, in [0, 1]."""
    # Counted by what the reports say: thousands of repeats of a few distinct reports stay cheap.
    pairs = [
        (first, second, its_count * other_count)
        for (first, its_count), (second, other_count) in combinations(Counter(reports).items(), 2)
    ]
    return mean_distance(pairs, len(reports) * (len(reports) - 1) // 2)


def between(first: Sequence[ReportFeatures], second: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
    """The mean distance over all pairs of a report of the one and a report of the other sequence."""
    pairs = [
        (one, other, its_count * other_count)
        for (one, its_count), (other, other_count) in product(Counter(first).items(), Counter(second).items())
    ]
    return mean_distance(pairs, len(first) * len(second))


def mean_distance(pairs: Sequence[tuple[ReportFeatures, ReportFeatures, int]], number: int) -> ByEndpoint[Fraction]:
    """The mean over `number` pairs of reports, given as distinct ones with how often each occurs."""
    return ByEndpoint.of(
        lambda endpoint: Fraction(
            sum([times * endpoint.distance(first, second) for first, second, times in pairs]), number * endpoint.scale
        )
    )


def distance_products(reports: Sequence[ReportFeatures]) -> ByEndpoint[tuple[Fraction, Fraction, Fraction]]:
    """What at least four reports on one image tell of the spread of their distances.

    The means of the square of a distance, of the product of two distances that share a report, and of the product of
    two that do not, over all choices of reports.
    """
    counts = list(Counter(reports).items())
    number = len(reports)

    def products(endpoint: Endpoint) -> tuple[Fraction, Fraction, Fraction]:
        rows = [[times * endpoint.distance(report, other) for other, times in counts] for report, _ in counts]
        own = [sum(row) for row in rows]
        total = sum(times * each for (_, times), each in zip(counts, own, strict=True))
        # Of ordered pairs of reports.
        squares = sum(
            times * each * each // its_times
            for (_, times), row in zip(counts, rows, strict=True)
            for (_, its_times), each in zip(counts, row, strict=True)
        )
        sharing = sum(times * each * each for (_, times), each in zip(counts, own, strict=True)) - squares
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


def reports_by_source(model: ModelReports) -> dict[str, SourceReports]:
    """What a model reported on each source, sources sorted by id."""
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
    return sum(values, Fraction(0)) / len(values)
