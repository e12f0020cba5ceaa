"""How much of a change rate is the model changing its mind on the same image: the noise floor.

A source is reported once for each of its pairs, so its reports on the unedited image are repeated calls. T is how
often the report on the edited image differs from the one on the source, F how often two reports on the source
differ from one another; what is left, T - F, is the excess. The definition is the benchmark's; all sums are exact.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import (
    DIFFERENCE,
    Estimate,
    Interval,
    Sample,
    Steps,
    adjustment_notes,
    estimates,
    together,
)
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.bundle.reports import ModelReports, PairReports, PanelReports
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.problems import differs
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS

__all__ = [
    "ENDPOINTS",
    "UNREPEATED_NOTE",
    "EnergyEndpoint",
    "EnergyForm",
    "FloorEndpoint",
    "FloorSubject",
    "Floors",
    "NoiseFloorRow",
    "RepeatedReports",
    "SourceFloor",
    "energy_forms",
    "excess_samples",
    "floor_endpoint",
    "floor_notes",
    "floor_steps",
    "noise_floor",
    "noise_floor_rows",
    "panel_notes",
    "source_floors",
]

SOURCE_SIDE: Final = "source"
COUNTERFACTUAL_SIDE: Final = "counterfactual"
ENDPOINTS: Final = ("recommendation", "diagnostic")


UNREPEATED_NOTE: Final = (
    "excess is not comparable between models that sample and models that decode deterministically: with F at 0 every "
    "difference counts, with a high F most of them are in it already, and how reports on one edited image differ among "
    "themselves is not known; repeated reports on edited images (submission schema v2) allow the symmetric form, which "
    "takes the noise of both sides away"
)
_COUNTS: Final = ("n_sources", "dropped_no_usable_edited_comparison", "dropped_fewer_than_two_usable_source_reports")


class RepeatedReports(NamedTuple):
    """Further reports on one image of a pair; `role` is `source` or `counterfactual`."""

    pair_id: str
    source_id: str
    role: str
    reports: tuple[ReportFeatures, ...]


class FloorSubject(NamedTuple):
    """Whose floor is asked for: a model's pairs, and the reports repeated beyond them."""

    model: str
    pairs: Sequence[PairReports]
    repeats: Sequence[RepeatedReports] = ()

    @classmethod
    def of(cls, reports: ModelReports) -> "FloorSubject":
        return cls(reports.model, reports.pairs)


class SourceFloor(NamedTuple):
    """T and F of one source for each of `ENDPOINTS`, exact fractions in [0, 1]."""

    source_id: str
    changed: tuple[Fraction, Fraction]
    repeated: tuple[Fraction, Fraction]


class Floors(NamedTuple):
    """The sources that have a floor, sorted, and how many have none, by reason."""

    used: tuple[SourceFloor, ...]
    dropped_no_usable_edited_comparison: int
    dropped_fewer_than_two_usable_source_reports: int


@dataclass(frozen=True)
class FloorEndpoint:
    """T, F and what is left of T, each source weighing the same; None where there is no source to say it.

    `T`, `F` in [0, 1], `excess` = T - F in [-1, 1], `normalized_excess` = (T - F) / (1 - F), None where F is 1.
    `ci95` is the percentile interval of the excess, None with fewer than two sources, and `adjusted_ci95` what to
    read beside it where `adjustment_reason` says that it fails.
    """

    T: float | None
    F: float | None
    excess: float | None
    normalized_excess: float | None
    ci95: Interval | None
    adjusted_ci95: Interval | None = None
    adjustment_reason: str | None = None


@dataclass(frozen=True)
class NoiseFloorRow:
    """The noise floor of one model."""

    model: str
    n_sources: int
    dropped_no_usable_edited_comparison: int
    dropped_fewer_than_two_usable_source_reports: int
    recommendation: FloorEndpoint
    diagnostic: FloorEndpoint


@dataclass(frozen=True)
class EnergyEndpoint:
    """E d(S,E) - half E d(S,S') - half E d(E,E') and its three parts, sources weighing the same; interval as above."""

    between: float
    within_source: float
    within_edited: float
    energy: float
    ci95: Interval | None
    adjusted_ci95: Interval | None = None
    adjustment_reason: str | None = None


@dataclass(frozen=True)
class EnergyForm:
    """The symmetric form of the excess, over pairs of which the edited image too was reported at least twice."""

    model: str
    n_sources: int
    n_pairs: int
    recommendation: EnergyEndpoint
    diagnostic: EnergyEndpoint


# --- one source ------------------------------------------------------------------------------------------------


def _usable(report: ReportFeatures) -> bool:
    return report.response_class is not ResponseClass.FULL_REFUSAL


def _distances(first: ReportFeatures, second: ReportFeatures) -> tuple[int, int]:
    """How far two reports lie apart on each endpoint, in units of 1/UNITS."""
    return (
        UNITS * (first.recommendations != second.recommendations),
        UNITS - jaccard_units(first.labels, second.labels),
    )


def _within(reports: Iterable[ReportFeatures]) -> tuple[Fraction, Fraction]:
    """The mean distance over all unordered pairs of at least two reports."""
    # Counted by what the reports say: thousands of repeats of a few distinct reports stay cheap.
    counts = Counter((report.recommendations, report.labels) for report in reports)
    n = counts.total()
    pairs = n * (n - 1) // 2
    change = labels = 0
    for (first, its_count), (second, other_count) in combinations(counts.items(), 2):
        times = its_count * other_count
        change += times * (first[0] != second[0])
        labels += times * (UNITS - jaccard_units(first[1], second[1]))
    return Fraction(change, pairs), Fraction(labels, pairs * UNITS)


def _between(first: Sequence[ReportFeatures], second: Sequence[ReportFeatures]) -> tuple[Fraction, Fraction]:
    """The mean distance over all pairs of a report of the one and a report of the other sequence."""
    ones, others = (Counter((r.recommendations, r.labels) for r in reports) for reports in (first, second))
    change = labels = 0
    for one, its_count in ones.items():
        for other, other_count in others.items():
            times = its_count * other_count
            change += times * (one[0] != other[0])
            labels += times * (UNITS - jaccard_units(one[1], other[1]))
    pairs = len(first) * len(second)
    return Fraction(change, pairs), Fraction(labels, pairs * UNITS)


class _Source:
    """What was reported on the images of one source."""

    def __init__(self) -> None:
        self.pairs: list[PairReports] = []
        self.source_reports: list[ReportFeatures] = []
        self.edited_repeats: dict[str, list[ReportFeatures]] = {}

    def compared(self, counted: Callable[[PairReports], bool] | None) -> list[PairReports]:
        """The pairs of which both reports are usable, those `counted` only."""
        return [
            pair
            for pair in self.pairs
            if _usable(pair.source) and _usable(pair.counterfactual) and (counted is None or counted(pair))
        ]


def _by_source(pairs: Iterable[PairReports], repeats: Iterable[RepeatedReports]) -> dict[str, _Source]:
    sources: dict[str, _Source] = {}
    for pair in pairs:
        source = sources.setdefault(pair.source_id, _Source())
        source.pairs.append(pair)
        if _usable(pair.source):
            source.source_reports.append(pair.source)
    for entry in repeats:
        source = sources.setdefault(entry.source_id, _Source())
        usable = [report for report in entry.reports if _usable(report)]
        if entry.role == SOURCE_SIDE:
            source.source_reports += usable
        else:
            source.edited_repeats.setdefault(entry.pair_id, []).extend(usable)
    return dict(sorted(sources.items()))


def source_floors(
    pairs: Iterable[PairReports],
    repeats: Iterable[RepeatedReports] = (),
    *,
    counted: Callable[[PairReports], bool] | None = None,
) -> Floors:
    """T and F of every source; `counted` restricts T to some of the pairs, F always is over all source reports.

    A source needs one usable pair and two usable source reports. The reason that is counted for a source with
    neither is that it has no usable pair.
    """
    used = []
    no_pair = too_few = 0
    for source_id, source in _by_source(pairs, repeats).items():
        compared = source.compared(counted)
        if counted is not None and not any(counted(pair) for pair in source.pairs):
            continue  # the source has no pair of this kind, usable or not: nothing was dropped
        if not compared:
            no_pair += 1
        elif len(source.source_reports) < 2:
            too_few += 1
        else:
            distances = [_distances(pair.source, pair.counterfactual) for pair in compared]
            changed = [Fraction(sum(column), len(compared) * UNITS) for column in zip(*distances, strict=True)]
            used.append(SourceFloor(source_id, (changed[0], changed[1]), _within(source.source_reports)))
    return Floors(tuple(used), no_pair, too_few)


# --- a model ---------------------------------------------------------------------------------------------------


def excess_samples(used: Sequence[SourceFloor]) -> tuple[Sample, Sample]:
    """The excess of each source, one value a source, for each of `ENDPOINTS`."""
    if not used:
        return Sample(None, DIFFERENCE), Sample(None, DIFFERENCE)
    ids = [floor.source_id for floor in used]
    first, second = (
        ClusterTotals.from_fractions([floor.changed[at] - floor.repeated[at] for floor in used], ids) for at in (0, 1)
    )
    return Sample(first, DIFFERENCE), Sample(second, DIFFERENCE)


def floor_endpoint(used: Sequence[SourceFloor], endpoint: int, excess_estimate: Estimate) -> FloorEndpoint:
    """T, F and the excess of one of `ENDPOINTS`, with the intervals of the excess computed elsewhere."""
    if not used:
        return FloorEndpoint(None, None, None, None, None, None, excess_estimate.adjustment_reason)
    n = len(used)
    changed = sum((floor.changed[endpoint] for floor in used), Fraction(0)) / n
    repeated = sum((floor.repeated[endpoint] for floor in used), Fraction(0)) / n
    excess = changed - repeated
    normalized = None if repeated == 1 else float(excess / (1 - repeated))
    return FloorEndpoint(
        float(changed),
        float(repeated),
        float(excess),
        normalized,
        excess_estimate.ci95,
        excess_estimate.adjusted_ci95,
        excess_estimate.adjustment_reason,
    )


def noise_floor_rows(
    subjects: Sequence[FloorSubject],
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> list[NoiseFloorRow]:
    """The floor of each subject, in the order given; all intervals are from the same draws."""
    [rows] = together([floor_steps(subjects)], iterations=iterations, seed=seed, progress=progress)
    return list(rows)


def floor_steps(subjects: Sequence[FloorSubject]) -> Steps[list[NoiseFloorRow]]:
    """`noise_floor_rows` as steps."""
    floors = [source_floors(subject.pairs, subject.repeats) for subject in subjects]
    excess = yield [sample for floor in floors for sample in excess_samples(floor.used)]
    return [
        NoiseFloorRow(
            subject.model,
            len(floor.used),
            floor.dropped_no_usable_edited_comparison,
            floor.dropped_fewer_than_two_usable_source_reports,
            floor_endpoint(floor.used, 0, excess[2 * index]),
            floor_endpoint(floor.used, 1, excess[2 * index + 1]),
        )
        for index, (subject, floor) in enumerate(zip(subjects, floors, strict=True))
    ]


# --- where edited images were repeated -------------------------------------------------------------------------


def energy_forms(
    subjects: Sequence[FloorSubject], *, iterations: int = FROZEN_ITERATIONS, seed: int = FROZEN_SEED
) -> list[EnergyForm]:
    """The symmetric form for each subject that has it: that of G. J. Székely and M. L. Rizzo ("Energy statistics",
    Journal of Statistical Planning and Inference 143(8), 2013), halved, with distances between reports.

    A pair counts where its source image and its edited image have two usable reports each. Pairs are averaged
    within their source, then sources.
    """
    forms = []
    for subject in subjects:
        parts = _energy_parts(subject)
        if parts:
            forms.append(_energy_form(subject.model, parts, iterations, seed))
    return forms


class _EnergyParts(NamedTuple):
    """Of one source: between, within source and within edited, for each endpoint; and how many pairs."""

    source_id: str
    pairs: int
    means: tuple[tuple[Fraction, Fraction, Fraction], ...]


def _energy_parts(subject: FloorSubject) -> list[_EnergyParts]:
    result = []
    for source_id, source in _by_source(subject.pairs, subject.repeats).items():
        reports = source.source_reports
        if len(reports) < 2 or not source.edited_repeats:
            continue
        within_source = _within(reports)
        found = []
        for pair in source.pairs:
            edited = [r for r in (pair.counterfactual,) if _usable(r)] + source.edited_repeats.get(pair.pair_id, [])
            if len(edited) > 1:
                found.append((_between(reports, edited), within_source, _within(edited)))
        if found:
            means = tuple(
                (
                    sum((parts[0][at] for parts in found), Fraction(0)) / len(found),
                    within_source[at],
                    sum((parts[2][at] for parts in found), Fraction(0)) / len(found),
                )
                for at in (0, 1)
            )
            result.append(_EnergyParts(source_id, len(found), means))
    return result


def _energy_form(model: str, sources: Sequence[_EnergyParts], iterations: int, seed: int) -> EnergyForm:
    ids = [source.source_id for source in sources]
    energies = [
        [means[0] - (means[1] + means[2]) / 2 for means in (source.means[at] for source in sources)] for at in (0, 1)
    ]
    found = estimates(
        [Sample(ClusterTotals.from_fractions(values, ids), DIFFERENCE) for values in energies],
        iterations=iterations,
        seed=seed,
    )
    endpoints = []
    for at, estimate in enumerate(found):
        means = [
            float(sum((source.means[at][part] for source in sources), Fraction(0)) / len(sources)) for part in range(3)
        ]
        endpoints.append(
            EnergyEndpoint(
                means[0],
                means[1],
                means[2],
                float(sum(energies[at], Fraction(0)) / len(sources)),
                estimate.ci95,
                estimate.adjusted_ci95,
                estimate.adjustment_reason,
            )
        )
    return EnergyForm(model, len(sources), sum(source.pairs for source in sources), endpoints[0], endpoints[1])


# --- the check -------------------------------------------------------------------------------------------------


def floor_notes(row: NoiseFloorRow) -> list[str]:
    """What a reader of this row must know, a sentence each."""
    if row.n_sources == 0:
        return [
            f"{row.model}: no source has a usable pair and two usable reports on its unedited image: "
            "there is no noise floor"
        ]
    notes = []
    if row.n_sources == 1:
        notes.append(f"{row.model}: one source only: its floor is given, but no interval can be")
    endpoints = (row.recommendation, row.diagnostic)
    if all(endpoint.F == 0 for endpoint in endpoints):
        notes.append(
            f"{row.model}: F is 0 because the repeated reports of every source say the same; that cannot tell a "
            "model that decodes deterministically from one report pasted several times"
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
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """The floor of every model, compared with the published figures ({model: …}) where these are given."""
    rows = noise_floor_rows(
        [FloorSubject.of(model) for model in panels.models], iterations=iterations, seed=seed, progress=progress
    )
    problems = list(panels.problems)
    notes = [note for row in rows for note in floor_notes(row)] + panel_notes(rows)
    notes += adjustment_notes([endpoint for row in rows for endpoint in (row.recommendation, row.diagnostic)])
    if (iterations, seed) != (FROZEN_ITERATIONS, FROZEN_SEED):
        notes.append(f"{iterations:,} iterations and seed {seed}; the published intervals have 10,000 and 42")
        published = None
    if published is not None:
        for row in rows:
            problems += _published_problems(row, published.get(row.model))
        if whole_panel:
            present = {row.model for row in rows}
            problems += [
                f"{name}: a model of the release; not in this bundle" for name in published if name not in present
            ]
    summary = {"iterations": iterations, "seed": seed}
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def _published_problems(row: NoiseFloorRow, published: Mapping[str, Any] | None) -> list[str]:
    if published is None:
        return [f"{row.model}: not a model of the release"]
    problems = [
        f"{row.model}: {key} is {getattr(row, key)}; published is {published[key]}"
        for key in _COUNTS
        if getattr(row, key) != published[key]
    ]
    for name in ENDPOINTS:
        endpoint: FloorEndpoint = getattr(row, name)
        for key, expected in published[name].items():
            actual = getattr(endpoint, key)
            pairs = zip(actual, expected, strict=True) if key == "ci95" and actual else [(actual, expected)]
            if any(a is None or differs(a, b) for a, b in pairs):
                problems.append(f"{row.model}: {name} {key} is {actual}; published is {expected}")
    return problems
