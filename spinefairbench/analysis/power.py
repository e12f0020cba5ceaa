"""What a data set of this size can show: standard errors, design effects, minimum detectable effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from spinefairbench.analysis.compare import on_common_pairs
from spinefairbench.analysis.noise_floor import Floors, SourceFloor, excess_samples, source_floors
from spinefairbench.analysis.report_distances import SourceReports, distance_products, reports_by_source
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import ProblemLike, no_usable_pair
from spinefairbench.statistics.affected import ENOUGH_AFFECTED
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.difference_plans import NoiseMoments, excess_plan, paired_plan
from spinefairbench.statistics.power import (
    ALPHA,
    POWER,
    Plan,
    minimum_detectable_effect,
    rate_plan,
    required_sources,
)
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["PowerRow", "paired_rows", "power", "power_notes", "power_rows"]

_DEFAULT_EFFECT: Final = 0.05
"""Five points of a rate: the effect that `required_sources` is for where none is asked for."""
# The distances of four reports tell how two distances vary together that share no report.
_FOUR: Final = 4
_NO_VALUE: Final = "there is no usable value"


@dataclass(frozen=True)
class PowerRow(Row):
    """One quantity of one model, or the paired difference of two.

    `standard_error` is clustered by source and `design_effect` its square over that of as many independent values, None
    for an excess, which has one value a source. The printed interval shows `minimum_detectable_effect` with a chance
    of 80%, and `effect` with `required_sources` sources of this kind. None where that is not known; the notes say why.
    """

    model: str
    quantity: str
    compared_with: str | None
    estimate: float | None
    n_sources: int
    n_values: int
    standard_error: float | None
    design_effect: float | None
    minimum_detectable_effect: float | None
    effect: float
    required_sources: int | None
    reasons: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All but the reasons, which are notes."""
        shown = super().to_json()
        del shown["reasons"]
        return shown


@dataclass(frozen=True)
class _Quantity:
    """What a row is about."""

    model: str
    name: str
    other: str | None = None


def _row(quantity: _Quantity, totals: ClusterTotals | None, plan: Plan | str, effect: float) -> PowerRow:
    who = (quantity.model, quantity.name, quantity.other)
    if totals is None:
        return PowerRow(*who, None, 0, 0, None, None, None, effect, None, (_NO_VALUE,))
    mean = clustered_mean(totals)
    # An excess has one value a source, so there is nothing to cluster.
    design_effect = None if quantity.name.endswith("_excess") else mean.design_effect
    if isinstance(plan, str):
        detectable: float | str = plan
        required: int | str = plan
    else:
        detectable, required = minimum_detectable_effect(plan, totals.n), required_sources(plan, effect)
    return PowerRow(
        *who,
        mean.estimate,
        totals.n,
        totals.n_values,
        mean.standard_error,
        design_effect,
        None if isinstance(detectable, str) else detectable,
        effect,
        None if isinstance(required, str) else required,
        tuple(dict.fromkeys(figure for figure in (detectable, required) if isinstance(figure, str))),
    )


def power_rows(
    models: Sequence[ModelReports], *, floors: Sequence[Floors] | None = None, effect: float = _DEFAULT_EFFECT
) -> list[PowerRow]:
    """For each model both rates and both excesses (a paired difference within sources).

    `floors` are those of the models where they are known; otherwise they are computed.
    """
    known = floors or [source_floors(model) for model in models]
    rows = []
    for model, of_model in zip(models, known, strict=True):
        for endpoint, rate in model.totals.each():
            plan = _NO_VALUE if rate is None else rate_plan(rate)
            rows.append(_row(_Quantity(model.model, endpoint.name), rate, plan, effect))
        samples, plans = excess_samples(of_model.used), _excess_plans(model, of_model.used)
        for endpoint, sample, of_excess in zip(ENDPOINTS, samples, plans, strict=True):
            quantity = _Quantity(model.model, f"{endpoint.short_name}_excess")
            rows.append(_row(quantity, sample.totals, of_excess, effect))
    return rows


def _excess_plans(model: ModelReports, used: Sequence[SourceFloor]) -> ByEndpoint[Plan | str]:
    if not used:
        return ByEndpoint(_NO_VALUE, _NO_VALUE)
    by_source = reports_by_source(model)
    reports = [by_source[floor.source_id] for floor in used]
    noise = _noise([source for source in reports if len(source.source_reports) >= _FOUR], used)
    ids = [floor.source_id for floor in used]
    pairs = [sum(pair.outcome.usable for pair in source.pairs) for source in reports]
    numbers = [len(source.source_reports) for source in reports]
    return ByEndpoint.collect(
        excess_plan(
            ClusterTotals.from_fractions([floor.changed[at] for floor in used], ids),
            ClusterTotals.from_fractions([floor.repeated[at] for floor in used], ids),
            ClusterTotals.from_fractions([floor.excess[at] for floor in used], ids),
            noise[at],
            pairs,
            numbers,
            size=_size(model, endpoint),
        )
        for at, endpoint in enumerate(ENDPOINTS)
    )


def _size(model: ModelReports, endpoint: Endpoint) -> float:
    """The mean square of the distance of a pair over its mean; 1 where no pair differs."""
    distances = [endpoint.distance(pair.source, pair.counterfactual) for pair in model.usable]
    total = sum(distances) * endpoint.scale
    return sum(distance * distance for distance in distances) / total if total else 1.0


def _noise(sources: Sequence[SourceReports], used: Sequence[SourceFloor]) -> ByEndpoint[NoiseMoments | None]:
    """How repeated reports vary, from the sources that tell it."""
    if len(sources) < ENOUGH_AFFECTED:
        return ByEndpoint(None, None)
    products = [distance_products(source.source_reports) for source in sources]
    repeated = {floor.source_id: floor.repeated for floor in used}
    ids = [source.pairs[0].source_id for source in sources]

    def moments(at: int) -> NoiseMoments:
        columns = [[repeated[source_id][at] for source_id in ids], *zip(*(each[at] for each in products), strict=True)]
        return NoiseMoments(*(float(sum(column, Fraction(0)) / len(sources)) for column in columns))

    return ByEndpoint.collect(moments(at) for at in range(len(ENDPOINTS)))


def paired_rows(models: Sequence[ModelReports], *, effect: float = _DEFAULT_EFFECT) -> list[PowerRow]:
    """For each two models the differences of both endpoints on the pairs that the two have in common."""
    rows = []
    for first, second in combinations(models, 2):
        ones, others = on_common_pairs([first, second])
        for endpoint in ENDPOINTS:
            totals = _paired_totals(endpoint, ones, others)
            first_totals, second_totals = ones.totals.at(endpoint), others.totals.at(endpoint)
            plan: Plan | str = _NO_VALUE
            if totals is not None and first_totals is not None and second_totals is not None:
                plan = paired_plan(first_totals, second_totals, totals)
            rows.append(_row(_Quantity(first.model, endpoint.name, second.model), totals, plan, effect))
    return rows


def _paired_totals(endpoint: Endpoint, ones: ModelReports, others: ModelReports) -> ClusterTotals | None:
    """The differences pair by pair; unlike those of totals, they tell the design effect."""
    if not ones.usable:
        return None
    differences = [
        endpoint.value(one.outcome) - endpoint.value(other.outcome)
        for one, other in zip(ones.usable, others.usable, strict=True)
    ]
    return ClusterTotals.from_units(differences, [pair.source_id for pair in ones.usable], endpoint.scale)


def power(
    models: Sequence[ModelReports], *, effect: float = _DEFAULT_EFFECT, problems: Sequence[ProblemLike] = ()
) -> CheckResult:
    """Rates and excesses of each model as rows; differences between models under `paired`."""
    rows = power_rows(models, effect=effect)
    paired = paired_rows(models, effect=effect)
    found = [*problems, *(no_usable_pair(model.model) for model in models if not model.usable)]
    notes = [
        (
            "minimum_detectable_effect: the printed 95% interval shows it with a chance of 80%; for a rate, a distance "
            "from a fixed value, toward 0.5 (the harder direction); for an excess or a difference, a distance from 0"
        ),
        (
            "both are computed from the spread under the effect; required_sources assumes as many pairs per source, and "
            "as alike, as seen here"
        ),
        *power_notes([*rows, *paired]),
    ]
    summary: dict[str, Any] = {"power": POWER, "alpha": ALPHA, "effect": effect}
    if paired:
        summary["paired"] = plain(paired)
    return CheckResult(tuple(rows), summary, tuple(found), notes=tuple(notes))


def power_notes(rows: Sequence[PowerRow]) -> list[str]:
    """Why figures are missing: one sentence a reason, with the quantities that it concerns."""
    concerned: dict[str, list[str]] = {}
    for row in rows:
        against = "" if row.compared_with is None else f" against {row.compared_with}"
        for reason in row.reasons:
            concerned.setdefault(reason, []).append(f"{row.model} {row.quantity}{against}")
    return [f"no figure: {reason}: {', '.join(names)}" for reason, names in concerned.items()]
