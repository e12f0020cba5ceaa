"""Table 2: both endpoints of every model with their intervals, against the frozen and the published figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from spinefairbench.analysis.estimates import (
    RATE,
    Estimate,
    Interval,
    Request,
    Sample,
    answer,
    estimate_of,
    flat_estimates,
    in_endpoint_pairs,
    joined_reasons,
)
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.patient_clusters import Quantity, with_patients
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.analysis.table2_seeds import (
    PUBLISHED_SEEDS,
    SEED_SETTINGS,
    published_seed_intervals,
    published_seed_problems,
)
from spinefairbench.bundle import layout
from spinefairbench.bundle.frozen_table import FrozenRow, frozen_table
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports, panel_models, select_models
from spinefairbench.errors import ErrorCollector
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import (
    HALF_OF_THIRD_DECIMAL,
    TOLERANCE,
    Problem,
    ProblemLike,
    Reference,
    absent_models,
    expect,
    expect_each,
    no_usable_pair,
    unpublished_model,
)
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

__all__ = ["Table2Row", "as_published", "ask", "check", "endpoint_quantities", "endpoints_request", "table2_of_bundle"]

_COUNTS: Final = ("usable_pairs", "full_refusal_pairs", "partial_refusal_pairs")


@dataclass(frozen=True)
class Table2Row(Row):
    """One model: counts, and both endpoints with intervals that are frozen or recomputed; no value without a usable pair."""

    model: str
    panel: str | None
    usable_pairs: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    estimates: ByEndpoint[Estimate]
    ci_source: str
    frozen: FrozenRow

    def to_json(self) -> dict[str, Any]:
        """Both endpoints side by side."""
        return {
            "model": self.model,
            "panel": self.panel,
            **{key: getattr(self, key) for key in _COUNTS},
            **flat_estimates(self.estimates),
            "ci_source": self.ci_source,
            "frozen": self.frozen._asdict(),
        }


def endpoints_request(models: Sequence[ModelReports]) -> Request[list[ByEndpoint[Estimate]]]:
    """Both endpoints of each model, in the order given."""
    return Request(
        [Sample(totals) for model in models for totals in model.totals],
        in_endpoint_pairs,
    )


def endpoint_quantities(models: Sequence[ModelReports]) -> list[Quantity]:
    """Both endpoints of each model, as quantities to be estimated otherwise."""
    return [
        Quantity(model.model, endpoint.name, Sample(totals))
        for model in models
        for endpoint, totals in model.totals.each()
    ]


def as_published(found: ByEndpoint[Estimate]) -> ByEndpoint[Estimate]:
    """With the interval that the published method gives one source, which is its value alone."""
    return found.map(
        lambda each: (
            replace(each, ci95=(each.value, each.value)) if each.value is not None and each.ci95 is None else each
        )
    )


def _adjusted_models_note(found: Sequence[ByEndpoint[Estimate]]) -> list[str]:
    """One sentence on the models whose percentile intervals may be too short, if there are any; an item a model."""
    given = [joined_reasons(both) for both in found if any(estimate.adjusted_ci95 is not None for estimate in both)]
    if not given:
        return []
    return [
        (
            f"the percentile intervals of {len(given)} of {len(found)} models may be too short (for one, {given[0]}); read "
            "the adjusted intervals beside them (docs/intervals.md)"
        )
    ]


def _table2(
    panels: PanelReports,
    frozen: Mapping[str, FrozenRow],
    published: Figures | None,
    *,
    whole_panel: bool = True,
    recompute: bool = False,
    bootstrap: Bootstrap = FROZEN,
) -> Request[CheckResult]:
    """Point estimates and counts from the reports, intervals frozen or recomputed.

    `published` holds the release's figures ({model: …}), or is None for a demo bundle.
    """
    compared = partial(_compared, panels, frozen, published, whole_panel=whole_panel, bootstrap=bootstrap)
    if not recompute:
        return Request([], lambda _: compared(None))
    return endpoints_request(panels.models).then(lambda found: compared([as_published(both) for both in found]))


def _compared(
    panels: PanelReports,
    frozen: Mapping[str, FrozenRow],
    published: Mapping[str, Any] | None,
    recomputed: Sequence[ByEndpoint[Estimate]] | None,
    *,
    whole_panel: bool,
    bootstrap: Bootstrap,
) -> CheckResult:
    """The rows, compared with the frozen and the published figures; `recomputed` is None for frozen intervals."""
    problems: list[ProblemLike] = [*panels.problems]
    notes: list[str] = []
    not_checked: list[str] = []
    recompute = recomputed is not None
    if recomputed is not None:
        found = recomputed
        if not bootstrap.is_frozen:
            notes.append(
                f"intervals recomputed with {bootstrap.iterations:,} iterations and seed {bootstrap.seed}; not compared "
                f"with the frozen ones, which have {FROZEN.iterations:,} and seed {FROZEN.seed}"
            )
    else:
        found = [_with_frozen_intervals(model, frozen[model.model]) for model in panels.models]
        not_checked.append("the intervals: they are the bundle's frozen ones (--recompute-ci recomputes them)")
    if not whole_panel:
        not_checked.append("the models that were not asked for")
    rows = []
    for model, estimates in zip(panels.models, found, strict=True):
        row = Table2Row(
            model=model.model,
            panel=model.panel,
            usable_pairs=len(model.usable),
            full_refusal_pairs=model.full_refusal_pairs,
            partial_refusal_pairs=model.partial_refusal_pairs,
            estimates=estimates,
            ci_source="recomputed" if recompute else "frozen",
            frozen=frozen[model.model],
        )
        rows.append(row)
        if not model.usable:
            problems.append(no_usable_pair(model.model))
        problems += _frozen_problems(row, compare_intervals=recompute and bootstrap.is_frozen)
        if published is not None:
            problems += _published_problems(row, published.get(row.model))
    if published is not None and whole_panel:
        problems += absent_models(published, [row.model for row in rows])
    notes += _adjusted_models_note(found)
    return CheckResult(tuple(rows), {}, tuple(problems), notes=tuple(notes), not_checked=tuple(not_checked))


def _with_frozen_intervals(model: ModelReports, frozen: FrozenRow) -> ByEndpoint[Estimate]:
    """Recomputed points with the frozen intervals; a frozen interval stands even where there is no value."""
    return ByEndpoint.collect(
        replace(estimate_of(totals, RATE, ci95), ci95=ci95)
        for totals, ci95 in zip(model.totals, _frozen_intervals(frozen), strict=True)
    )


def _frozen_intervals(frozen: FrozenRow) -> tuple[Interval, Interval]:
    return frozen.recommendation_ci95, frozen.diagnostic_ci95


def _frozen_problems(row: Table2Row, *, compare_intervals: bool) -> list[Problem]:
    frozen = row.frozen
    problems = expect_each(_COUNTS, row, frozen, place=row.model, reference=Reference.FROZEN_SUMMARY)
    for endpoint, estimate in row.estimates.each():
        if estimate.value is not None:
            problems += _expect_frozen(row, endpoint.name, estimate.value, getattr(frozen, endpoint.name))
    for (endpoint, estimate), bounds in zip(row.estimates.each(), _frozen_intervals(frozen), strict=True):
        key = f"{endpoint.short_name}_ci95"
        if not (-TOLERANCE <= bounds[0] <= bounds[1] + TOLERANCE and bounds[1] <= 1 + TOLERANCE):
            message = f"frozen {key} is {list(bounds)}; expected a lower and an upper bound in [0, 1]"
            problems.append(Problem(row.model, message))
        if compare_intervals and estimate.ci95 is not None:
            problems += _expect_frozen(row, f"recomputed {key}", estimate.ci95, bounds)
    return problems


def _expect_frozen(row: Table2Row, name: str, actual: float | Interval, frozen: float | Interval) -> list[Problem]:
    return expect(actual, frozen, TOLERANCE, name=name, place=row.model, reference=Reference.FROZEN_SUMMARY)


def _published_problems(row: Table2Row, published: Figures | None) -> list[Problem]:
    if published is None:
        return [unpublished_model(row.model)]
    problems = published.expect_each(("panel", *_COUNTS), row, place=row.model)
    for endpoint, estimate in row.estimates.each():
        if estimate.value is not None:
            problems += published.expect(endpoint.name, estimate.value, TOLERANCE, place=row.model)
    if "frozen_ci95" not in published:
        return problems
    intervals = published["frozen_ci95"]
    for (endpoint, _), bounds in zip(row.estimates.each(), _frozen_intervals(row.frozen), strict=True):
        if endpoint.name in intervals:
            # Published to three decimals; the frozen bounds are what was published.
            name = f"frozen {endpoint.short_name}_ci95"
            problems += intervals.expect(endpoint.name, bounds, HALF_OF_THIRD_DECIMAL, name=name, place=row.model)
    return problems


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `table2`."""
    result = answer(ask(inputs), inputs.bootstrap)
    if not inputs.by_patient:
        return result
    return with_patients(result, endpoint_quantities(inputs.panels(marks=False).models), inputs.bootstrap)


def ask(inputs: Inputs) -> Request[CheckResult]:
    """What the command `table2` needs estimated. Raises BundleError or UsageError."""
    options = inputs.options
    other_settings = options.bootstrap_iterations is not None or options.seed is not None
    request = _bundle_request(inputs, recompute=options.recompute_ci or other_settings)
    # Within `all`, what is compared with nothing is not worth the time.
    if options.published_seed and (inputs.bundle.held_to_release or not inputs.part_of_all):
        return request.then(lambda result: _with_published_seed(result, inputs))
    return request


def table2_of_bundle(inputs: Inputs) -> CheckResult:
    """Table 2 of a bundle with the frozen intervals, and whether its frozen summary is complete.

    Raises BundleError with everything that is missing or unreadable.
    """
    return answer(_bundle_request(inputs, recompute=False))


def _with_published_seed(result: CheckResult, inputs: Inputs) -> CheckResult:
    """With the intervals of the other published seeds under `published_seed`, compared on the release."""
    intervals = published_seed_intervals(inputs.panels(marks=False).models, inputs.jobs)
    figures = inputs.published(PUBLISHED_SEEDS)
    problems = [] if figures is None else published_seed_problems(intervals, figures)
    note = (
        f"intervals under published_seed: {SEED_SETTINGS['bootstrap_iterations']:,} resamples, seed "
        f"{SEED_SETTINGS['recommendation_seed']} for the recommendation and {SEED_SETTINGS['diagnostic_seed']} for the diagnosis"
    )
    return replace(
        result,
        summary={**result.summary, "published_seed": plain(intervals)},
        problems=(*result.problems, *problems),
        notes=(*result.notes, note),
    )


def _bundle_request(inputs: Inputs, *, recompute: bool) -> Request[CheckResult]:
    """Table 2 of a bundle, and whether its frozen summary is complete.

    Raises BundleError with everything that is missing or unreadable.
    """
    collector = ErrorCollector()
    models = collector.get(lambda: select_models(panel_models(inputs.bundle), inputs.models))
    panels = collector.get(lambda: inputs.panels(marks=False))
    frozen = collector.get(frozen_table, inputs.bundle, models or {})
    collector.raise_if_any()
    assert panels is not None and frozen is not None
    request = _table2(
        panels,
        frozen.rows,
        inputs.published("table2"),
        whole_panel=inputs.whole_panel,
        recompute=recompute,
        bootstrap=inputs.bootstrap,
    )
    problems = []
    if frozen.iterations != FROZEN.iterations:
        said = f"{frozen.iterations}; the frozen number is {FROZEN.iterations}"
        problems.append(f"{layout.SUMMARY}: source_clustered_bootstrap.iterations is {said}")
    if inputs.whole_panel and not inputs.bundle.held_to_release:
        # Of the release, its published models must be there; the summary may well hold models that were dropped.
        problems += [
            f"{model}: frozen in {layout.SUMMARY}, but in no panel manifest"
            for model in frozen.models
            if model not in frozen.rows
        ]
    return request.then(lambda result: replace(result, problems=(*result.problems, *problems)))
