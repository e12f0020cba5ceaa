"""Table 2: both endpoints of every model with their intervals, against the frozen and the published figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.outcomes import ModelOutcomes, model_outcomes
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.frozen_table import FrozenRow
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.problems import HALF_OF_THIRD_DECIMAL, TOLERANCE, differs
from spinefairbench.statistics.bootstrap import percentile_intervals
from spinefairbench.statistics.intervals import adjusted_interval

__all__ = [
    "FROZEN_ITERATIONS",
    "FROZEN_SEED",
    "AdjustedIntervals",
    "Table2Row",
    "adjusted_endpoint_intervals",
    "adjustment_note",
    "endpoint_intervals",
    "table2",
]

FROZEN_ITERATIONS: Final = 10_000
FROZEN_SEED: Final = 42
_COUNTS: Final = ("usable_pairs", "full_refusal_pairs", "partial_refusal_pairs")
_POINTS: Final = ("recommendation_change", "diagnostic_consistency")
_INTERVALS: Final = ("recommendation_ci95", "diagnostic_ci95")
_PUBLISHED_INTERVAL_KEYS: Final = {
    "recommendation_ci95": "recommendation_change",
    "diagnostic_ci95": "diagnostic_consistency",
}


@dataclass(frozen=True)
class Table2Row:
    """One model; rates and means in [0, 1], intervals as (lower, upper). None where no pair is usable.

    An adjusted interval stands beside an interval that is known to fail, with the reason.
    """

    model: str
    panel: str
    usable_pairs: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    recommendation_change: float | None
    diagnostic_consistency: float | None
    recommendation_ci95: tuple[float, float] | None
    diagnostic_ci95: tuple[float, float] | None
    ci_source: str
    frozen: Mapping[str, Any]
    recommendation_adjusted_ci95: tuple[float, float] | None = None
    diagnostic_adjusted_ci95: tuple[float, float] | None = None
    adjustment_reason: str | None = None


Interval = tuple[float, float]


def endpoint_intervals(
    outcomes: Sequence[ModelOutcomes],
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[Interval, Interval]]:
    """(recommendation change, diagnostic consistency) intervals; every model must have a usable pair.

    All are drawn in one go, so that draws which are the same are drawn once.
    """
    samples = [sample for outcome in outcomes for sample in outcome.endpoint_clusters()]
    bounds = percentile_intervals(samples, iterations=iterations, seed=seed, progress=progress)
    return list(zip(bounds[0::2], bounds[1::2], strict=True))


class AdjustedIntervals(NamedTuple):
    """What to read beside the two intervals of a model where they fail, and why; None where they hold."""

    recommendation_adjusted_ci95: Interval | None
    diagnostic_adjusted_ci95: Interval | None
    adjustment_reason: str | None


def adjustment_note(reasons: Sequence[str | None]) -> list[str]:
    """One sentence on the models whose intervals fail, if there are any; `reasons` has an item a model."""
    given = [reason for reason in reasons if reason is not None]
    if not given:
        return []
    return [
        f"the percentile intervals of {len(given)} of {len(reasons)} models may be too short (for one, {given[0]}): the "
        "adjusted_ci95 fields stand beside them, adjustment_reason says why"
    ]


def adjusted_endpoint_intervals(
    outcome: ModelOutcomes, intervals: tuple[Interval, Interval] | None
) -> AdjustedIntervals:
    """The adjusted intervals of the intervals of both endpoints, as (recommendation change, diagnostic consistency)."""
    if intervals is None or not outcome.usable:
        return AdjustedIntervals(None, None, None)
    found = [
        adjusted_interval(totals, ci95) for totals, ci95 in zip(outcome.endpoint_clusters(), intervals, strict=True)
    ]
    reasons = dict.fromkeys(reason for each in found if each is not None for reason in each.reasons)
    recommendation, diagnostic = (each.interval if each is not None else None for each in found)
    return AdjustedIntervals(recommendation, diagnostic, "; ".join(reasons) or None)


def table2(
    panels: PanelReports,
    frozen: Mapping[str, FrozenRow],
    published: Mapping[str, Any] | None,
    *,
    whole_panel: bool = True,
    recompute: bool = False,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """Point estimates and counts from the reports, intervals frozen or recomputed.

    `published` holds the release's figures ({model: …}), or is None for a demo bundle.
    """
    outcomes = model_outcomes(panels.models)
    as_frozen = (iterations, seed) == (FROZEN_ITERATIONS, FROZEN_SEED)
    problems = list(panels.problems)
    notes: list[str] = []
    not_checked: list[str] = []
    intervals: dict[str, tuple[Interval, Interval]] = {}
    if recompute:
        with_pairs = [(m.model, o) for m, o in zip(panels.models, outcomes, strict=True) if o.usable]
        computed = (
            endpoint_intervals([o for _, o in with_pairs], iterations=iterations, seed=seed, progress=progress)
            if with_pairs
            else []
        )
        intervals = {name: pair for (name, _), pair in zip(with_pairs, computed, strict=True)}
        if not as_frozen:
            notes.append(
                f"intervals recomputed with {iterations:,} iterations and seed {seed}; not compared with the "
                f"frozen ones, which have {FROZEN_ITERATIONS:,} and seed {FROZEN_SEED}"
            )
    else:
        not_checked.append("the intervals: they are the bundle's frozen ones (--recompute-ci recomputes them)")
    if not whole_panel:
        not_checked.append("the models that were not asked for")
    rows = []
    for model, outcome in zip(panels.models, outcomes, strict=True):
        row = _row(model.model, model.panel, outcome, frozen[model.model], intervals.get(model.model), recompute)
        rows.append(row)
        if not outcome.usable:
            problems.append(f"{model.model}: no usable pair")
        problems += _frozen_problems(row, frozen[model.model], compare_intervals=recompute and as_frozen)
        if published is not None:
            problems += _published_problems(row, published.get(model.model))
    if published is not None and whole_panel:
        present = {row.model for row in rows}
        problems += [
            f"{model}: a model of the release; not in this bundle" for model in published if model not in present
        ]
    notes += adjustment_note([row.adjustment_reason for row in rows])
    return CheckResult(tuple(rows), {}, tuple(problems), notes=tuple(notes), not_checked=tuple(not_checked))


def _row(
    model: str,
    panel: str,
    outcome: ModelOutcomes,
    frozen: FrozenRow,
    recomputed: tuple[Interval, Interval] | None,
    recompute: bool,
) -> Table2Row:
    frozen_intervals = (frozen.recommendation_ci95, frozen.diagnostic_ci95)
    intervals = recomputed if recompute else frozen_intervals
    recommendation_ci, diagnostic_ci = intervals or (None, None)
    adjusted = adjusted_endpoint_intervals(outcome, intervals)
    return Table2Row(
        model=model,
        panel=panel,
        usable_pairs=len(outcome.usable),
        full_refusal_pairs=outcome.full_refusal_pairs,
        partial_refusal_pairs=outcome.partial_refusal_pairs,
        recommendation_change=outcome.recommendation_change if outcome.usable else None,
        diagnostic_consistency=outcome.diagnostic_consistency if outcome.usable else None,
        recommendation_ci95=recommendation_ci,
        diagnostic_ci95=diagnostic_ci,
        ci_source="recomputed" if recompute else "frozen",
        frozen=frozen._asdict(),
        **adjusted._asdict(),
    )


def _frozen_problems(row: Table2Row, frozen: FrozenRow, *, compare_intervals: bool) -> list[str]:
    problems = []
    for key in _COUNTS:
        actual, expected = getattr(row, key), getattr(frozen, key)
        if actual != expected:
            problems.append(f"{row.model}: {key} is {actual}; the frozen summary has {expected}")
    for key in _POINTS:
        actual, expected = getattr(row, key), getattr(frozen, key)
        if actual is not None and differs(actual, expected):
            problems.append(f"{row.model}: {key} is {actual!r}; the frozen summary has {expected!r}")
    for key in _INTERVALS:
        bounds, frozen_bounds = getattr(row, key), getattr(frozen, key)
        if not (-TOLERANCE <= frozen_bounds[0] <= frozen_bounds[1] + TOLERANCE and frozen_bounds[1] <= 1 + TOLERANCE):
            problems.append(
                f"{row.model}: frozen {key} is {list(frozen_bounds)}; expected a lower and an upper bound in [0, 1]"
            )
        compared = compare_intervals and bounds is not None
        if compared and any(differs(a, b) for a, b in zip(bounds, frozen_bounds, strict=True)):
            problems.append(
                f"{row.model}: recomputed {key} is {list(bounds)}; the frozen summary has {list(frozen_bounds)}"
            )
    return problems


def _published_problems(row: Table2Row, published: Mapping[str, Any] | None) -> list[str]:
    if published is None:
        return [f"{row.model}: not a model of the release"]
    problems = []
    for key in ("panel", *_COUNTS):
        actual = getattr(row, key)
        if actual != published[key]:
            problems.append(f"{row.model}: {key} is {actual}; published is {published[key]}")
    for key in _POINTS:
        actual = getattr(row, key)
        if actual is not None and differs(actual, published[key]):
            problems.append(f"{row.model}: {key} is {actual!r}; published is {published[key]!r}")
    for key, published_key in _PUBLISHED_INTERVAL_KEYS.items():
        expected = published.get("frozen_ci95", {}).get(published_key)
        if expected is None:
            continue
        # Published to three decimals; the frozen bounds are what was published.
        frozen_bounds = row.frozen[key]
        if any(differs(a, b, HALF_OF_THIRD_DECIMAL) for a, b in zip(frozen_bounds, expected, strict=True)):
            problems.append(f"{row.model}: frozen {key} is {list(frozen_bounds)}; published is {expected}")
    return problems
