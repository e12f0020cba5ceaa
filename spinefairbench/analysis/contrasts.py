"""How strata differ: those of one source within each source, those of different sources as independent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, islice
from typing import ClassVar, Final, NamedTuple

from spinefairbench.analysis.estimates import NO_ESTIMATE, RATE, Bounds, Estimate, Interval, Sample
from spinefairbench.analysis.noise_floor import excess_samples
from spinefairbench.analysis.partial_means import partial_mean_of_units
from spinefairbench.analysis.result import Row
from spinefairbench.analysis.strata import UNKNOWN, Strata, Stratum
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import PairReports
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals, partition
from spinefairbench.statistics.exact import ratio, units_from_fractions
from spinefairbench.statistics.independent import independent_difference
from spinefairbench.statistics.randomization import holm_in_families, sign_flip_p_values

__all__ = ["Contrast", "ContrastRow", "contrasts", "finished", "paired_p_values", "source_means"]

_MOST_STRATA: Final = 12
_NO_COMMON_SOURCE: Final = Estimate(None, adjustment_reason="no source has usable pairs of both strata")


@dataclass(frozen=True)
class ContrastRow(Row):
    """Stratum `a` less stratum `b` of one endpoint of one model.

    `paired`: the mean over sources with both strata of the difference of the source's own means, percentile
    interval, p by source-level sign flips; else the difference of two independent means, as in
    `independent_difference`.
    `p_holm` is adjusted by Holm's method within a family: all contrasts of one model and one `by` that have a p value.
    """

    ESTIMATES: ClassVar = {"estimate": "difference"}

    model: str
    by: str
    of: str
    endpoint: str
    a: str
    b: str
    paired: bool
    n_sources: int = 0
    estimate: Estimate = NO_ESTIMATE
    p_value: float | None = None
    p_holm: float | None = None


class _Independent(NamedTuple):
    """Two samples of at least two sources each, and the range of a single value."""

    one: ClusterTotals
    other: ClusterTotals
    bounds: Bounds

    def estimated(self) -> tuple[Estimate, float]:
        """The difference of the means, and its p value."""
        found = independent_difference(*self)
        return Estimate(found.estimate, found.interval, n_sources=self.one.n + self.other.n), found.p_value


class Contrast(NamedTuple):
    """A row to finish; of a paired one, the `difference` within each source of the model that has it.

    `unit` is what that is in units of, so that values lie in [-1, 1]. Of two strata with different sources,
    `independent` has both samples, None where no interval can be given.
    """

    row: ContrastRow
    difference: Sample | None = None
    unit: int = 1
    independent: _Independent | None = None


class _Quantity(NamedTuple):
    """What is contrasted of a stratum, the range of a single value, and the values by source."""

    name: str
    bounds: Bounds
    totals: ClusterTotals | None


def contrasts(group: Strata) -> list[Contrast]:
    """Every two strata of a group that are known and have usable pairs, on each endpoint."""
    known = [stratum for stratum in group.strata if stratum.name != UNKNOWN and stratum.usable]
    if len(known) > _MOST_STRATA:
        return []
    paired = group.grouping.within_source

    def template(a: Stratum, b: Stratum) -> ContrastRow:
        return ContrastRow(group.model, group.by, group.grouping.of, "", a.name, b.name, paired)

    found: list[Contrast] = []
    if paired:
        of_endpoints = _columns([source_means(stratum.usable) for stratum in known], group.sources)
        for (at, first), (to, second) in combinations(enumerate(known), 2):
            found += [
                _paired_contrast(
                    replace(template(first, second), endpoint=endpoint.name), columns[at], columns[to], scale
                )
                for endpoint, (columns, scale) in of_endpoints.each()
            ]
    else:
        quantities = [(stratum, _quantities(stratum)) for stratum in known]
        for (first, own), (second, compared) in combinations(quantities, 2):
            found += _independent_contrasts(template(first, second), own, compared)
    return found


def source_means(usable: Sequence[PairReports]) -> dict[str, ByEndpoint[Fraction]]:
    """Each source's own mean of the two endpoints."""
    by_source = partition([pair.outcome for pair in usable], [pair.source_id for pair in usable])
    return {
        source_id: ByEndpoint.collect(
            ratio(sum(map(endpoint.value, outcomes)), len(outcomes) * endpoint.scale) for endpoint in ENDPOINTS
        )
        for source_id, outcomes in by_source.items()
    }


_Column = list[int | None]
"""The mean of each source of a model in a stratum, as a whole number of units; None where it has none."""


def _columns(
    strata: Sequence[Mapping[str, ByEndpoint[Fraction]]], sources: Sequence[str]
) -> ByEndpoint[tuple[list[_Column], int]]:
    """The column of each stratum, and what all of them are units of: those of 1/scale."""

    def of_endpoint(at: int) -> tuple[list[_Column], int]:
        # As whole numbers, thousands of means are compared in a tenth of the time.
        units, scale = units_from_fractions([means[at] for stratum in strata for means in stratum.values()])
        left = iter(units)
        by_source = [dict(zip(stratum, islice(left, len(stratum)), strict=True)) for stratum in strata]
        return [list(map(stratum.get, sources)) for stratum in by_source], scale

    return ByEndpoint.collect(map(of_endpoint, range(len(ENDPOINTS))))


def _paired_contrast(row: ContrastRow, ones: _Column, others: _Column, scale: int) -> Contrast:
    """The contrast of two strata, from the means of each of their sources in units of 1/`scale`."""
    differences = [
        None if one is None or other is None else one - other for one, other in zip(ones, others, strict=True)
    ]
    n_sources = len(differences) - differences.count(None)
    return Contrast(replace(row, n_sources=n_sources), partial_mean_of_units(differences, scale))


def _independent_contrasts(
    template: ContrastRow, ones: Sequence[_Quantity], others: Sequence[_Quantity]
) -> list[Contrast]:
    """Each quantity of two strata that hold different sources, so that nothing can be paired."""
    found = []
    for (name, bounds, one), (_, _, other) in zip(ones, others, strict=True):
        row = replace(template, endpoint=name)
        if one is None or other is None:
            found.append(
                Contrast(replace(row, estimate=Estimate(None, adjustment_reason="a stratum has no usable value")))
            )
            continue
        n_sources = one.n + other.n
        if min(one.n, other.n) < 2:
            reason = "a stratum has only one source, so no interval can be given"
            estimate = Estimate(one.estimate - other.estimate, adjustment_reason=reason, n_sources=n_sources)
            found.append(Contrast(replace(row, n_sources=n_sources, estimate=estimate)))
            continue
        found.append(Contrast(replace(row, n_sources=n_sources), independent=_Independent(one, other, bounds)))
    return found


def _quantities(stratum: Stratum) -> list[_Quantity]:
    excess = excess_samples(stratum.floors.used)
    return [
        *(_Quantity(endpoint.name, RATE, totals) for endpoint, totals in stratum.pairs.totals.each()),
        *(
            _Quantity(f"{endpoint.short_name}_excess", sample.bounds, sample.totals)
            for endpoint, sample in excess.each()
        ),
    ]


def paired_p_values(found: Sequence[Contrast], bootstrap: Bootstrap) -> dict[int, float]:
    """The p value of each paired contrast that any source has, by its place."""
    # A source without a difference is flipped like the others, to no effect: all samples then share their signs.
    flipped = {
        index: (sample.among or sample.totals).sums
        for index, contrast in enumerate(found)
        if (sample := contrast.difference) is not None and sample.totals is not None
    }
    return dict(zip(flipped, sign_flip_p_values(list(flipped.values()), bootstrap), strict=True))


def finished(
    found: Sequence[Contrast], paired_estimates: Sequence[Estimate], p_values: Mapping[int, float]
) -> list[ContrastRow]:
    """The rows with what was estimated of the paired ones, all p values, and Holm's over a model's contrasts of one breakdown.

    `p_values` are the `paired_p_values`.
    """
    rows = [contrast.row for contrast in found]
    for index, contrast in enumerate(found):
        if contrast.independent is not None:
            estimate, p_value = contrast.independent.estimated()
            rows[index] = replace(rows[index], estimate=estimate, p_value=p_value)
    paired = [index for index, row in enumerate(rows) if row.paired]
    for index, estimate in zip(paired, paired_estimates, strict=True):
        shown = _in_ones(estimate, found[index].unit) if estimate.n_sources else _NO_COMMON_SOURCE
        rows[index] = replace(rows[index], estimate=shown, p_value=p_values.get(index))
    return _with_holm(rows)


def _in_ones(estimate: Estimate, unit: int) -> Estimate:
    """An estimate that was made in units of `unit`."""

    def ends(interval: Interval | None) -> Interval | None:
        return None if interval is None else (unit * interval[0], unit * interval[1])

    value = None if estimate.value is None else unit * estimate.value
    return replace(estimate, value=value, ci95=ends(estimate.ci95), adjusted_ci95=ends(estimate.adjusted_ci95))


def _with_holm(rows: Sequence[ContrastRow]) -> list[ContrastRow]:
    adjusted = holm_in_families([row.p_value for row in rows], [(row.model, row.by) for row in rows])
    return [replace(row, p_holm=p_holm) for row, p_holm in zip(rows, adjusted, strict=True)]
