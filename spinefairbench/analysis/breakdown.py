"""Both endpoints and the floor for parts of the pairs, and how the parts differ.

The strata are those of the edit (what it asked for), those of the source (what the dataset says of it), or whether
the two agree. Strata of the edit are contrasted within each source; strata of different sources as independent.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
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
    estimate_of,
    together,
)
from spinefairbench.analysis.noise_floor import (
    Floors,
    FloorSubject,
    NoiseFloorRow,
    excess_samples,
    floor_endpoint,
    source_floors,
)
from spinefairbench.analysis.outcomes import UsablePair, pair_outcomes
from spinefairbench.analysis.parallel import OrderedWorkers
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.reports import PairReports, PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.statistics.bootstrap import bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals, partition
from spinefairbench.statistics.distributions import student_t_cdf, student_t_quantile
from spinefairbench.statistics.exact import UNITS, units_from_fractions
from spinefairbench.statistics.percentiles import percentile_interval
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["BREAKDOWNS", "BreakdownRow", "ContrastRow", "breakdown", "breakdown_rows", "breakdown_steps"]

UNKNOWN: Final = "unknown"
_OLD_FROM: Final = 50.0
"""Halfway between the ages that the edits ask for, 25 and 75."""
_MOST_STRATA: Final = 12
# Means resampled at a time: their replicates are in memory together.
_BATCH: Final = 60
# Values below which a second process costs more than it saves.
_WORTH_A_PROCESS: Final = 20_000

Metadata = Mapping[str, SourceMetadata]


class _Grouping(NamedTuple):
    """One way to part the pairs; `of` says what the strata are a property of."""

    of: str
    strata: tuple[str, ...]
    stratum: Callable[[str, str, SourceMetadata], str]
    """From source_id, edit label and the source's metadata."""
    within_source: bool


@dataclass(frozen=True)
class BreakdownRow:
    """One stratum of one model: endpoints with intervals as in `estimates`, and the floor of the stratum's pairs.

    T of the floor is over the stratum's pairs, F over all reports on the source image.
    """

    model: str
    by: str
    of: str
    stratum: str
    usable_pairs: int
    n_sources: int
    recommendation_change: float | None
    recommendation_ci95: Interval | None
    recommendation_adjusted_ci95: Interval | None
    diagnostic_consistency: float | None
    diagnostic_ci95: Interval | None
    diagnostic_adjusted_ci95: Interval | None
    adjustment_reason: str | None
    floor: NoiseFloorRow


@dataclass(frozen=True)
class ContrastRow:
    """Stratum `a` less stratum `b` of one endpoint of one model.

    `paired`: the mean over sources with both strata of the difference of the source's own means, percentile
    interval, p by source-level sign flips; else the difference of two independent means, Welch's t for both.
    `p_holm` is adjusted over all contrasts of the model.
    """

    model: str
    by: str
    of: str
    endpoint: str
    a: str
    b: str
    paired: bool
    n_sources: int
    difference: float | None
    ci95: Interval | None
    adjusted_ci95: Interval | None
    adjustment_reason: str | None
    p_value: float | None
    p_holm: float | None


# --- the strata ------------------------------------------------------------------------------------------------


def _edit_age(edit: str) -> str:
    return edit.partition("_")[0]


def _edit_sex(edit: str) -> str:
    return edit.partition("_")[2]


def _source_age_group(metadata: SourceMetadata) -> str:
    if metadata.age is None:
        return UNKNOWN
    return "elderly" if metadata.age >= _OLD_FROM else "young"


def _dataset(source_id: str) -> str:
    return source_id.partition("_")[0]


def _agreement(asked: str, had: str) -> str:
    return UNKNOWN if had == UNKNOWN else "same" if asked == had else "cross"


_SAME_OR_CROSS: Final = ("same", "cross", UNKNOWN)
_AGE_NAMES: Final = {"young": "under 50", "elderly": "50 and over", UNKNOWN: UNKNOWN}


def _groupings(by: str, source_ids: Sequence[str]) -> list[_Grouping]:
    if by == "edit":
        return [_Grouping("edit", EDIT_LABELS, lambda source, edit, known: edit, True)]
    if by == "age":
        return [
            _Grouping("edit", ("elderly", "young"), lambda source, edit, known: _edit_age(edit), True),
            _Grouping(
                "source",
                tuple(_AGE_NAMES.values()),
                lambda source, edit, known: _AGE_NAMES[_source_age_group(known)],
                False,
            ),
        ]
    if by == "sex":
        return [
            _Grouping("edit", ("female", "male"), lambda source, edit, known: _edit_sex(edit), True),
            _Grouping("source", ("female", UNKNOWN), lambda source, edit, known: known.sex or UNKNOWN, False),
        ]
    if by == "dataset":
        datasets = tuple(sorted({_dataset(source_id) for source_id in source_ids}))
        return [_Grouping("source", datasets, lambda source, edit, known: _dataset(source), False)]
    return [
        _Grouping(
            "age",
            _SAME_OR_CROSS,
            lambda source, edit, known: _agreement(_edit_age(edit), _source_age_group(known)),
            True,
        ),
        _Grouping(
            "sex",
            _SAME_OR_CROSS,
            lambda source, edit, known: _agreement(_edit_sex(edit), known.sex or UNKNOWN),
            True,
        ),
    ]


BREAKDOWNS: Final = ("edit", "age", "sex", "dataset", "same-or-cross")
"""What the pairs can be parted by."""


# --- rows ------------------------------------------------------------------------------------------------------


class _Stratum(NamedTuple):
    name: str
    usable: list[UsablePair]
    floors: Floors


Values = tuple[Fraction | None, ...]
"""One value for each source of a model, None where the source has none."""


class _Group(NamedTuple):
    """The strata of one model under one grouping; `everyone` is all its sources, sorted."""

    model: str
    by: str
    grouping: _Grouping
    everyone: tuple[str, ...]
    strata: list[_Stratum]


class _Contrast(NamedTuple):
    """A row to finish; of a paired one, the difference within each source of the model, None where it has none."""

    row: ContrastRow
    differences: Values = ()


def breakdown_rows(
    subjects: Sequence[FloorSubject],
    by: str | Sequence[str],
    metadata: Metadata,
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
) -> tuple[list[BreakdownRow], list[ContrastRow]]:
    """Strata and contrasts of each subject; `by` is one or several of `BREAKDOWNS`.

    A stratum without a pair is left out. Endpoints resample the sources of the stratum, as everywhere; excesses and
    paired contrasts resample all sources of the model, those without a value counting neither above nor below the line.
    """
    steps = breakdown_steps(subjects, by, metadata, iterations=iterations, seed=seed, jobs=jobs)
    [found] = together([steps], iterations=iterations, seed=seed, progress=progress, jobs=jobs)
    rows, contrasts = found
    return rows, contrasts


def breakdown_steps(
    subjects: Sequence[FloorSubject],
    by: str | Sequence[str],
    metadata: Metadata,
    *,
    iterations: int,
    seed: int,
    jobs: int = 1,
) -> Steps[tuple[list[BreakdownRow], list[ContrastRow]]]:
    """`breakdown_rows` as steps."""
    groups = [
        _Group(subject.model, name, grouping, _everyone(subject), _strata(subject, grouping, metadata))
        for subject in subjects
        for name in ([by] if isinstance(by, str) else by)
        for grouping in _groupings(name, [pair.source_id for pair in subject.pairs])
    ]
    found = iter(
        (yield [sample for group in groups for stratum in group.strata for sample in _endpoint_samples(stratum.usable)])
    )
    floors = [
        values
        for group in groups
        for stratum in group.strata
        for values in _excess_values(stratum.floors, group.everyone)
    ]
    contrasts = [contrast for group in groups for contrast in _contrasts(group)]
    paired = [contrast.differences for contrast in contrasts if contrast.row.paired]
    shared = _shared_draws([*floors, *paired], iterations, seed, jobs)
    of_floors, of_contrasts = iter(shared[: len(floors)]), shared[len(floors) :]
    rows = [
        _row(group, stratum, [next(found), next(found), next(of_floors), next(of_floors)])
        for group in groups
        for stratum in group.strata
    ]
    return rows, _finished(contrasts, of_contrasts, iterations, seed)


def _everyone(subject: FloorSubject) -> tuple[str, ...]:
    return tuple(sorted({pair.source_id for pair in subject.pairs}))


def _excess_values(floors: Floors, everyone: Sequence[str]) -> list[Values]:
    """The excess of each source on both endpoints, None where it has none."""
    found = {floor.source_id: floor for floor in floors.used}
    return [
        tuple(
            None if (floor := found.get(source_id)) is None else floor.changed[at] - floor.repeated[at]
            for source_id in everyone
        )
        for at in (0, 1)
    ]


def _strata(subject: FloorSubject, grouping: _Grouping, metadata: Metadata) -> list[_Stratum]:
    nothing = SourceMetadata(None, None)

    def name_of(pair: PairReports) -> str:
        return grouping.stratum(pair.source_id, pair.edit_label, metadata.get(pair.source_id, nothing))

    parts: dict[str, list[PairReports]] = {name: [] for name in grouping.strata}
    for pair in subject.pairs:
        parts[name_of(pair)].append(pair)
    return [
        _Stratum(name, list(pair_outcomes(pairs).usable), _floors_of(subject, {pair.pair_id for pair in pairs}))
        for name, pairs in parts.items()
        if pairs
    ]


def _floors_of(subject: FloorSubject, pair_ids: set[str]) -> Floors:
    return source_floors(subject.pairs, subject.repeats, counted=lambda pair: pair.pair_id in pair_ids)


def _endpoint_totals(usable: Sequence[UsablePair]) -> tuple[ClusterTotals, ClusterTotals]:
    ids = [pair.source_id for pair in usable]
    return (
        ClusterTotals.from_units([pair.outcome.recommendation_changed for pair in usable], ids, 1),
        ClusterTotals.from_units([pair.outcome.diagnostic_jaccard for pair in usable], ids, UNITS),
    )


def _endpoint_samples(usable: Sequence[UsablePair]) -> list[Sample]:
    return [Sample(totals) for totals in _endpoint_totals(usable)] if usable else [Sample(None)] * 2


def _stratum_samples(stratum: _Stratum) -> list[Sample]:
    return [*_endpoint_samples(stratum.usable), *excess_samples(stratum.floors.used)]


def _row(group: _Group, stratum: _Stratum, found: Sequence[Estimate]) -> BreakdownRow:
    change, consistency, recommendation_excess, diagnostic_excess = found
    floors = stratum.floors
    reasons = dict.fromkeys(each.adjustment_reason for each in (change, consistency) if each.adjustment_reason)
    return BreakdownRow(
        model=group.model,
        by=group.by,
        of=group.grouping.of,
        stratum=stratum.name,
        usable_pairs=len(stratum.usable),
        n_sources=change.n_sources,
        recommendation_change=change.value,
        recommendation_ci95=change.ci95,
        recommendation_adjusted_ci95=change.adjusted_ci95,
        diagnostic_consistency=consistency.value,
        diagnostic_ci95=consistency.ci95,
        diagnostic_adjusted_ci95=consistency.adjusted_ci95,
        adjustment_reason="; ".join(reasons) or None,
        floor=NoiseFloorRow(
            group.model,
            len(floors.used),
            floors.dropped_no_usable_edited_comparison,
            floors.dropped_fewer_than_two_usable_source_reports,
            floor_endpoint(floors.used, 0, recommendation_excess),
            floor_endpoint(floors.used, 1, diagnostic_excess),
        ),
    )


# --- contrasts -------------------------------------------------------------------------------------------------


def _contrasts(group: _Group) -> list[_Contrast]:
    known = [stratum for stratum in group.strata if stratum.name != UNKNOWN and stratum.usable]
    if len(known) > _MOST_STRATA:
        return []
    contrasts = []
    paired = group.grouping.within_source
    for first, second in combinations(known, 2):
        template = ContrastRow(
            group.model, group.by, group.grouping.of, "", first.name, second.name, paired,
            0, None, None, None, None, None, None,
        )  # fmt: skip
        if paired:
            contrasts += _paired_contrasts(template, first, second, group.everyone)
        else:
            contrasts += _independent_contrasts(template, first, second)
    return contrasts


def _source_means(usable: Sequence[UsablePair]) -> dict[str, tuple[Fraction, Fraction]]:
    """Each source's own mean of the two endpoints."""
    means = {}
    for source_id, outcomes in partition([p.outcome for p in usable], [p.source_id for p in usable]).items():
        n = len(outcomes)
        means[source_id] = (
            Fraction(sum(outcome.recommendation_changed for outcome in outcomes), n),
            Fraction(sum(outcome.diagnostic_jaccard for outcome in outcomes), n * UNITS),
        )
    return means


_CONTRASTED: Final = ("recommendation_change", "diagnostic_consistency")


def _paired_contrasts(
    template: ContrastRow, first: _Stratum, second: _Stratum, everyone: Sequence[str]
) -> list[_Contrast]:
    ones, others = _source_means(first.usable), _source_means(second.usable)
    both = ones.keys() & others.keys()
    return [
        _Contrast(
            replace(template, endpoint=endpoint, n_sources=len(both)),
            tuple(ones[source_id][at] - others[source_id][at] if source_id in both else None for source_id in everyone),
        )
        for at, endpoint in enumerate(_CONTRASTED)
    ]


def _independent_contrasts(template: ContrastRow, first: _Stratum, second: _Stratum) -> list[_Contrast]:
    """Welch's t on clustered means: the strata hold different sources, so nothing can be paired."""
    rows = []
    ones = [*_stratum_samples(first)]
    others = [*_stratum_samples(second)]
    names = (*_CONTRASTED, "recommendation_excess", "diagnostic_excess")
    for endpoint, (one, _), (other, _) in zip(names, ones, others, strict=True):
        row = replace(template, endpoint=endpoint)
        if one is None or other is None:
            rows.append(_Contrast(replace(row, adjustment_reason="a stratum has no usable value")))
            continue
        row = replace(row, n_sources=one.n + other.n, difference=one.estimate - other.estimate)
        low, high = (-2.0, 2.0) if endpoint.endswith("excess") else (-1.0, 1.0)
        rows.append(_Contrast(_with_welch(row, one, other, low, high)))
    return rows


def _with_welch(row: ContrastRow, one: ClusterTotals, other: ClusterTotals, low: float, high: float) -> ContrastRow:
    first, second = clustered_mean(one).standard_error, clustered_mean(other).standard_error
    if first is None or second is None:
        return replace(row, adjustment_reason="a stratum has one source only, so no interval can be given")
    variance = first**2 + second**2
    if not variance:
        return replace(row, adjustment_reason="the sources of each stratum do not differ, so no interval can be given")
    # The degrees of freedom of B. L. Welch, "The generalization of Student's problem when several different
    # population variances are involved", Biometrika 34, 1947.
    df = variance**2 / (first**4 / (one.n - 1) + second**4 / (other.n - 1))
    error = math.sqrt(variance)
    assert row.difference is not None
    reach = student_t_quantile(0.975, df) * error
    p_value = 2 * student_t_cdf(-abs(row.difference) / error, df)
    interval = (max(low, row.difference - reach), min(high, row.difference + reach))
    return replace(row, ci95=interval, p_value=p_value)


def _finished(
    contrasts: Sequence[_Contrast], paired_estimates: Sequence[Estimate], iterations: int, seed: int
) -> list[ContrastRow]:
    """The rows with what was estimated of the paired ones, all p values, and Holm's over a model's contrasts."""
    rows = [contrast.row for contrast in contrasts]
    paired = [index for index, row in enumerate(rows) if row.paired]
    tested = [index for index in paired if rows[index].n_sources]
    # A source without a difference is flipped like the others, to no effect: all samples then share their signs.
    flipped = [units_from_fractions([v or Fraction(0) for v in contrasts[index].differences])[0] for index in tested]
    p_values = dict(zip(tested, sign_flip_p_values(flipped, iterations=iterations, seed=seed), strict=True))
    for index, found in zip(paired, paired_estimates, strict=True):
        rows[index] = replace(
            rows[index],
            difference=found.value,
            ci95=found.ci95,
            adjusted_ci95=found.adjusted_ci95,
            adjustment_reason=found.adjustment_reason
            if found.n_sources
            else "no source has usable pairs of both strata",
            p_value=p_values.get(index),
        )
    families: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        if row.p_value is not None:
            families.setdefault((row.model, row.by), []).append(index)
    for indices in families.values():
        adjusted = holm([p for index in indices if (p := rows[index].p_value) is not None])
        for index, p_holm in zip(indices, adjusted, strict=True):
            rows[index] = replace(rows[index], p_holm=p_holm)
    return rows


# --- all sources of a model resampled --------------------------------------------------------------------------


class _Batch(NamedTuple):
    """Means that one process takes on together."""

    all_values: Sequence[Values]
    iterations: int
    seed: int


def _shared_draws(all_values: Sequence[Values], iterations: int, seed: int, jobs: int) -> list[Estimate]:
    """The mean of each, over the sources that have a value, all sources being resampled.

    So every stratum of a model, and every model with as many sources, sees the same draws.
    """
    intervals: list[Interval | None] = []
    size = max(1, min(_BATCH, -(-len(all_values) // jobs)))
    alone = sum(map(len, all_values)) < _WORTH_A_PROCESS
    with OrderedWorkers(_batch_intervals, 1 if alone else jobs, intervals.extend) as spread:
        for start in range(0, len(all_values), size):
            spread.put(_Batch(all_values[start : start + size], iterations, seed))
    return [_mean(values, interval) for values, interval in zip(all_values, intervals, strict=True)]


def _batch_intervals(batch: _Batch) -> list[Interval | None]:
    samples: dict[ClusterTotals, int] = {}
    places: list[tuple[int, int] | None] = []
    for values in batch.all_values:
        if sum(value is not None for value in values) < 2:
            places.append(None)
            continue
        units, scale = units_from_fractions([value or Fraction(0) for value in values])
        ones = (1,) * len(units)
        totals = ClusterTotals(tuple(units), ones, scale)
        shares = ClusterTotals(tuple(int(value is not None) for value in values), ones)
        # Strata share which sources they have: what is the same is drawn once.
        at = samples.setdefault(totals, len(samples))
        places.append((at, samples.setdefault(shares, len(samples))))
    if not samples:
        return [None] * len(places)
    replicates = bootstrap_replicates(list(samples), iterations=batch.iterations, seed=batch.seed)
    return [
        None
        if place is None
        else percentile_interval(
            [total / share for total, share in zip(*(replicates[at] for at in place), strict=True) if share]
        )
        for place in places
    ]


def _mean(values: Values, interval: Interval | None) -> Estimate:
    given = [value for value in values if value is not None]
    if not given:
        return estimate_of(None, DIFFERENCE, None)
    totals = ClusterTotals.from_fractions(given, [f"{place:09}" for place in range(len(given))])
    return estimate_of(totals, DIFFERENCE, interval)


# --- the command -----------------------------------------------------------------------------------------------


def breakdown(
    panels: PanelReports,
    by: str,
    metadata: Metadata,
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
) -> CheckResult:
    """Strata as rows, contrasts under `contrasts`, what was adjusted for what under `family`."""
    subjects = [FloorSubject.of(model) for model in panels.models]
    rows, contrasts = breakdown_rows(
        subjects, by, metadata, iterations=iterations, seed=seed, progress=progress, jobs=jobs
    )
    problems = list(panels.problems)
    with_pairs = {row.model for row in rows if row.usable_pairs}
    problems += [f"{subject.model}: no usable pair" for subject in subjects if subject.model not in with_pairs]
    strata_intervals = sum(each is not None for row in rows for each in (row.recommendation_ci95, row.diagnostic_ci95))
    summary: dict[str, Any] = {
        "contrasts": [asdict(row) for row in contrasts],
        "family": {
            "intervals": "unadjusted: each of them holds at 95 % on its own",
            "intervals_of_strata": strata_intervals,
            "intervals_of_contrasts": sum(row.ci95 is not None for row in contrasts),
            "p_values": "p_holm is adjusted by Holm over all contrasts of the model",
        },
    }
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(_notes(by, subjects, metadata, rows)))


def _notes(by: str, subjects: Sequence[FloorSubject], metadata: Metadata, rows: Sequence[BreakdownRow]) -> list[str]:
    notes = []
    if by in ("age", "sex"):
        notes.append(
            f"strata of `edit` are by the {by} that the edit asked for, strata of `source` by what the dataset says "
            "of the source"
        )
    if by in ("age", "sex", "same-or-cross"):
        notes.append(
            "source ages of 45.0 and 0 and sexes other than F may stand for unknown; they are reported as unknown, "
            "not imputed"
        )
    if by in ("age", "same-or-cross"):
        notes.append("a source counts as young below 50 years, halfway between the ages that the edits ask for")
    if by == "same-or-cross":
        notes.append("same: the edit asked for the age group (or sex) that the source has; cross: for the other one")
    sources = {pair.source_id for subject in subjects for pair in subject.pairs}
    missing = len(sources - metadata.keys())
    if missing and by != "edit" and by != "dataset":
        notes.append(f"{missing} of {len(sources)} sources have no metadata; they count as unknown")
    if by in ("edit", "age", "sex", "same-or-cross"):
        notes.append(
            "contrasts within a source have the same F on both sides, so a difference of change rates is one of "
            "excesses too"
        )
    notes += adjustment_notes([floor for row in rows for floor in (row.floor.recommendation, row.floor.diagnostic)])
    return notes
