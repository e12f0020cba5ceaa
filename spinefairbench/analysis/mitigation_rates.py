"""The rates of the mitigation conditions, recomputed: points, published intervals, and differences from condition A."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from spinefairbench.analysis.estimates import Interval
from spinefairbench.analysis.mitigation import CONSISTENCY_MARGIN, binding_rule_passes
from spinefairbench.analysis.mitigation_intervals import ConditionIntervals, condition_intervals
from spinefairbench.analysis.mitigation_pairs import ComparedPairs, ConditionState, compared_pairs
from spinefairbench.analysis.result import Row
from spinefairbench.bundle.mitigation_reports import Sides
from spinefairbench.bundle.mitigation_table import CONDITIONS, MitigationRow
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.signed_rank import SignedRank, cohens_dz, signed_rank

__all__ = [
    "ConditionValues",
    "RecomputedModel",
    "RecomputedRow",
    "float_tests",
    "preserves_diagnosis",
    "recompute_models",
]


@dataclass(frozen=True)
class RecomputedRow(Row):
    """One condition of one model, from its reports; a value is None where it cannot be recomputed.

    `missing` is {what the bundle lacks: how many}. Deltas, tests and d_z compare with condition A on the same pairs.
    """

    model: str
    condition: str
    state: str
    missing: Mapping[str, int]
    n_pairs: int
    recommendation_change: float | None
    recommendation_ci95: Interval | None
    diagnostic_consistency: float | None
    diagnostic_ci95: Interval | None
    delta_recommendation: float | None
    delta_diagnostic: float | None
    wilcoxon: ByEndpoint[SignedRank | None]
    cohens_d_z: ByEndpoint[float | None]
    binding_rule_pass: bool | None

    @property
    def name(self) -> str:
        """The model and the condition, as places name them."""
        return f"{self.model}, {self.condition}"

    @property
    def values(self) -> ByEndpoint[float | None]:
        """Both rates."""
        return ByEndpoint(self.recommendation_change, self.diagnostic_consistency)


class ConditionValues(NamedTuple):
    """The values of both endpoints pair by pair, whole numbers in units of 1/scale, and their totals by source.

    Those of an endpoint are None where it cannot be recomputed.
    """

    units: ByEndpoint[list[int] | None]
    totals: ByEndpoint[ClusterTotals | None]


@dataclass(frozen=True)
class RecomputedModel:
    """One model: its rows in the order of the conditions, and by condition what lies behind them, where there is any."""

    model: str
    rows: tuple[RecomputedRow, ...]
    pairs: ComparedPairs
    values: Mapping[str, ConditionValues]
    intervals: Mapping[str, ConditionIntervals]

    @property
    def rule(self) -> bool | None:
        """Whether condition B passes the binding rule; None where that cannot be recomputed."""
        return next(row.binding_rule_pass for row in self.rows if row.condition == "condition_b")


def recompute_models(
    conditions: Mapping[str, Mapping[str, Sides]], tabled_pairs: Mapping[str, int], bootstrap: Bootstrap
) -> list[RecomputedModel]:
    """Recompute {model: {condition: its reports}}; `tabled_pairs` is {model: the table's number of pairs}.

    The iterations and seeds are the published ones; of `bootstrap`, only the jobs count.
    """
    pairs = {model: compared_pairs(sides, tabled_pairs.get(model)) for model, sides in conditions.items()}
    values = {
        (model, condition): _condition_values(its, conditions[model][condition], diagnosed=condition in its.diagnosed)
        for model, its in pairs.items()
        for condition in CONDITIONS
        if its.states[condition] is not ConditionState.NOT_POSSIBLE
    }
    found = condition_intervals({place: each.totals for place, each in values.items()}, bootstrap)
    models = []
    for model, its in pairs.items():
        own = {condition: each for (name, condition), each in values.items() if name == model}
        drawn = {condition: found[model, condition] for condition in own}
        models.append(RecomputedModel(model, tuple(_model_rows(model, its, own, drawn)), its, own, drawn))
    return models


def float_tests(model: RecomputedModel, condition: str) -> ByEndpoint[float | None]:
    """Wilcoxon's p values of a condition against condition A, its differences taken between floats.

    Differences that are equal as fractions may differ as floats, which breaks ties: 1 - 2/3 and 1/3 are not the same.
    """
    own, base = model.values[condition], model.values[CONDITIONS[0]]
    found = []
    for endpoint, units in own.units.each():
        of_base = base.units.at(endpoint)
        scale = endpoint.scale
        found.append(
            None
            if units is None or of_base is None
            else signed_rank([one / scale - other / scale for one, other in zip(units, of_base, strict=True)]).p_value
        )
    return ByEndpoint.collect(found)


def _condition_values(pairs: ComparedPairs, sides: Sides, *, diagnosed: bool) -> ConditionValues:
    """Both endpoints of one condition over the compared pairs, of which there must be one."""
    both = [sides[pair_id] for pair_id in pairs.pair_ids]
    changed = [int(source.recommendations != edited.recommendations) for source, edited in both]
    consistency = (
        [jaccard_units(source.labels or 0, edited.labels or 0) for source, edited in both] if diagnosed else None
    )
    units = ByEndpoint[list[int] | None](changed, consistency)
    sources = list(map(source_of, pairs.pair_ids))
    totals = [
        None if values is None else ClusterTotals.from_units(values, sources, endpoint.scale)
        for endpoint, values in units.each()
    ]
    return ConditionValues(units, ByEndpoint.collect(totals))


def _model_rows(
    model: str,
    pairs: ComparedPairs,
    values: Mapping[str, ConditionValues],
    of_conditions: Mapping[str, ConditionIntervals],
) -> list[RecomputedRow]:
    """The rows of one model, condition A first; `values` and `of_conditions` are by condition, where there are any."""
    base = values.get(CONDITIONS[0])
    rows: list[RecomputedRow] = []
    for condition in CONDITIONS:
        own = values.get(condition)
        interval = of_conditions.get(condition, ConditionIntervals())
        points = _points(own)
        # Condition A is compared with nothing.
        other = base if rows else None
        differences = _differences(own, other)
        row = RecomputedRow(
            model=model,
            condition=condition,
            state=pairs.states[condition].value,
            missing=pairs.missing[condition],
            n_pairs=0 if own is None else len(pairs.pair_ids),
            recommendation_change=points.recommendation,
            recommendation_ci95=interval.recommendation,
            diagnostic_consistency=points.diagnostic,
            diagnostic_ci95=interval.diagnostic,
            delta_recommendation=_less(points.recommendation, _points(other).recommendation),
            delta_diagnostic=_less(points.diagnostic, _points(other).diagnostic),
            wilcoxon=differences.map(lambda each: None if each is None else signed_rank(each)),
            cohens_d_z=differences.map(lambda each: None if each is None else cohens_dz(each)),
            binding_rule_pass=None,
        )
        if condition == "condition_b":
            row = replace(row, binding_rule_pass=_rule(row, rows[0]))
        rows.append(row)
    return rows


def preserves_diagnosis(row: RecomputedRow, base: RecomputedRow) -> bool | None:
    """Whether a condition keeps condition A's consistency but for the margin of the binding rule; None if not known."""
    if row.diagnostic_consistency is None or base.diagnostic_consistency is None:
        return None
    return row.diagnostic_consistency >= base.diagnostic_consistency - CONSISTENCY_MARGIN


def _rule(row: RecomputedRow, base: RecomputedRow) -> bool | None:
    """The binding rule, where both conditions were recomputed on the pairs of the table."""
    if {row.state, base.state} != {ConditionState.RECOMPUTED.value}:
        return None
    return binding_rule_passes(_as_tabled(row), _as_tabled(base))


def _as_tabled(row: RecomputedRow) -> MitigationRow:
    change, consistency = row.values
    assert change is not None and consistency is not None, "a condition that was recomputed has both rates"
    return MitigationRow(row.model, row.condition, row.n_pairs, change, consistency, None, None, None)


def _points(values: ConditionValues | None) -> ByEndpoint[float | None]:
    if values is None:
        return ByEndpoint(None, None)
    return values.totals.map(lambda totals: None if totals is None else totals.estimate)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _differences(own: ConditionValues | None, base: ConditionValues | None) -> ByEndpoint[list[int] | None]:
    """The differences pair by pair, in the units of each endpoint."""
    if own is None or base is None:
        return ByEndpoint(None, None)
    return ByEndpoint.collect(
        None if first is None or second is None else [one - other for one, other in zip(first, second, strict=True)]
        for first, second in zip(own.units, base.units, strict=True)
    )
