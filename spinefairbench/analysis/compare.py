"""Two or more models on the pairs that all of them have usable: how they differ, and what ranking that supports."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any, Final

from spinefairbench.analysis.estimates import DIFFERENCE, Estimate, Interval, Sample, Steps, adjustment_notes, together
from spinefairbench.analysis.noise_floor import FloorSubject
from spinefairbench.analysis.outcomes import UsablePair, pair_outcomes
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.errors import UsageError
from spinefairbench.problems import ProblemLike
from spinefairbench.statistics.bootstrap import bootstrap_replicates
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.paired import equivalence, paired_difference
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from spinefairbench.statistics.ranks import RankSet, rank_sets

__all__ = [
    "CompareRow",
    "DifferenceRow",
    "LostRow",
    "common_pairs",
    "compare",
    "compare_steps",
    "compare_subjects",
    "one_against_others_steps",
]

_ENDPOINTS: Final = (("recommendation_change", False), ("diagnostic_consistency", True))
"""The endpoints, and whether more of them is better: less change and more consistency rank first."""


@dataclass(frozen=True)
class CompareRow:
    """One model on the common pairs. Rank 1 is the least change, and the most consistency.

    `…_rank_interval` holds the ranks that the model may truly have; all intervals of an endpoint hold at once at 95 %.
    """

    model: str
    usable_pairs: int
    common_pairs: int
    n_sources: int
    recommendation_change: float
    recommendation_ci95: Interval | None
    recommendation_adjusted_ci95: Interval | None
    recommendation_rank: int
    recommendation_rank_interval: tuple[int, int]
    recommendation_not_separated_from_best: bool
    diagnostic_consistency: float
    diagnostic_ci95: Interval | None
    diagnostic_adjusted_ci95: Interval | None
    diagnostic_rank: int
    diagnostic_rank_interval: tuple[int, int]
    diagnostic_not_separated_from_best: bool
    adjustment_reason: str | None


@dataclass(frozen=True)
class DifferenceRow:
    """Model `a` less model `b` on one endpoint.

    `p_value`: source-level sign-flip randomization, two-sided, (b + 1)/(B + 1). `p_holm`: Holm's over all pairs of
    models of the endpoint. `equivalent` and what goes with it only where a margin was given; `equivalence_p` is the
    larger of the two one-sided tests'.
    """

    endpoint: str
    a: str
    b: str
    difference: float
    ci95: Interval | None
    adjusted_ci95: Interval | None
    adjustment_reason: str | None
    p_value: float
    p_holm: float
    margin: float | None
    equivalence_p: float | None
    equivalence_ci90: Interval | None
    equivalent: bool | None


@dataclass(frozen=True)
class LostRow:
    """Pairs that some model has but that are not compared, by what this model did with them.

    `due_to_this_model_alone`: pairs that would be compared but for this model.
    """

    model: str
    not_reported: int
    full_refusal: int
    due_to_this_model_alone: int


def common_pairs(subjects: Sequence[FloorSubject]) -> tuple[list[list[UsablePair]], list[LostRow]]:
    """For each subject its usable pairs that all others have usable too, and what the rest was lost to."""
    usable = [{pair.pair_id: pair for pair in pair_outcomes(subject.pairs).usable} for subject in subjects]
    reported = [{pair.pair_id for pair in subject.pairs} for subject in subjects]
    common = sorted(set.intersection(*(set(pairs) for pairs in usable)))
    everything = set.union(*reported)
    lacking: dict[str, list[int]] = {
        pair_id: [place for place, pairs in enumerate(usable) if pair_id not in pairs] for pair_id in everything
    }
    lost = [
        LostRow(
            subject.model,
            not_reported=len(everything - reported[place]),
            full_refusal=len(reported[place] - usable[place].keys()),
            due_to_this_model_alone=sum(places == [place] for places in lacking.values()),
        )
        for place, subject in enumerate(subjects)
    ]
    return [[pairs[pair_id] for pair_id in common] for pairs in usable], lost


def _totals(pairs: Sequence[UsablePair]) -> tuple[ClusterTotals, ClusterTotals]:
    ids = [pair.source_id for pair in pairs]
    return (
        ClusterTotals.from_units([pair.outcome.recommendation_changed for pair in pairs], ids, 1),
        ClusterTotals.from_units([pair.outcome.diagnostic_jaccard for pair in pairs], ids, UNITS),
    )


def compare_subjects(
    subjects: Sequence[FloorSubject],
    *,
    margin: float | None = None,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[CompareRow], list[DifferenceRow], list[LostRow]]:
    """All comparisons of at least two subjects. Raises UsageError where they have no usable pair in common."""
    steps = compare_steps(subjects, margin=margin, iterations=iterations, seed=seed)
    [found] = together([steps], iterations=iterations, seed=seed, progress=progress)
    rows, differences, lost = found
    return rows, differences, lost


def compare_steps(
    subjects: Sequence[FloorSubject],
    *,
    margin: float | None = None,
    iterations: int,
    seed: int,
) -> Steps[tuple[list[CompareRow], list[DifferenceRow], list[LostRow]]]:
    """`compare_subjects` as steps; it raises at the first of them."""
    if len(subjects) < 2:
        raise UsageError("a comparison needs at least two models or score files")
    pairs, lost = common_pairs(subjects)
    if not pairs[0]:
        told = [f"{row.model}: {row.full_refusal} full refusals, {row.not_reported} not reported" for row in lost]
        raise UsageError(["the models have no usable pair in common", *told])
    endpoints = list(zip(*(_totals(its_pairs) for its_pairs in pairs), strict=True))
    two_of = list(combinations(range(len(subjects)), 2))
    differences = [[paired_difference(totals[a], totals[b]) for a, b in two_of] for totals in endpoints]
    found = yield [
        *(Sample(sample) for totals in endpoints for sample in totals),
        *(Sample(difference, DIFFERENCE) for of_endpoint in differences for difference in of_endpoint),
    ]
    changes, consistencies = found[: len(subjects)], found[len(subjects) : 2 * len(subjects)]
    of_differences = iter(found[2 * len(subjects) :])
    names = [subject.model for subject in subjects]
    difference_rows = []
    for (endpoint, _), of_endpoint in zip(_ENDPOINTS, differences, strict=True):
        p_values = sign_flip_p_values([each.sums for each in of_endpoint], iterations=iterations, seed=seed)
        for (a, b), totals, p_value, p_holm in zip(two_of, of_endpoint, p_values, holm(p_values), strict=True):
            row = _difference_row(endpoint, names[a], names[b], next(of_differences), p_value, p_holm)
            difference_rows.append(row if margin is None else _with_margin(row, totals, margin))
    change_ranks, consistency_ranks = _ranks(endpoints, iterations, seed)
    rows = []
    for place, subject in enumerate(subjects):
        change, consistency = changes[place], consistencies[place]
        change_rank, consistency_rank = change_ranks[place], consistency_ranks[place]
        assert change.value is not None and consistency.value is not None
        rows.append(
            CompareRow(
                subject.model,
                len(pair_outcomes(subject.pairs).usable),
                len(pairs[place]),
                change.n_sources,
                change.value,
                change.ci95,
                change.adjusted_ci95,
                change_rank.rank,
                (change_rank.best_rank, change_rank.worst_rank),
                change_rank.not_separated_from_best,
                consistency.value,
                consistency.ci95,
                consistency.adjusted_ci95,
                consistency_rank.rank,
                (consistency_rank.best_rank, consistency_rank.worst_rank),
                consistency_rank.not_separated_from_best,
                change.adjustment_reason or consistency.adjustment_reason,
            )
        )
    return rows, difference_rows, lost


def _ranks(endpoints: Sequence[Sequence[ClusterTotals]], iterations: int, seed: int) -> list[list[RankSet]]:
    """The ranks of the models on each of `_ENDPOINTS`, both from one pass over the draws."""
    replicates = bootstrap_replicates(
        [sample for samples in endpoints for sample in samples], iterations=iterations, seed=seed
    )
    n = len(endpoints[0])
    return [
        rank_sets(samples, higher_is_better=better, replicates=replicates[at * n : at * n + n])
        for at, (samples, (_, better)) in enumerate(zip(endpoints, _ENDPOINTS, strict=True))
    ]


def _difference_row(endpoint: str, a: str, b: str, found: Estimate, p_value: float, p_holm: float) -> DifferenceRow:
    assert found.value is not None
    return DifferenceRow(
        endpoint, a, b, found.value, found.ci95, found.adjusted_ci95, found.adjustment_reason, p_value, p_holm,
        None, None, None, None,
    )  # fmt: skip


def _with_margin(row: DifferenceRow, difference: ClusterTotals, margin: float) -> DifferenceRow:
    shown = equivalence(difference, margin)
    return replace(
        row,
        margin=margin,
        equivalence_p=shown.p_value,
        equivalence_ci90=shown.interval,
        equivalent=shown.equivalent,
    )


def one_against_others_steps(
    subject: FloorSubject, others: Sequence[FloorSubject], *, iterations: int, seed: int
) -> Steps[tuple[list[DifferenceRow], list[LostRow], dict[str, RankSet]]]:
    """The differences of one model and each other, and its rank among all, on the pairs that all have.

    Holm's family is the other models, for each endpoint. Empty where nothing can be compared.
    """
    pairs, lost = common_pairs([subject, *others])
    if not others or not pairs[0]:
        yield []
        return [], lost if others else [], {}
    endpoints = list(zip(*(_totals(its_pairs) for its_pairs in pairs), strict=True))
    differences = [paired_difference(totals[0], other) for totals in endpoints for other in totals[1:]]
    found = yield [Sample(difference, DIFFERENCE) for difference in differences]
    p_values = sign_flip_p_values([difference.sums for difference in differences], iterations=iterations, seed=seed)
    rows = []
    for at, (endpoint, _) in enumerate(_ENDPOINTS):
        part = slice(at * len(others), (at + 1) * len(others))
        adjusted = holm(p_values[part])
        for other, each, p_value, p_holm in zip(others, found[part], p_values[part], adjusted, strict=True):
            rows.append(_difference_row(endpoint, subject.model, other.model, each, p_value, p_holm))
    of_endpoint = _ranks(endpoints, iterations, seed)
    return rows, lost, {endpoint: ranks[0] for (endpoint, _), ranks in zip(_ENDPOINTS, of_endpoint, strict=True)}


def compare(
    subjects: Sequence[FloorSubject],
    *,
    margin: float | None = None,
    problems: Sequence[ProblemLike] = (),
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """Models as rows; `differences`, `lost` and the groups `not_separated_from_best` under the summary."""
    rows, differences, lost = compare_subjects(
        subjects, margin=margin, iterations=iterations, seed=seed, progress=progress
    )
    in_any = len({pair.pair_id for subject in subjects for pair in subject.pairs})
    best: dict[str, list[str]] = {
        "recommendation_change": [row.model for row in rows if row.recommendation_not_separated_from_best],
        "diagnostic_consistency": [row.model for row in rows if row.diagnostic_not_separated_from_best],
    }
    pairs_of_models = len(differences) // len(_ENDPOINTS)
    summary: dict[str, Any] = {
        "pairs_in_any": in_any,
        "common_pairs": rows[0].common_pairs,
        "lost_pairs": in_any - rows[0].common_pairs,
        "not_separated_from_best": best,
        "family": f"Holm over {pairs_of_models} pairs of models, for each endpoint; difference intervals unadjusted",
        "iterations": iterations,
        "seed": seed,
        "lost": [asdict(row) for row in lost],
        "differences": [asdict(row) for row in differences],
    }
    notes = [
        "rank intervals hold at 95 % for all models of an endpoint at once; a model is not separated from best where "
        "its interval holds rank 1, which does not show that it is as good as the best",
        "a difference that is not significant does not show that two models are alike"
        + ("; for that, state a --margin" if margin is None else ""),
    ]
    if rows[0].n_sources == 1:
        notes.append("one source only: no interval can be given")
    if margin is not None:
        notes.append(f"equivalent: two one-sided tests at 0.05 each show the true difference to be within {margin:g}")
    notes += adjustment_notes(differences)
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))
