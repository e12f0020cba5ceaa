"""mitigation: the table checked for consistency and, with --recompute, recomputed from the reports that it came from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from spinefairbench.analysis.estimates import RATE, Interval, estimate_of
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mitigation import RATES_AS_TABLED, check_mitigation
from spinefairbench.analysis.mitigation_frozen import AgainstTable, Recomputed, against_table
from spinefairbench.analysis.mitigation_intervals import ConditionIntervals
from spinefairbench.analysis.mitigation_margins import margin_notes, rule_margins
from spinefairbench.analysis.mitigation_membership import beyond_core
from spinefairbench.analysis.mitigation_pairs import Accounting, accounting, sides_of_panel
from spinefairbench.analysis.mitigation_rates import RecomputedModel, float_tests, recompute_models
from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_files import mitigation_panel
from spinefairbench.bundle.mitigation_reports import STEPS, CensusRow, MitigationReports, Sides, read_mitigation_reports
from spinefairbench.bundle.mitigation_table import MitigationTableLine, read_mitigation_table
from spinefairbench.bundle.reports import common_core_sources, panel_models
from spinefairbench.errors import ErrorCollector
from spinefairbench.metrics.model_reports import ROLES
from spinefairbench.problems import Problem, counted

__all__ = ["check"]

_PANEL_STEP = "counterfactual"
_TESTS_NOTE = (
    "wilcoxon and cohens_d_z are the table's figures: they take pairs as independent, which those of one source are not, so "
    "the p values are no evidence"
)


class _Panel(NamedTuple):
    """Condition A: {model: its pairs}, what was counted of it, and what is wrong."""

    sides: Mapping[str, Sides]
    census: tuple[CensusRow, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Adjusted:
    """An interval that stands beside a published one that may be too short, with the reason."""

    model: str
    condition: str
    endpoint: str
    adjusted_ci95: Interval | None
    adjustment_reason: str | None


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `mitigation`. Raises BundleError with every file that is missing or cannot be read."""
    result = check_mitigation(inputs)
    if inputs.options.recompute:
        return _recomputed(inputs, result)
    return _held_to_core(result, inputs.bundle, read_mitigation_table(inputs.bundle))


def _held_to_core(
    result: CheckResult, bundle: Bundle, table: Sequence[MitigationTableLine], with_reports: Collection[str] = ()
) -> CheckResult:
    beyond, not_held = beyond_core(bundle, table, with_reports)
    return replace(result, problems=(*result.problems, *beyond), not_checked=(*result.not_checked, *not_held))


def _recomputed(inputs: Inputs, checked: CheckResult) -> CheckResult:
    bundle = inputs.bundle
    collector = ErrorCollector()
    lines: dict[str, dict[str, MitigationTableLine]] = {}
    table = read_mitigation_table(bundle)
    for line in table:
        lines.setdefault(line.row.model, {}).setdefault(line.row.condition, line)
    models = list(dict.fromkeys([*mitigation_panel(bundle).included, *lines]))
    core = collector.get(common_core_sources, bundle) or frozenset()
    panel = collector.get(_panel, inputs, models) or _Panel({}, (), ())
    reports = collector.get(
        lambda: read_mitigation_reports(
            bundle, models, core, progress=lambda name, rows: inputs.progress(f"{name}: {rows:,} reports read")
        )
    )
    if reports is None or collector.errors:
        said = "the rates in the table: a file from which they are recomputed is missing or cannot be read"
        return replace(checked, errors=(*checked.errors, *collector.errors), not_checked=(said,))
    conditions = {
        model: {"condition_a": panel.sides.get(model, {}), **reports.conditions.get(model, {})} for model in models
    }
    checked = _held_to_core(checked, bundle, table, reports.conditions)
    tabled = {model: next(iter(of_model.values())).row.n_pairs for model, of_model in lines.items()}
    recomputed = recompute_models(conditions, tabled, inputs.bootstrap)
    counts = [
        accounting(model, condition, sides)
        for model, by_condition in conditions.items()
        for condition, sides in by_condition.items()
    ]
    held = [each for model in recomputed for each in _held(model, lines.get(model.model, {}), counts)]
    margins = rule_margins(recomputed, inputs.bootstrap)
    adjusted = _adjusted(recomputed, held)
    summary = {
        **checked.summary,
        "census": plain(
            sorted([*panel.census, *reports.census], key=lambda row: (row.model, str(row.experiment_step)))
        ),
        "accounting": plain(counts),
        "recomputed": plain([each.row for each in held]),
        "differences": plain(margins),
        "adjusted": plain(adjusted),
    }
    return replace(
        checked,
        summary=summary,
        problems=(*checked.problems, *panel.problems, *reports.problems, *(p for each in held for p in each.problems)),
        notes=(
            *checked.notes,
            *margin_notes(margins, recomputed),
            _TESTS_NOTE,
            *_seed_notes(held),
            *_short(adjusted, held),
        ),
        not_checked=(
            *(said for said in checked.not_checked if said != RATES_AS_TABLED),
            *(said for each in held for said in each.not_checked),
            *_left_out(reports),
        ),
    )


def _panel(inputs: Inputs, models: Sequence[str]) -> _Panel:
    """The reports of condition A, which those of the main panel are. Raises BundleError."""
    known = panel_models(inputs.bundle)
    names = [model for model in models if known.get(model) == layout.FULL_PANEL]
    # The other checks of `all` have read the whole panel.
    found = inputs.panels_of(None if inputs.part_of_all else names, marks=False)
    own = [model for model in found.models if model.model in names]
    census = tuple(
        CensusRow(model.model, _PANEL_STEP, role, len(model.pairs), 1.0, 0.0, 0.0)
        for model in own
        if model.pairs
        for role in ROLES
    )
    return _Panel({model.model: sides_of_panel(model) for model in own}, census, found.problems)


def _held(
    model: RecomputedModel, lines: Mapping[str, MitigationTableLine], counts: Sequence[Accounting]
) -> list[AgainstTable]:
    base = model.rows[0]
    of_conditions = {each.condition: each for each in counts if each.model == model.model}
    held = []
    for row in model.rows:
        condition = row.condition
        behind = condition in model.values
        found = Recomputed(
            row,
            base,
            model.pairs,
            model.intervals.get(condition, ConditionIntervals()),
            of_conditions.get(condition),
            float_tests(model, condition) if behind and base.condition in model.values else None,
        )
        held.append(against_table(found, lines.get(condition)))
    return held


def _adjusted(models: Sequence[RecomputedModel], held: Sequence[AgainstTable]) -> list[_Adjusted]:
    """The adjusted interval of every rate whose published one may be too short."""
    rows = {(each.row.model, each.row.condition): each.row for each in held}
    found = []
    for model in models:
        for condition, values in model.values.items():
            row = rows[model.model, condition]
            for (endpoint, totals), ci95 in zip(
                values.totals.each(), (row.recommendation_ci95, row.diagnostic_ci95), strict=True
            ):
                if totals is None:
                    continue
                estimate = estimate_of(totals, RATE, ci95)
                if estimate.adjustment_reason is not None:
                    shown = (estimate.adjusted_ci95, estimate.adjustment_reason)
                    found.append(_Adjusted(model.model, condition, endpoint.name, *shown))
    return found


def _seed_notes(held: Sequence[AgainstTable]) -> list[str]:
    seeds = {each.seed_of_diagnosis for each in held} - {None}
    if not seeds:
        return []
    words = {"same": "the seed of the change", "next": "the seed of the change plus 1"}
    each_of = [
        f"{words[name]} in {counted(sum(each.seed_of_diagnosis == name for each in held), 'row')}"
        for name in ("same", "next")
        if name in seeds
    ]
    return [f"the frozen intervals of consistency have {', '.join(each_of)}"]


def _short(adjusted: Sequence[_Adjusted], held: Sequence[AgainstTable]) -> list[str]:
    if not adjusted:
        return []
    printed = sum(value is not None for each in held for value in each.row.values)
    return [
        (
            f"{len(adjusted)} of {printed} percentile intervals may be too short (for one, {adjusted[0].adjustment_reason}); "
            "the adjusted ones are under adjusted (docs/intervals.md)"
        )
    ]


def _left_out(reports: MitigationReports) -> list[str]:
    told = []
    if reports.outside_core:
        told.append(f"{counted(reports.outside_core, 'row')} of sources outside the common core")
    other: dict[str, int] = {}
    for row in reports.census:
        if row.experiment_step not in STEPS.values():
            other[str(row.experiment_step)] = other.get(str(row.experiment_step), 0) + row.rows
    told += [f"{counted(rows, 'row')} of the step {step}, which is of no condition" for step, rows in other.items()]
    return told
