"""The symmetric form of the excess, for models whose edited images were reported repeatedly too.

With T between, F_S within a source and F_E within its edits, the excess T - F_S is the symmetric form plus half of
F_E - F_S. So the excess can be 0 or negative although the edit changed what is said: where it makes reports vary less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Final, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, Estimate, chosen_estimate
from spinefairbench.analysis.report_distances import ReportGroup, mean, reports_by_source, within
from spinefairbench.analysis.result import Row, plain
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = [
    "Distances",
    "SymmetricEndpoint",
    "SymmetricForm",
    "SymmetricSource",
    "symmetric_endpoint",
    "symmetric_forms",
    "symmetric_sources",
]


# With less agreement than this between original and edit, few sources have any, and intervals cover 0.89 to 0.93
# (scripts/validation/symmetric_forms.py).
_LEAST_AGREEMENT: Final = Fraction(1, 10)
_HARDLY_ANY: Final = "reports hardly ever agree, so no interval can be given"


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


def symmetric_forms(models: Sequence[ModelReports]) -> list[SymmetricForm]:
    """The symmetric form of each model that has it.

    It is that of G. J. Székely and M. L. Rizzo ("Energy statistics", Journal of Statistical Planning and Inference
    143(8), 2013), halved, with distances between reports. A pair counts where its source image and its edited image
    have two usable reports each. Pairs are averaged within their source, then sources.
    """
    return [_symmetric_form(model.model, sources) for model in models if (sources := symmetric_sources(model))]


class Distances(NamedTuple):
    """The three parts of the symmetric form of one source and endpoint."""

    between: Fraction
    within_source: Fraction
    within_edited: Fraction

    @property
    def energy(self) -> Fraction:
        """The symmetric form of the source."""
        return self.between - (self.within_source + self.within_edited) / 2


class SymmetricSource(NamedTuple):
    """A source with the number of its pairs that count, and its distances on each endpoint."""

    source_id: str
    pairs: int
    distances: ByEndpoint[Distances]


def symmetric_sources(model: ModelReports) -> list[SymmetricSource]:
    """The sources of a model that have the symmetric form, sorted."""
    if all(entry.role == SOURCE_ROLE for entry in model.repeats):
        return []  # no edited image was repeated, as with most models
    result = []
    for source_id, source in reports_by_source(model).items():
        reports = source.source_reports
        if len(reports) < 2 or not source.edited_repeats:
            continue
        found = []
        group = ReportGroup(reports)
        for pair in source.pairs:
            own = [pair.counterfactual] if pair.counterfactual.usable else []
            edited = own + source.edited_repeats.get(pair.pair_id, [])
            if len(edited) > 1:
                found.append((group.mean_from(edited), within(edited)))
        if found:
            within_source = within(reports)
            distances = ByEndpoint.collect(
                Distances(
                    mean([between[at] for between, _ in found]),
                    within_source[at],
                    mean([within[at] for _, within in found]),
                )
                for at in range(len(ENDPOINTS))
            )
            result.append(SymmetricSource(source_id, len(found), distances))
    return result


def _symmetric_form(model: str, sources: Sequence[SymmetricSource]) -> SymmetricForm:
    ids = [source.source_id for source in sources]
    endpoints = ByEndpoint.collect(
        symmetric_endpoint(ids, [source.distances[at] for source in sources]) for at in range(len(ENDPOINTS))
    )
    return SymmetricForm(model, len(sources), sum(source.pairs for source in sources), endpoints)


def symmetric_endpoint(source_ids: Sequence[str], distances: Sequence[Distances]) -> SymmetricEndpoint:
    """The symmetric form over sources, from the distances of each."""
    between, within_source, within_edited = (mean(part) for part in zip(*distances, strict=True))
    energy = chosen_estimate(ClusterTotals.from_fractions([each.energy for each in distances], source_ids), DIFFERENCE)
    if 1 - between < _LEAST_AGREEMENT:
        energy = replace(energy, ci95=None, adjustment_reason=_HARDLY_ANY)
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
