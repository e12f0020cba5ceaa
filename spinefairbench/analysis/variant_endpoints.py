"""The endpoints under each variant of the parser, and how far they are from the frozen ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, Interval, Sample, Steps, together
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import FloorSubject
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.bundle.reports import GENERATED_ROLE, SOURCE_ROLE, PairReports
from spinefairbench.metrics.pair_values import jaccard_units, pair_outcome
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS

__all__ = ["ChangedPair", "ParserVariantRow", "changed_pairs", "variant_rows", "variant_steps"]

_FROZEN: Final = "frozen"


@dataclass(frozen=True)
class ParserVariantRow:
    """The endpoints of one model under one variant of the parser, and their shift from the frozen variant.

    `reading` is the variant. A shift is the mean of the paired differences over usable pairs, with an interval that
    resamples sources; both are None for the frozen variant itself. `pairs_recommendation_verdict_changed` counts the
    pairs whose recommendation changes under one of the two variants only. Ranks are among the models audited
    together, 1 for the least change and the most consistency; None for a single model.
    """

    model: str
    reading: str
    usable_pairs: int
    recommendation_change: float | None
    recommendation_shift: float | None
    recommendation_shift_ci95: Interval | None
    recommendation_rank: int | None
    pairs_recommendation_verdict_changed: int
    diagnostic_consistency: float | None
    diagnostic_shift: float | None
    diagnostic_shift_ci95: Interval | None
    diagnostic_rank: int | None
    pairs_diagnostic_value_changed: int
    adjusted_ci95: dict[str, Interval] | None
    adjustment_reason: str | None


class _Values(NamedTuple):
    """Per usable pair: its source, whether recommendations changed, and the diagnostic Jaccard in units of 1/UNITS."""

    source_ids: list[str]
    changed: list[int]
    jaccard: list[int]


def _usable_pairs(subject: FloorSubject) -> list[PairReports]:
    # Response classes alone decide which pairs are usable, and they are the same under every variant.
    return [pair for pair in subject.pairs if pair_outcome(pair.source, pair.counterfactual).usable]


def _values(subject: FloorSubject, collector: MentionCollector, variant: str) -> _Values:
    values = _Values([], [], [])
    for pair in _usable_pairs(subject):
        source, edited = (
            collector.masks(subject.model, pair.pair_id, role, variant) for role in (SOURCE_ROLE, GENERATED_ROLE)
        )
        values.source_ids.append(pair.source_id)
        values.changed.append(int(source.recommendations != edited.recommendations))
        values.jaccard.append(jaccard_units(source.labels, edited.labels))
    return values


def _shift(values: Sequence[int], frozen: Sequence[int], source_ids: Sequence[str], scale: int) -> Sample:
    if not source_ids:
        return Sample(None, DIFFERENCE)
    differences = [now - before for now, before in zip(values, frozen, strict=True)]
    return Sample(ClusterTotals.from_units(differences, source_ids, scale), DIFFERENCE)


def variant_rows(
    subjects: Sequence[FloorSubject],
    collector: MentionCollector,
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> list[ParserVariantRow]:
    """Each subject under each of `PARSER_VARIANTS`; the collector must have taken in all their reports."""
    steps = variant_steps(subjects, collector)
    [rows] = together([steps], iterations=iterations, seed=seed, progress=progress)
    return list(rows)


def variant_steps(subjects: Sequence[FloorSubject], collector: MentionCollector) -> Steps[list[ParserVariantRow]]:
    """`variant_rows` as steps."""
    all_values = [[_values(subject, collector, variant) for variant in PARSER_VARIANTS] for subject in subjects]
    samples = []
    for frozen, *others in all_values:
        for values in others:
            samples.append(_shift(values.changed, frozen.changed, values.source_ids, 1))
            samples.append(_shift(values.jaccard, frozen.jaccard, values.source_ids, UNITS))
    found = iter((yield samples))
    rows = []
    for subject, by_variant in zip(subjects, all_values, strict=True):
        frozen = by_variant[0]
        for variant, values in zip(PARSER_VARIANTS, by_variant, strict=True):
            n = len(values.source_ids)
            change, jaccard = (None, None) if variant == _FROZEN else (next(found), next(found))
            both = {"recommendation": change, "diagnostic": jaccard}
            adjusted = {key: e.adjusted_ci95 for key, e in both.items() if e is not None and e.adjusted_ci95}
            rows.append(
                ParserVariantRow(
                    model=subject.model,
                    reading=variant,
                    usable_pairs=n,
                    recommendation_change=sum(values.changed) / n if n else None,
                    recommendation_shift=change.value if change else None,
                    recommendation_shift_ci95=change.ci95 if change else None,
                    recommendation_rank=None,
                    pairs_recommendation_verdict_changed=_count_different(values.changed, frozen.changed),
                    diagnostic_consistency=sum(values.jaccard) / (n * UNITS) if n else None,
                    diagnostic_shift=jaccard.value if jaccard else None,
                    diagnostic_shift_ci95=jaccard.ci95 if jaccard else None,
                    diagnostic_rank=None,
                    pairs_diagnostic_value_changed=_count_different(values.jaccard, frozen.jaccard),
                    adjusted_ci95=adjusted or None,
                    adjustment_reason=next(
                        (e.adjustment_reason for e in both.values() if e and e.adjustment_reason), None
                    ),
                )
            )
    return _ranked(rows) if len(subjects) > 1 else rows


def _count_different(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(one != other for one, other in zip(first, second, strict=True))


def _ranked(rows: Sequence[ParserVariantRow]) -> list[ParserVariantRow]:
    """The rows with their ranks among those of the same variant; ties share the better rank."""

    def values(variant: str, key: str) -> list[float]:
        found = (getattr(row, key) for row in rows if row.reading == variant)
        return [value for value in found if value is not None]

    return [
        replace(
            row,
            recommendation_rank=None
            if row.recommendation_change is None
            else 1 + sum(v < row.recommendation_change for v in values(row.reading, "recommendation_change")),
            diagnostic_rank=None
            if row.diagnostic_consistency is None
            else 1 + sum(v > row.diagnostic_consistency for v in values(row.reading, "diagnostic_consistency")),
        )
        for row in rows
    ]


class ChangedPair(NamedTuple):
    """A pair whose recommendation changes (1) under one of two variants and not (0) under the other."""

    pair_id: str
    changed_frozen: int
    changed_both: int


def changed_pairs(subject: FloorSubject, collector: MentionCollector) -> list[ChangedPair]:
    """The usable pairs of a model whose recommendation changes under `frozen` or under `both`, not under both of them."""
    frozen, both = (_values(subject, collector, variant).changed for variant in (_FROZEN, "both"))
    rows = zip(_usable_pairs(subject), frozen, both, strict=True)
    return [ChangedPair(pair.pair_id, before, after) for pair, before, after in rows if before != after]
