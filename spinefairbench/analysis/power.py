"""What a data set of this size can show: standard errors, design effects, minimum detectable effects."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from spinefairbench.analysis.compare import on_common_pairs
from spinefairbench.analysis.noise_floor import excess_samples, source_floors
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.metrics.endpoint import ENDPOINTS, Endpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import ProblemLike, no_usable_pair
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.power import (
    DEFAULT_ALPHA,
    DEFAULT_POWER,
    minimum_detectable_effect,
    required_sources,
)
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["PowerRow", "paired_rows", "power", "power_rows"]

_DEFAULT_EFFECT: Final = 0.05
"""Five points of a rate: the effect that `required_sources` is for where none is asked for."""


@dataclass(frozen=True)
class PowerRow(Row):
    """One quantity of one model, or the paired difference of two.

    `standard_error` is clustered by source and `design_effect` its square over that of as many independent values;
    `minimum_detectable_effect` is what a two-sided test at 0.05 finds with a chance of 80%, and `required_sources`
    how many sources of this kind would show `effect`. None where the sources do not vary, or there is one only.
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


def _row(model: str, quantity: str, other: str | None, totals: ClusterTotals | None, effect: float) -> PowerRow:
    if totals is None:
        return PowerRow(model, quantity, other, None, 0, 0, None, None, None, effect, None)
    mean = clustered_mean(totals)
    error = mean.standard_error
    return PowerRow(
        model,
        quantity,
        other,
        mean.estimate,
        totals.n,
        totals.n_values,
        error,
        mean.design_effect,
        minimum_detectable_effect(error, totals.n) if error else None,
        effect,
        required_sources(effect, error, totals.n) if error else None,
    )


def power_rows(models: Sequence[ModelReports], *, effect: float = _DEFAULT_EFFECT) -> list[PowerRow]:
    """For each model both rates and both excesses (a paired difference within sources)."""
    rows = []
    for model in models:
        for endpoint, totals in model.totals.each():
            rows.append(_row(model.model, endpoint.name, None, totals, effect))
        for endpoint, sample in excess_samples(source_floors(model).used).each():
            rows.append(_row(model.model, f"{endpoint.short_name}_excess", None, sample.totals, effect))
    return rows


def paired_rows(models: Sequence[ModelReports], *, effect: float = _DEFAULT_EFFECT) -> list[PowerRow]:
    """For each two models the differences of both endpoints on the pairs that the two have in common."""
    rows = []
    for first, second in combinations(models, 2):
        ones, others = on_common_pairs([first, second])
        rows += [
            _row(first.model, endpoint.name, second.model, _paired_totals(endpoint, ones, others), effect)
            for endpoint in ENDPOINTS
        ]
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
    found = [*problems, *(no_usable_pair(model.model) for model in models if not model.usable)]
    notes = [
        (
            "minimum_detectable_effect: found by a two-sided test at 0.05 with a chance of 80%; for a rate, a distance "
            "from a fixed value; for an excess or a difference, a distance from 0"
        ),
        "required_sources assumes as many pairs per source, and as alike, as seen here",
    ]
    for row in rows:
        if row.n_sources == 0:
            notes.append(f"{row.model}: {row.quantity}: no usable value")
        elif row.n_sources == 1:
            notes.append(f"{row.model}: {row.quantity}: only one source, so the variation between sources is unknown")
        elif row.standard_error == 0:
            notes.append(
                f"{row.model}: {row.quantity}: all sources have the same value, so there is no variation to plan with"
            )
    summary: dict[str, Any] = {"power": DEFAULT_POWER, "alpha": DEFAULT_ALPHA, "effect": effect}
    paired = paired_rows(models, effect=effect)
    if paired:
        summary["paired"] = plain(paired)
    return CheckResult(tuple(rows), summary, tuple(found), notes=tuple(notes))
