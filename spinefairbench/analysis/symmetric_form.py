"""The symmetric form of the excess, for models whose edited images were reported repeatedly too.

With T between, F_S within a source and F_E within its edits, the excess T - F_S is the symmetric form plus half of
F_E - F_S. So the excess can be 0 or negative although the edit changed what is said: where it makes reports vary less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, Estimate, Request, Sample, in_endpoint_pairs
from spinefairbench.analysis.report_distances import between, mean, reports_by_source, within
from spinefairbench.analysis.result import Row, plain
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["SymmetricEndpoint", "SymmetricForm", "symmetric_request"]


@dataclass(frozen=True)
class SymmetricEndpoint(Row):
    """E d(S,E) - half E d(S,S') - half E d(E,E') and its three parts, sources weighing the same.

    `comparable_index` is 1 - (1 - between) / sqrt((1 - within_source) (1 - within_edited)): 0 where source and edit get
    the same reports equally often, 1 where no report on the one agrees at all with one on the other, whatever the
    variation within each. The largest symmetric form, 1 - (within_source + within_edited) / 2, depends on that
    variation. The ratio is the cosine between the two distributions of reports, with agreement as the inner product.
    None where a factor is 0. It may be slightly negative, since the parts are estimates.
    """

    ESTIMATES: ClassVar = {"energy": "energy"}

    between: float
    within_source: float
    within_edited: float
    comparable_index: float | None
    energy: Estimate


@dataclass(frozen=True)
class SymmetricForm(Row):
    """The symmetric form of the excess, over pairs of which the edited image too was reported at least twice."""

    model: str
    n_sources: int
    n_pairs: int
    endpoints: ByEndpoint[SymmetricEndpoint]

    def to_json(self) -> dict[str, Any]:
        """The endpoints under their short names."""
        counts = {"model": self.model, "n_sources": self.n_sources, "n_pairs": self.n_pairs}
        return {**counts, **plain(self.endpoints)}


def symmetric_request(models: Sequence[ModelReports]) -> Request[list[SymmetricForm]]:
    """The symmetric form for each model that has it.

    It is that of G. J. Székely and M. L. Rizzo ("Energy statistics", Journal of Statistical Planning and Inference
    143(8), 2013), halved, with distances between reports. A pair counts where its source image and its edited image
    have two usable reports each. Pairs are averaged within their source, then sources.
    """
    with_form = [(model.model, sources) for model in models if (sources := _symmetric_sources(model))]
    return Request(
        [sample for _, sources in with_form for sample in _symmetric_samples(sources)],
        lambda found: [
            _symmetric_form(name, sources, energies)
            for (name, sources), energies in zip(with_form, in_endpoint_pairs(found), strict=True)
        ],
    )


class _Distances(NamedTuple):
    """The three parts of the symmetric form of one source and endpoint."""

    between: Fraction
    within_source: Fraction
    within_edited: Fraction

    @property
    def energy(self) -> Fraction:
        return self.between - (self.within_source + self.within_edited) / 2


class _SymmetricSource(NamedTuple):
    source_id: str
    pairs: int
    distances: ByEndpoint[_Distances]


def _symmetric_sources(model: ModelReports) -> list[_SymmetricSource]:
    result = []
    for source_id, source in reports_by_source(model).items():
        reports = source.source_reports
        if len(reports) < 2 or not source.edited_repeats:
            continue
        found = []
        for pair in source.pairs:
            own = [pair.counterfactual] if pair.counterfactual.usable else []
            edited = own + source.edited_repeats.get(pair.pair_id, [])
            if len(edited) > 1:
                found.append((between(reports, edited), within(edited)))
        if found:
            within_source = within(reports)
            distances = ByEndpoint.collect(
                _Distances(
                    mean([between[at] for between, _ in found]),
                    within_source[at],
                    mean([within[at] for _, within in found]),
                )
                for at in range(len(ENDPOINTS))
            )
            result.append(_SymmetricSource(source_id, len(found), distances))
    return result


def _symmetric_samples(sources: Sequence[_SymmetricSource]) -> list[Sample]:
    ids = [source.source_id for source in sources]
    return [
        Sample(ClusterTotals.from_fractions([source.distances[at].energy for source in sources], ids), DIFFERENCE)
        for at in range(len(ENDPOINTS))
    ]


def _symmetric_form(model: str, sources: Sequence[_SymmetricSource], found: Sequence[Estimate]) -> SymmetricForm:
    endpoints = ByEndpoint.collect(
        _symmetric_endpoint([source.distances[at] for source in sources], estimate) for at, estimate in enumerate(found)
    )
    return SymmetricForm(model, len(sources), sum(source.pairs for source in sources), endpoints)


def _symmetric_endpoint(distances: Sequence[_Distances], energy: Estimate) -> SymmetricEndpoint:
    between, within_source, within_edited = (mean(part) for part in zip(*distances, strict=True))
    return SymmetricEndpoint(
        float(between),
        float(within_source),
        float(within_edited),
        _comparable_index(between, within_source, within_edited),
        energy,
    )


def _comparable_index(between: Fraction, within_source: Fraction, within_edited: Fraction) -> float | None:
    agreement = (1 - within_source) * (1 - within_edited)
    return 1 - float(1 - between) / math.sqrt(agreement) if agreement else None
