"""Which recommendations come and go when a source is edited, and in which direction more than in the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from spinefairbench.analysis.estimates import DIFFERENCE, Sample, Steps, adjustment_notes, together
from spinefairbench.analysis.outcomes import usable_reports
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.bundle.reports import PairReports, PanelReports
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = [
    "ASKED",
    "FlowRow",
    "SwitchRow",
    "TransitionRow",
    "flow_rows",
    "flow_steps",
    "switch_rows",
    "transition_rows",
    "transitions",
]

ASKED: Final[Mapping[str, str]] = {"elderly": "age", "young": "age", "female": "sex", "male": "sex"}
"""What an edit can ask for, and of what: an edit label is an age and a sex."""


@dataclass(frozen=True)
class TransitionRow:
    """One category of one model. Additions: absent in the source report, present in the edited; removals the reverse.

    An opportunity is a usable pair in which the event could happen.
    """

    model: str
    usable_pairs: int
    category: str
    addition_events: int
    addition_opportunities: int
    removal_events: int
    removal_opportunities: int


@dataclass(frozen=True)
class SwitchRow:
    """Strict switches from one category to another. Cells overlap: one pair may count in several of them.

    Opportunities have the source category and not the target in the source report; events also have the target
    and not the source category in the edited one.
    """

    model: str
    source_category: str
    target_category: str
    events: int
    opportunities: int


@dataclass(frozen=True)
class FlowRow:
    """The signed flow of one category over the usable pairs whose edit asked for `asked`.

    `net_events` = additions (source to edit) minus removals (edit to source); `net_rate` is a share of the pairs,
    in [-1, 1], and `ci95` its source-clustered percentile interval, None with fewer than two sources.
    """

    model: str
    asked: str
    category: str
    usable_pairs: int
    n_sources: int
    addition_events: int
    removal_events: int
    net_events: int
    net_rate: float | None
    ci95: tuple[float, float] | None
    adjusted_ci95: tuple[float, float] | None = None
    adjustment_reason: str | None = None


def _mask_counts(pairs: Iterable[PairReports]) -> Counter[tuple[int, int]]:
    return Counter((pair.source.recommendations, pair.counterfactual.recommendations) for pair in usable_reports(pairs))


def transition_rows(model: str, pairs: Iterable[PairReports]) -> list[TransitionRow]:
    """Additions and removals of each category over the usable ones of `pairs`."""
    counts = _mask_counts(pairs)
    usable = counts.total()
    rows = []
    for bit, category in enumerate(RECOMMENDATION_CATEGORIES):
        before = after = added = removed = 0
        for (source, edited), times in counts.items():
            was, now = source >> bit & 1, edited >> bit & 1
            before += times * was
            after += times * now
            added += times * (now & ~was)
            removed += times * (was & ~now)
        rows.append(TransitionRow(model, usable, category, added, usable - before, removed, before))
    return rows


def switch_rows(model: str, pairs: Iterable[PairReports]) -> list[SwitchRow]:
    """Strict switches between each two different categories over the usable ones of `pairs`."""
    counts = _mask_counts(pairs)
    rows = []
    for from_bit, source_category in enumerate(RECOMMENDATION_CATEGORIES):
        for to_bit, target_category in enumerate(RECOMMENDATION_CATEGORIES):
            if from_bit == to_bit:
                continue
            events = opportunities = 0
            for (source, edited), times in counts.items():
                if source >> from_bit & 1 and not source >> to_bit & 1:
                    opportunities += times
                    events += times * (edited >> to_bit & 1 and not edited >> from_bit & 1)
            rows.append(SwitchRow(model, source_category, target_category, events, opportunities))
    return rows


def flow_rows(
    models: Sequence[tuple[str, Sequence[PairReports]]],
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> list[FlowRow]:
    """The signed flows of each (model, pairs), by the age and by the sex that the edit asked for."""
    [rows] = together([flow_steps(models)], iterations=iterations, seed=seed, progress=progress)
    return list(rows)


def flow_steps(models: Sequence[tuple[str, Sequence[PairReports]]]) -> Steps[list[FlowRow]]:
    """`flow_rows` as steps."""
    rows: list[FlowRow] = []
    samples: list[Sample] = []
    for model, pairs in models:
        usable = list(usable_reports(pairs))
        for asked in ASKED:
            chosen = [pair for pair in usable if asked in pair.edit_label.split("_")]
            ids = [pair.source_id for pair in chosen]
            for bit, category in enumerate(RECOMMENDATION_CATEGORIES):
                signs = [
                    (pair.counterfactual.recommendations >> bit & 1) - (pair.source.recommendations >> bit & 1)
                    for pair in chosen
                ]
                added, removed = signs.count(1), signs.count(-1)
                net = added - removed
                rate = net / len(chosen) if chosen else None
                samples.append(Sample(ClusterTotals.from_units(signs, ids, 1) if chosen else None, DIFFERENCE))
                rows.append(
                    FlowRow(model, asked, category, len(chosen), len(set(ids)), added, removed, net, rate, None)
                )
    found = yield samples
    return [
        replace(row, ci95=each.ci95, adjusted_ci95=each.adjusted_ci95, adjustment_reason=each.adjustment_reason)
        for row, each in zip(rows, found, strict=True)
    ]


def transitions(
    panels: PanelReports,
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """Additions and removals as rows; strict switches and signed flows under `switches` and `flows`."""
    problems = list(panels.problems)
    rows: list[TransitionRow] = []
    switches: list[dict[str, Any]] = []
    for model in panels.models:
        found = transition_rows(model.model, model.pairs)
        rows += found
        switches += [asdict(row) for row in switch_rows(model.model, model.pairs)]
        if not found[0].usable_pairs:
            problems.append(f"{model.model}: no usable pair")
    flows = flow_rows(
        [(model.model, model.pairs) for model in panels.models], iterations=iterations, seed=seed, progress=progress
    )
    notes: tuple[str, ...] = (
        "switches overlap: one pair may count in several cells, so they do not add up to a number of pairs",
        "flow intervals are unadjusted: each holds at 95 % on its own, and of many some exclude 0 by chance",
    )
    notes += tuple(adjustment_notes(flows))
    summary = {"switches": switches, "flows": [asdict(row) for row in flows]}
    return CheckResult(tuple(rows), summary, tuple(problems), notes=notes)
