"""Every analysis of some models at once, all intervals from one pass over the draws.

The `audit` command, the page of a panel and the page of a submission show parts of this one result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from spinefairbench.analysis.breakdown import Breakdown, breakdown_request
from spinefairbench.analysis.compare import (
    AgainstOthers,
    Comparison,
    against_others_request,
    common_pairs,
    comparison_request,
)
from spinefairbench.analysis.control_contrast import ControlArm, control_arms
from spinefairbench.analysis.disparity import Disparities, begun_disparities
from spinefairbench.analysis.estimates import Estimate, SharedPass
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.mention_counts import CategoryAuditRow, category_rows
from spinefairbench.analysis.model_variants import begun_variants, variant_floor_request, variant_request
from spinefairbench.analysis.noise_floor import (
    Floors,
    NoiseFloorRow,
    excess_quantities,
    noise_floor_request,
    source_floors,
)
from spinefairbench.analysis.patient_clusters import PatientRow, patients_request
from spinefairbench.analysis.power import PowerRow, power_rows
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.refusals import Refusals, bounds_request, refusals_request
from spinefairbench.analysis.report_distances import reports_by_source
from spinefairbench.analysis.strata import Metadata
from spinefairbench.analysis.symmetric_form import SymmetricForm, symmetric_forms
from spinefairbench.analysis.table2 import endpoint_quantities, endpoints_request
from spinefairbench.analysis.transitions import Transitions, transitions_request
from spinefairbench.analysis.variant_endpoints import ParserVariantRow
from spinefairbench.analysis.variant_floors import VariantFloorRow
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

__all__ = ["AuditRequest", "FullAudit", "begun_audit", "full_audit"]


@dataclass(frozen=True)
class AuditRequest:
    """Whom to audit, and with what.

    `breakdowns` are some of `strata.BREAKDOWNS`; all but `BREAKDOWNS_WITHOUT_METADATA` need `metadata`. `collector`
    has read every report of the models, None where there are no texts. `others` are what the first model is compared
    with; `compare` asks for all comparisons among the models. `expected` None: the pairs that the models report on.
    `additional` asks for what no page shows: both endpoints of the models, the intervals of bounds and what is
    contrasted among refusals, the supplements of the floors, and floors under each variant of the parser; `by_patient`
    for intervals that resample patients.
    """

    models: Sequence[ModelReports]
    breakdowns: Sequence[str] = ("edit",)
    metadata: Metadata = field(default_factory=dict)
    collector: MentionCollector | None = None
    others: Sequence[ModelReports] = ()
    compare: bool = False
    expected: ExpectedPairs | None = None
    bootstrap: Bootstrap = FROZEN
    additional: bool = False
    by_patient: bool = False


@dataclass(frozen=True)
class FullAudit:
    """What was found; lists have an item a model, in the order asked, where it says so.

    `floors` have one a model, and so have `endpoints` where they were asked for; `symmetric` one a model whose edited
    images were repeated, and `controls` one a model and control arm. `variants`, `variant_floors` and `categories` are
    empty without texts. `comparison` and `against` are None where they were not asked for, or nothing can be compared; `variant_floors` and
    `patients` are empty where they were not. `by_source` are the floors of the sources of each model.
    """

    models: Sequence[ModelReports]
    endpoints: list[ByEndpoint[Estimate]]
    floors: list[NoiseFloorRow]
    symmetric: list[SymmetricForm]
    controls: list[ControlArm]
    transitions: Transitions
    breakdown: Breakdown
    refusals: Refusals
    variants: list[ParserVariantRow]
    variant_floors: list[VariantFloorRow]
    categories: list[CategoryAuditRow]
    comparison: Comparison | None
    against: AgainstOthers | None
    patients: list[PatientRow]
    disparity: Disparities
    by_source: Sequence[Floors]

    @cached_property
    def power(self) -> list[PowerRow]:
        """What a data set of this size can show; computed when asked for, since no page shows it."""
        return power_rows(self.models, floors=self.by_source)

    def variant(self, name: str) -> ParserVariantRow | None:
        """The first model under one variant of the parser, None without texts."""
        return next((row for row in self.variants if row.variant == name), None)


def full_audit(request: AuditRequest) -> FullAudit:
    """All analyses of the models."""
    return begun_audit(request)()


def begun_audit(request: AuditRequest) -> Callable[[], FullAudit]:
    """What waits for `full_audit`; with several jobs the drawing begins at once, in other processes."""
    models, collector, bootstrap = request.models, request.collector, request.bootstrap
    # What other processes can do is handed to them first; meanwhile this one finds out what is to be drawn.
    read = None
    if collector is not None:
        read = begun_variants(models, collector, jobs=bootstrap.jobs, with_floors=request.additional)
    disparity = begun_disparities(models, collector, bootstrap)
    shared = SharedPass(bootstrap)
    endpoints = shared.add(endpoints_request(models)) if request.additional else None
    reported = list(map(reports_by_source, models))
    by_source = [source_floors(model, reported=each) for model, each in zip(models, reported, strict=True)]
    floors = shared.add(noise_floor_request(models, by_source, supplemented=request.additional))
    transitions = shared.add(transitions_request(models))
    breakdown = shared.add(
        breakdown_request(
            models,
            request.breakdowns,
            request.metadata,
            bootstrap,
            excess_intervals=request.additional,
            reported=reported,
        )
    )
    expected = request.expected or ExpectedPairs.of(models)
    asked = refusals_request(models, expected, bootstrap) if request.additional else bounds_request(models, expected)
    refusals = shared.add(asked)
    variants = variant_floors = patients = None
    if request.by_patient:
        patients = shared.add(patients_request([*endpoint_quantities(models), *excess_quantities(models)]))
    comparison = None
    if request.compare and len(models) > 1 and (pairs := common_pairs(models)).common:
        comparison = shared.add(comparison_request(models, pairs, bootstrap))
    against = shared.add(against_others_request(models[0], request.others, bootstrap)) if request.others else None
    if read is not None:
        of_models = read()
        variants = shared.add(variant_request(of_models))
        variant_floors = shared.add(variant_floor_request(of_models))
    shared.begin()
    categories = [] if collector is None else [row for model in models for row in category_rows(model.model, collector)]

    def found() -> FullAudit:
        shared.run()
        return FullAudit(
            models,
            [] if endpoints is None else endpoints.result,
            floors.result,
            symmetric_forms(models),
            [arm for model in models for arm in control_arms(model)],
            transitions.result,
            breakdown.result,
            refusals.result,
            [] if variants is None else variants.result,
            [] if variant_floors is None else variant_floors.result,
            categories,
            None if comparison is None else comparison.result,
            None if against is None else against.result,
            [] if patients is None else patients.result,
            disparity(),
            by_source,
        )

    return found
