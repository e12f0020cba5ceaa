"""The noise floor: how often reports differ with nothing edited, beside how often they differ after an edit.

A source is reported once for each of its pairs, so its reports on the unedited image are repeated calls. T is how
often the report on the edited image differs from the one on the source, F how often two reports on the source
differ from one another; the excess, T - F, is how much more often the former happens. It is not the effect of the
edit (see `symmetric_form`). The definition is the benchmark's; all sums are exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import (
    DIFFERENCE,
    NO_ESTIMATE,
    Estimate,
    Request,
    Sample,
    adjustment_notes,
    answer,
    in_endpoint_pairs,
)
from spinefairbench.analysis.floor_supplement import (
    FloorSupplement,
    against_other_pairs,
    normalized_interval,
    other_pairs_excess,
)
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.patient_clusters import Quantity, with_patients
from spinefairbench.analysis.report_distances import BySource, mean, mean_change, reports_by_source
from spinefairbench.analysis.result import CheckResult, Row
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.problems import (
    TOLERANCE,
    Problem,
    absent_models,
    unpublished_model,
)
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = [
    "UNREPEATED_NOTE",
    "EndpointFloor",
    "Floors",
    "NoiseFloorRow",
    "Repeats",
    "SourceFloor",
    "ask",
    "check",
    "excess_quantities",
    "excess_samples",
    "floor_notes",
    "floor_row",
    "noise_floor",
    "noise_floor_request",
    "panel_notes",
    "source_floors",
]

UNREPEATED_NOTE: Final = (
    "excess is not comparable between models that sample and models that decode deterministically; repeated reports on "
    "edited images allow the symmetric form and a comparable index (docs/audit.md)"
)
_COUNTS: Final = ("n_sources", "dropped_no_usable_edited_comparison", "dropped_fewer_than_two_usable_source_reports")


class Repeats(Enum):
    """How the repeated reports of each source compare with one another."""

    DIFFER = "labels or recommendations differ, or nothing was repeated"
    ONE_TEXT = "one text"
    SEVERAL_TEXTS = "the same labels and recommendations in different texts"
    TEXTS_NOT_HELD = "the same labels and recommendations in texts that are not held"


class SourceFloor(NamedTuple):
    """T and F of one source, exact fractions in [0, 1]."""

    source_id: str
    changed: ByEndpoint[Fraction]
    repeated: ByEndpoint[Fraction]

    @property
    def excess(self) -> ByEndpoint[Fraction]:
        """T - F, in [-1, 1]."""
        return ByEndpoint.collect(t - f for t, f in zip(self.changed, self.repeated, strict=True))


class Floors(NamedTuple):
    """The sources that have a floor, sorted, and how many have none, by reason."""

    used: tuple[SourceFloor, ...]
    dropped_no_usable_edited_comparison: int
    dropped_fewer_than_two_usable_source_reports: int


@dataclass(frozen=True)
class EndpointFloor(Row):
    """T, F and their difference, each source weighing the same; None where there is no source to say it.

    `T`, `F` in [0, 1], `excess` = T - F in [-1, 1], `normalized_excess` = (T - F) / (1 - F), None where F is 1.
    `supplement` is what is estimated beside the frozen figures, where that was asked for.
    """

    T: float | None
    F: float | None
    excess: Estimate
    normalized_excess: float | None
    supplement: FloorSupplement | None = None

    @property
    def intervals_given(self) -> int:
        """How many 95% intervals there are; a percentile interval and the adjusted one beside it are one."""
        more = self.supplement
        found = [self.excess.ci95, *(() if more is None else (more.excess.ci95, more.normalized.interval))]
        return sum(each is not None for each in found)

    def to_json(self) -> dict[str, Any]:
        """`ci95` is that of the excess."""
        fields = {"T": self.T, "F": self.F, "excess": None, "normalized_excess": self.normalized_excess}
        more = {} if self.supplement is None else self.supplement.fields()
        return fields | self.excess.fields("excess") | more


@dataclass(frozen=True)
class NoiseFloorRow(Row):
    """The noise floor of one model.

    `identical_texts`: of how many sources the repeated reports are one text, None where no texts are held; it is told
    in words only.
    """

    model: str
    n_sources: int
    dropped_no_usable_edited_comparison: int
    dropped_fewer_than_two_usable_source_reports: int
    endpoints: ByEndpoint[EndpointFloor]
    identical_texts: int | None = None

    @property
    def repeats(self) -> Repeats:
        """What is known of the repeated reports where F is 0 on both endpoints."""
        if not all(endpoint.F == 0 for endpoint in self.endpoints):
            return Repeats.DIFFER
        if self.identical_texts is None:
            return Repeats.TEXTS_NOT_HELD
        return Repeats.ONE_TEXT if self.identical_texts == self.n_sources else Repeats.SEVERAL_TEXTS

    def with_excess(self, excess: Sequence[Estimate]) -> "NoiseFloorRow":
        """The same row with its two excesses and their intervals."""
        found = (replace(floor, excess=each) for floor, each in zip(self.endpoints, excess, strict=True))
        return replace(self, endpoints=ByEndpoint.collect(found))

    def to_json(self) -> dict[str, Any]:
        """The endpoints under their short names."""
        fields = super().to_json()
        return {**{key: fields[key] for key in ("model", *_COUNTS)}, **fields["endpoints"]}


# --- one source ------------------------------------------------------------------------------------------------


def source_floors(
    model: ModelReports,
    *,
    counted: Callable[[PairReports], bool] | None = None,
    reported: BySource | None = None,
) -> Floors:
    """T and F of every source; `counted` restricts T to some of the pairs, F always is over all source reports.

    `reported` is `reports_by_source` of the model, where it is known.

    A source needs one usable pair and two usable source reports. The reason that is counted for a source with
    neither is that it has no usable pair.
    """
    used = []
    no_pair = too_few = 0
    for source_id, source in (reported or reports_by_source(model)).items():
        pairs = [pair for pair in source.pairs if counted is None or counted(pair)]
        if counted is not None and not pairs:
            continue  # the source has no pair of this kind, usable or not: nothing was dropped
        compared = [pair for pair in pairs if pair.outcome.usable]
        if not compared:
            no_pair += 1
        elif len(source.source_reports) < 2:
            too_few += 1
        else:
            changed = mean_change(compared)
            used.append(SourceFloor(source_id, changed, source.repeated))
    return Floors(tuple(used), no_pair, too_few)


# --- a model ---------------------------------------------------------------------------------------------------


def excess_samples(used: Sequence[SourceFloor]) -> ByEndpoint[Sample]:
    """The excess of each source, one value a source."""
    if not used:
        return ByEndpoint(Sample(None, DIFFERENCE), Sample(None, DIFFERENCE))
    ids = [floor.source_id for floor in used]
    columns = zip(*(floor.excess for floor in used), strict=True)
    return ByEndpoint.collect(Sample(ClusterTotals.from_fractions(values, ids), DIFFERENCE) for values in columns)


def excess_quantities(models: Sequence[ModelReports]) -> list[Quantity]:
    """The two excesses of each model, as quantities to be estimated otherwise."""
    return [
        Quantity(model.model, f"{endpoint.short_name}_excess", sample)
        for model in models
        for endpoint, sample in excess_samples(source_floors(model).used).each()
    ]


def floor_row(model: str, floors: Floors, *, identical_texts: int | None = None) -> NoiseFloorRow:
    """The row of one model, without the intervals of its two excesses; `with_excess` gives it these."""
    used = floors.used
    endpoints = ByEndpoint.collect(
        _endpoint_floor([floor.changed[at] for floor in used], [floor.repeated[at] for floor in used])
        for at in range(len(ENDPOINTS))
    )
    return NoiseFloorRow(
        model,
        len(used),
        floors.dropped_no_usable_edited_comparison,
        floors.dropped_fewer_than_two_usable_source_reports,
        endpoints,
        identical_texts,
    )


def _endpoint_floor(changed: Sequence[Fraction], repeated: Sequence[Fraction]) -> EndpointFloor:
    if not changed:
        return EndpointFloor(None, None, NO_ESTIMATE, None)
    t, f = mean(changed), mean(repeated)
    normalized = None if f == 1 else float((t - f) / (1 - f))
    return EndpointFloor(float(t), float(f), Estimate(float(t - f)), normalized)


def noise_floor_request(
    models: Sequence[ModelReports], known: Sequence[Floors] | None = None, *, supplemented: bool = False
) -> Request[list[NoiseFloorRow]]:
    """The floor of each model, in the order given; `supplemented`, with what is estimated beside its frozen figures.

    `known` are the floors of the sources, where they were computed before.
    """
    floors = known or [source_floors(model) for model in models]

    @cache
    def undrawn() -> list[NoiseFloorRow]:
        rows = [
            floor_row(model.model, floor, identical_texts=_identical_texts(model))
            for model, floor in zip(models, floors, strict=True)
        ]
        return list(map(_supplemented, rows, floors, models)) if supplemented else rows

    def finish(found: Sequence[Estimate]) -> list[NoiseFloorRow]:
        return [row.with_excess(excess) for row, excess in zip(undrawn(), in_endpoint_pairs(found), strict=True)]

    return Request([sample for floor in floors for sample in excess_samples(floor.used)], finish, undrawn)


def _supplemented(row: NoiseFloorRow, floors: Floors, model: ModelReports) -> NoiseFloorRow:
    others = against_other_pairs(model)
    excess = other_pairs_excess(others)

    def supplement(at: int) -> FloorSupplement:
        changed = [floor.changed[at] for floor in floors.used]
        repeated = [floor.repeated[at] for floor in floors.used]
        return FloorSupplement(
            float(mean([source.changed[at] for source in others])) if others else None,
            excess[at],
            normalized_interval(changed, repeated),
        )

    endpoints = (replace(floor, supplement=supplement(at)) for at, floor in enumerate(row.endpoints))
    return replace(row, endpoints=ByEndpoint.collect(endpoints))


def _identical_texts(model: ModelReports) -> int | None:
    texts = model.quality.texts
    return None if texts is None else texts.sources_with_identical_repeats


# --- the check -------------------------------------------------------------------------------------------------


_WHY_ZERO: Final = {
    Repeats.ONE_TEXT: (
        "are the same text; this does not distinguish deterministic decoding from one report pasted several times"
    ),
    Repeats.SEVERAL_TEXTS: (
        "give the same labels and recommendations, although not all of their texts are the same; the endpoints do not see "
        "what differs"
    ),
    Repeats.TEXTS_NOT_HELD: (
        "give the same labels and recommendations; without the texts, this does not distinguish deterministic decoding from "
        "one report pasted several times, or either from texts that differ in other words"
    ),
}


def floor_notes(row: NoiseFloorRow) -> list[str]:
    """What a reader of this row must know, a sentence each."""
    if row.n_sources == 0:
        return [
            (
                f"{row.model}: no source has a usable pair and two usable reports on its unedited image, so there is no "
                "noise floor"
            )
        ]
    notes = []
    if row.n_sources == 1:
        notes.append(f"{row.model}: only one source, so no interval can be given")
    if row.repeats in _WHY_ZERO:
        notes.append(f"{row.model}: F is 0 because the repeated reports of every source {_WHY_ZERO[row.repeats]}")
    return notes


def panel_notes(rows: Sequence[NoiseFloorRow]) -> list[str]:
    """What a reader of several rows must know."""
    given = sum(floor.intervals_given for row in rows for floor in row.endpoints)
    unadjusted = [f"{given} intervals, unadjusted: each holds at 95% on its own, and of many some miss by chance"]
    return [*(unadjusted if given > 1 else []), *([UNREPEATED_NOTE] if len(rows) > 1 else [])]


def noise_floor(
    panels: PanelReports,
    published: Figures | None,
    *,
    whole_panel: bool = True,
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """The floor of every model, compared with the published figures where these are given."""
    return answer(_check_request(panels, published, whole_panel, bootstrap), bootstrap)


def _check_request(
    panels: PanelReports, published: Figures | None, whole_panel: bool, bootstrap: Bootstrap
) -> Request[CheckResult]:
    compared = partial(_compared, panels, published, whole_panel, bootstrap)
    return noise_floor_request(panels.models, supplemented=True).then(compared)


def _compared(
    panels: PanelReports,
    published: Figures | None,
    whole_panel: bool,
    bootstrap: Bootstrap,
    rows: Sequence[NoiseFloorRow],
) -> CheckResult:
    problems = list(panels.problems)
    notes = [note for row in rows for note in floor_notes(row)] + panel_notes(rows)
    notes += adjustment_notes([floor.excess for row in rows for floor in row.endpoints])
    if not bootstrap.is_frozen:
        notes.append(
            f"{bootstrap.iterations:,} iterations and seed {bootstrap.seed}; the published intervals have "
            f"{FROZEN.iterations:,} and {FROZEN.seed}"
        )
        published = None
    if published is not None:
        models = published["models"]
        problems += published.expect("bootstrap_resamples", bootstrap.iterations)
        problems += published.expect("seed", bootstrap.seed)
        for row in rows:
            problems += _published_problems(row, models.get(row.model))
        if whole_panel:
            problems += absent_models(models, [row.model for row in rows])
    summary = {"iterations": bootstrap.iterations, "seed": bootstrap.seed}
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def _published_problems(row: NoiseFloorRow, published: Figures | None) -> list[Problem]:
    if published is None:
        return [unpublished_model(row.model)]
    problems = published.expect_each(_COUNTS, row, place=row.model)
    for endpoint, floor in row.endpoints.each():
        found, figures = floor.to_json(), published[endpoint.short_name]
        for key in figures:
            problems += figures.expect(key, found[key], TOLERANCE, name=f"{endpoint.short_name} {key}", place=row.model)
    return problems


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `noise-floor`."""
    result = answer(ask(inputs), inputs.bootstrap)
    if not inputs.by_patient:
        return result
    return with_patients(result, excess_quantities(inputs.panels().models), inputs.bootstrap)


def ask(inputs: Inputs) -> Request[CheckResult]:
    """What the command `noise-floor` needs estimated. Raises BundleError or UsageError."""
    return _check_request(
        inputs.panels(),
        inputs.published("noise_floor"),
        inputs.whole_panel,
        inputs.bootstrap,
    )
