"""What a data set of this size can see: standard errors, what clustering costs, the smallest effect it would find."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Final

from spinefairbench.analysis.compare import common_pairs
from spinefairbench.analysis.noise_floor import FloorSubject, excess_samples, source_floors
from spinefairbench.analysis.outcomes import UsablePair, pair_outcomes
from spinefairbench.analysis.result import CheckResult
from spinefairbench.problems import ProblemLike
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.power import (
    DEFAULT_ALPHA,
    DEFAULT_POWER,
    minimum_detectable_effect,
    required_sources,
)
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["DEFAULT_EFFECT", "PowerRow", "paired_rows", "power", "power_rows"]

DEFAULT_EFFECT: Final = 0.05
"""Five points of a rate, for which the number of sources is told where none is asked for."""
_NAMES: Final = ("recommendation_change", "diagnostic_consistency")
_EXCESS_NAMES: Final = ("recommendation_excess", "diagnostic_excess")


@dataclass(frozen=True)
class PowerRow:
    """One quantity of one model, or the paired difference of two.

    `standard_error` is clustered by source and `design_effect` its square over that of as many independent values;
    `minimum_detectable_effect` is what a two-sided test at 0.05 finds with a chance of 80 %, and `required_sources`
    how many sources of this kind would show `effect`. None where the sources do not vary, or there is one only.
    """

    model: str
    quantity: str
    compared_with: str | None
    estimate: float | None
    n_sources: int
    n_values: int
    standard_error: float | None
    design_effect: float | None
    minimum_detectable_effect: float | None
    effect: float
    required_sources: int | None


def _row(model: str, quantity: str, other: str | None, totals: ClusterTotals | None, effect: float) -> PowerRow:
    if totals is None:
        return PowerRow(model, quantity, other, None, 0, 0, None, None, None, effect, None)
    mean = clustered_mean(totals)
    error = mean.standard_error
    usable = error is not None and error > 0
    return PowerRow(
        model,
        quantity,
        other,
        mean.estimate,
        totals.n,
        totals.n_values,
        error,
        mean.design_effect,
        minimum_detectable_effect(error, totals.n) if usable and error else None,
        effect,
        required_sources(effect, error, totals.n) if usable and error else None,
    )


def _endpoints(subject: FloorSubject) -> tuple[ClusterTotals | None, ClusterTotals | None]:
    outcomes = pair_outcomes(subject.pairs)
    return outcomes.endpoint_clusters() if outcomes.usable else (None, None)


def power_rows(subjects: Sequence[FloorSubject], *, effect: float = DEFAULT_EFFECT) -> list[PowerRow]:
    """For each subject both rates and both excesses (a paired difference within sources)."""
    rows = []
    for subject in subjects:
        for quantity, totals in zip(_NAMES, _endpoints(subject), strict=True):
            rows.append(_row(subject.model, quantity, None, totals, effect))
        excess = excess_samples(source_floors(subject.pairs, subject.repeats).used)
        for quantity, sample in zip(_EXCESS_NAMES, excess, strict=True):
            rows.append(_row(subject.model, quantity, None, sample.totals, effect))
    return rows


def paired_rows(subjects: Sequence[FloorSubject], *, effect: float = DEFAULT_EFFECT) -> list[PowerRow]:
    """For each two subjects the differences of both endpoints on the pairs that the two have in common."""
    rows = []
    for first, second in combinations(subjects, 2):
        (ones, others), _ = common_pairs([first, second])
        for quantity, totals in zip(_NAMES, _paired_totals(ones, others), strict=True):
            rows.append(_row(first.model, quantity, second.model, totals, effect))
    return rows


def _paired_totals(
    ones: Sequence[UsablePair], others: Sequence[UsablePair]
) -> tuple[ClusterTotals | None, ClusterTotals | None]:
    if not ones:
        return None, None
    ids = [pair.source_id for pair in ones]
    outcomes = [(one.outcome, other.outcome) for one, other in zip(ones, others, strict=True)]
    return (
        ClusterTotals.from_units([a.recommendation_changed - b.recommendation_changed for a, b in outcomes], ids, 1),
        ClusterTotals.from_units([a.diagnostic_jaccard - b.diagnostic_jaccard for a, b in outcomes], ids, UNITS),
    )


def power(
    subjects: Sequence[FloorSubject], *, effect: float = DEFAULT_EFFECT, problems: Sequence[ProblemLike] = ()
) -> CheckResult:
    """Rates and excesses of each subject as rows; differences between subjects under `paired`."""
    rows = power_rows(subjects, effect=effect)
    found = list(problems)
    notes = [
        "minimum_detectable_effect: found by a two-sided test at 0.05 with a chance of 80 %; for a rate, a distance "
        "from a fixed value; for an excess or a difference, a distance from 0",
        "required_sources takes the pairs of a source and their likeness to be as seen here",
    ]
    for row in rows:
        if row.n_sources == 0:
            notes.append(f"{row.model}: {row.quantity}: no usable value, so nothing can be said")
        elif row.n_sources == 1:
            notes.append(f"{row.model}: {row.quantity}: one source only, so nothing shows how far sources differ")
        elif row.standard_error == 0:
            notes.append(
                f"{row.model}: {row.quantity}: all sources say the same, which shows no variation to plan with"
            )
        if row.quantity == _NAMES[0] and row.n_sources == 0:
            found.append(f"{row.model}: no usable pair")
    summary: dict[str, Any] = {"power": DEFAULT_POWER, "alpha": DEFAULT_ALPHA, "effect": effect}
    paired = paired_rows(subjects, effect=effect)
    if paired:
        summary["paired"] = [asdict(row) for row in paired]
    return CheckResult(tuple(rows), summary, tuple(found), notes=tuple(notes))
