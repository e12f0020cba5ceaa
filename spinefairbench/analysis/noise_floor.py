"""How much of a change rate is run-to-run variation: the noise floor.

A source is reported once for each of its pairs, so its reports on the unedited image are repeated calls. T is how
often the report on the edited image differs from the one on the source, F how often two reports on the source
differ from one another; what is left, T - F, is the excess. The definition is the benchmark's; all sums are exact.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any, ClassVar, Final, NamedTuple

from spinefairbench.analysis.estimates import (
    DIFFERENCE,
    Estimate,
    Request,
    Sample,
    adjustment_notes,
    answer,
    estimate_fields,
)
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports, is_usable
from spinefairbench.problems import TOLERANCE, Problem, ProblemLike, expect, expect_each
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = [
    "UNREPEATED_NOTE",
    "EndpointFloor",
    "Floors",
    "NoiseFloorRow",
    "SourceFloor",
    "SymmetricEndpoint",
    "SymmetricForm",
    "check",
    "excess_samples",
    "floor_notes",
    "floor_row",
    "noise_floor",
    "noise_floor_request",
    "panel_notes",
    "source_floors",
    "symmetric_request",
]

UNREPEATED_NOTE: Final = (
    "excess is not comparable between models that sample and models that decode deterministically; repeated reports on "
    "edited images allow the symmetric form (docs/audit.md)"
)
_COUNTS: Final = ("n_sources", "dropped_no_usable_edited_comparison", "dropped_fewer_than_two_usable_source_reports")
_NO_VALUE: Final = Fraction(0)


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
    """T, F and what is left of T, each source weighing the same; None where there is no source to say it.

    `T`, `F` in [0, 1], `excess` = T - F in [-1, 1], `normalized_excess` = (T - F) / (1 - F), None where F is 1.
    """

    T: float | None
    F: float | None
    excess: Estimate
    normalized_excess: float | None

    def to_json(self) -> dict[str, Any]:
        """The intervals are those of the excess."""
        fields = {"T": self.T, "F": self.F, "excess": None, "normalized_excess": self.normalized_excess}
        return fields | estimate_fields(self.excess, "excess")


@dataclass(frozen=True)
class NoiseFloorRow(Row):
    """The noise floor of one model."""

    model: str
    n_sources: int
    dropped_no_usable_edited_comparison: int
    dropped_fewer_than_two_usable_source_reports: int
    endpoints: ByEndpoint[EndpointFloor]

    def to_json(self) -> dict[str, Any]:
        """The endpoints under their short names."""
        fields = super().to_json()
        return {**{key: fields[key] for key in ("model", *_COUNTS)}, **fields["endpoints"]}


@dataclass(frozen=True)
class SymmetricEndpoint(Row):
    """E d(S,E) - half E d(S,S') - half E d(E,E') and its three parts, sources weighing the same."""

    ESTIMATES: ClassVar = {"energy": "energy"}

    between: float
    within_source: float
    within_edited: float
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


# --- one source ------------------------------------------------------------------------------------------------


def _counted(reports: Iterable[ReportFeatures]) -> Counter[ReportFeatures]:
    # Counted by what the reports say: thousands of repeats of a few distinct reports stay cheap.
    return Counter(reports)


def _within(reports: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
    """The mean distance over all unordered pairs of at least two reports."""
    pairs = [
        (first, second, its_count * other_count)
        for (first, its_count), (second, other_count) in combinations(_counted(reports).items(), 2)
    ]
    return _mean_distance(pairs, len(reports) * (len(reports) - 1) // 2)


def _between(first: Sequence[ReportFeatures], second: Sequence[ReportFeatures]) -> ByEndpoint[Fraction]:
    """The mean distance over all pairs of a report of the one and a report of the other sequence."""
    pairs = [
        (one, other, its_count * other_count)
        for (one, its_count), (other, other_count) in product(_counted(first).items(), _counted(second).items())
    ]
    return _mean_distance(pairs, len(first) * len(second))


def _mean_distance(pairs: Sequence[tuple[ReportFeatures, ReportFeatures, int]], number: int) -> ByEndpoint[Fraction]:
    """The mean over `number` pairs of reports, given as distinct ones with how often each occurs."""
    return ByEndpoint.of(
        lambda endpoint: Fraction(
            sum(times * endpoint.distance(first, second) for first, second, times in pairs), number * endpoint.scale
        )
    )


class _Source:
    """What was reported on the images of one source."""

    def __init__(self) -> None:
        self.pairs: list[PairReports] = []
        self.source_reports: list[ReportFeatures] = []
        self.edited_repeats: dict[str, list[ReportFeatures]] = {}


def _by_source(model: ModelReports) -> dict[str, _Source]:
    sources: dict[str, _Source] = {}
    for pair in model.pairs:
        source = sources.setdefault(pair.source_id, _Source())
        source.pairs.append(pair)
        if is_usable(pair.source):
            source.source_reports.append(pair.source)
    for entry in model.repeats:
        source = sources.setdefault(entry.source_id, _Source())
        usable = [report for report in entry.reports if is_usable(report)]
        if entry.role == SOURCE_ROLE:
            source.source_reports += usable
        else:
            source.edited_repeats.setdefault(entry.pair_id, []).extend(usable)
    return dict(sorted(sources.items()))


def source_floors(model: ModelReports, *, counted: Callable[[PairReports], bool] | None = None) -> Floors:
    """T and F of every source; `counted` restricts T to some of the pairs, F always is over all source reports.

    A source needs one usable pair and two usable source reports. The reason that is counted for a source with
    neither is that it has no usable pair.
    """
    used = []
    no_pair = too_few = 0
    for source_id, source in _by_source(model).items():
        pairs = [pair for pair in source.pairs if counted is None or counted(pair)]
        if counted is not None and not pairs:
            continue  # the source has no pair of this kind, usable or not: nothing was dropped
        compared = [pair for pair in pairs if pair.outcome.usable]
        if not compared:
            no_pair += 1
        elif len(source.source_reports) < 2:
            too_few += 1
        else:
            changed = _mean_distance([(pair.source, pair.counterfactual, 1) for pair in compared], len(compared))
            used.append(SourceFloor(source_id, changed, _within(source.source_reports)))
    return Floors(tuple(used), no_pair, too_few)


# --- a model ---------------------------------------------------------------------------------------------------


def excess_samples(used: Sequence[SourceFloor]) -> ByEndpoint[Sample]:
    """The excess of each source, one value a source."""
    if not used:
        return ByEndpoint(Sample(None, DIFFERENCE), Sample(None, DIFFERENCE))
    ids = [floor.source_id for floor in used]
    columns = zip(*(floor.excess for floor in used), strict=True)
    return ByEndpoint.collect(Sample(ClusterTotals.from_fractions(values, ids), DIFFERENCE) for values in columns)


def floor_row(model: str, floors: Floors, excess: Sequence[Estimate]) -> NoiseFloorRow:
    """The row of one model, with the intervals of its two excesses computed elsewhere."""
    used = floors.used
    endpoints = ByEndpoint.collect(
        _endpoint_floor([floor.changed[at] for floor in used], [floor.repeated[at] for floor in used], excess[at])
        for at in range(len(ENDPOINTS))
    )
    return NoiseFloorRow(
        model,
        len(used),
        floors.dropped_no_usable_edited_comparison,
        floors.dropped_fewer_than_two_usable_source_reports,
        endpoints,
    )


def _endpoint_floor(changed: Sequence[Fraction], repeated: Sequence[Fraction], excess: Estimate) -> EndpointFloor:
    if not changed:
        return EndpointFloor(None, None, excess, None)
    t, f = _mean(changed), _mean(repeated)
    return EndpointFloor(float(t), float(f), excess, None if f == 1 else float((t - f) / (1 - f)))


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, _NO_VALUE) / len(values)


def noise_floor_request(models: Sequence[ModelReports]) -> Request[list[NoiseFloorRow]]:
    """The floor of each model, in the order given."""
    floors = [source_floors(model) for model in models]
    width = len(ENDPOINTS)
    return Request(
        [sample for floor in floors for sample in excess_samples(floor.used)],
        lambda found: [
            floor_row(model.model, floor, found[width * at : width * (at + 1)])
            for at, (model, floor) in enumerate(zip(models, floors, strict=True))
        ],
    )


# --- where edited images were repeated -------------------------------------------------------------------------


def symmetric_request(models: Sequence[ModelReports]) -> Request[list[SymmetricForm]]:
    """The symmetric form for each model that has it.

    It is that of G. J. Székely and M. L. Rizzo ("Energy statistics", Journal of Statistical Planning and Inference
    143(8), 2013), halved, with distances between reports. A pair counts where its source image and its edited image
    have two usable reports each. Pairs are averaged within their source, then sources.
    """
    with_form = [(model.model, sources) for model in models if (sources := _symmetric_sources(model))]
    width = len(ENDPOINTS)
    return Request(
        [sample for _, sources in with_form for sample in _symmetric_samples(sources)],
        lambda found: [
            _symmetric_form(name, sources, found[width * at : width * (at + 1)])
            for at, (name, sources) in enumerate(with_form)
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
    for source_id, source in _by_source(model).items():
        reports = source.source_reports
        if len(reports) < 2 or not source.edited_repeats:
            continue
        found = []
        for pair in source.pairs:
            own = [pair.counterfactual] if is_usable(pair.counterfactual) else []
            edited = own + source.edited_repeats.get(pair.pair_id, [])
            if len(edited) > 1:
                found.append((_between(reports, edited), _within(edited)))
        if found:
            within_source = _within(reports)
            distances = ByEndpoint.collect(
                _Distances(
                    _mean([between[at] for between, _ in found]),
                    within_source[at],
                    _mean([within[at] for _, within in found]),
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
    between, within_source, within_edited = (float(_mean(part)) for part in zip(*distances, strict=True))
    return SymmetricEndpoint(between, within_source, within_edited, energy)


# --- the check -------------------------------------------------------------------------------------------------


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
    if all(endpoint.F == 0 for endpoint in row.endpoints):
        notes.append(
            f"{row.model}: F is 0 because the repeated reports of every source say the same; this does not distinguish "
            "deterministic decoding from one report pasted several times"
        )
    return notes


def panel_notes(rows: Sequence[NoiseFloorRow], *, edited_repeated: bool = False) -> list[str]:
    """What a reader who compares rows must know."""
    return [] if edited_repeated or len(rows) < 2 else [UNREPEATED_NOTE]


def noise_floor(
    panels: PanelReports,
    published: Mapping[str, Any] | None,
    *,
    whole_panel: bool = True,
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """The floor of every model, compared with the published figures ({model: …}) where these are given."""
    rows = answer(noise_floor_request(panels.models), bootstrap)
    problems: list[ProblemLike] = [*panels.problems]
    notes = [note for row in rows for note in floor_notes(row)] + panel_notes(rows)
    notes += adjustment_notes([floor.excess for row in rows for floor in row.endpoints])
    if not bootstrap.is_frozen:
        notes.append(
            f"{bootstrap.iterations:,} iterations and seed {bootstrap.seed}; the published intervals have "
            f"{FROZEN.iterations:,} and {FROZEN.seed}"
        )
        published = None
    if published is not None:
        for row in rows:
            problems += _published_problems(row, published.get(row.model))
        if whole_panel:
            present = {row.model for row in rows}
            problems += [
                f"{name}: a model of the release; not in this bundle" for name in published if name not in present
            ]
    summary = {"iterations": bootstrap.iterations, "seed": bootstrap.seed}
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def _published_problems(row: NoiseFloorRow, published: Mapping[str, Any] | None) -> list[Problem]:
    if published is None:
        return [Problem(row.model, "not a model of the release")]
    problems = expect_each(_COUNTS, row, published, place=row.model)
    for endpoint, floor in row.endpoints.each():
        found = floor.to_json()
        for key, wanted in published[endpoint.short_name].items():
            name = f"{endpoint.short_name} {key}"
            problems += expect(found[key], wanted, TOLERANCE, name=name, place=row.model)
    return problems


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `noise-floor`."""
    published = inputs.published("noise_floor")
    return noise_floor(
        inputs.panels(),
        None if published is None else published["models"],
        whole_panel=inputs.whole_panel,
        bootstrap=inputs.bootstrap,
    )
