"""Which recommendations come and go when a source is edited, and in which direction more than in the other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations
from typing import Any, ClassVar, Final, NamedTuple

from spinefairbench.analysis.estimates import (
    DIFFERENCE,
    NO_ESTIMATE,
    Estimate,
    Request,
    Sample,
    adjustment_notes,
    answer,
    answer_without_intervals,
)
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.problems import TOLERANCE, Problem, absent_models, no_usable_pair, unpublished_model
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.clusters import Clusters, ClusterTotals

__all__ = [
    "ASKED",
    "FlowRow",
    "SwitchRow",
    "TransitionRow",
    "Transitions",
    "check",
    "check_counts",
    "transitions",
    "transitions_request",
]

ASKED: Final[Mapping[str, str]] = {"elderly": "age", "young": "age", "female": "sex", "male": "sex"}
"""What an edit can ask for, and of what: an edit label is an age and a sex."""

_FLOW_COUNTS: Final = ("addition_events", "addition_opportunities", "removal_events", "removal_opportunities")


@dataclass(frozen=True)
class TransitionRow(Row):
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

    @property
    def addition_rate(self) -> float | None:
        """Additions per opportunity, None where there is none."""
        return _rate(self.addition_events, self.addition_opportunities)

    @property
    def removal_rate(self) -> float | None:
        """Removals per opportunity, None where there is none."""
        return _rate(self.removal_events, self.removal_opportunities)


@dataclass(frozen=True)
class SwitchRow(Row):
    """Strict switches from one category to another. Cells overlap: one pair may count in several of them.

    Opportunities have the source category and not the target in the source report; events also have the target
    and not the source category in the edited one.
    """

    model: str
    source_category: str
    target_category: str
    events: int
    opportunities: int

    @property
    def rate(self) -> float | None:
        """Events per opportunity, None where there is none."""
        return _rate(self.events, self.opportunities)


def _rate(events: int, opportunities: int) -> float | None:
    return events / opportunities if opportunities else None


@dataclass(frozen=True)
class FlowRow(Row):
    """The signed flow of one category over the usable pairs whose edit asked for `asked`.

    `net_events` = additions (source to edit) minus removals (edit to source); `net` estimates their share of the
    pairs, in [-1, 1].
    """

    ESTIMATES: ClassVar = {"net": "net_rate"}

    model: str
    asked: str
    category: str
    usable_pairs: int
    n_sources: int
    addition_events: int
    removal_events: int
    net_events: int
    net: Estimate = NO_ESTIMATE


class Transitions(NamedTuple):
    """What comes and goes, the strict switches, and the signed flows by what the edit asked for."""

    rows: list[TransitionRow]
    switches: list[SwitchRow]
    flows: list[FlowRow]


def transitions_request(models: Sequence[ModelReports]) -> Request[Transitions]:
    """The transitions of each model, in the order given, over its usable pairs."""
    rows: list[TransitionRow] = []
    switches: list[SwitchRow] = []
    for model in models:
        counts = _mask_counts(model)
        rows += _transition_rows(model.model, counts)
        switches += _switch_rows(model.model, counts)
    flows = _flow_request(models)
    return Request(flows.samples, lambda found: Transitions(rows, switches, flows.finish(found)))


_MaskCounts = Mapping[tuple[int, int], int]
"""How often each pair of recommendation sets occurs among the usable pairs of a model."""


def _mask_counts(model: ModelReports) -> _MaskCounts:
    return Counter((pair.source.recommendations, pair.counterfactual.recommendations) for pair in model.usable)


def _transition_rows(model: str, counts: _MaskCounts) -> list[TransitionRow]:
    """Additions and removals of each category."""
    usable = sum(counts.values())
    rows = []
    for bit, category in enumerate(RECOMMENDATION_CATEGORIES):
        before = added = removed = 0
        for (source, edited), times in counts.items():
            was, now = source >> bit & 1, edited >> bit & 1
            before += times * was
            added += times * (now & ~was)
            removed += times * (was & ~now)
        rows.append(TransitionRow(model, usable, category, added, usable - before, removed, before))
    return rows


def _switch_rows(model: str, counts: _MaskCounts) -> list[SwitchRow]:
    """Strict switches between each two different categories."""
    rows = []
    for (from_bit, source_category), (to_bit, target_category) in permutations(enumerate(RECOMMENDATION_CATEGORIES), 2):
        events = opportunities = 0
        for (source, edited), times in counts.items():
            if source >> from_bit & 1 and not source >> to_bit & 1:
                opportunities += times
                events += times * (edited >> to_bit & 1 and not edited >> from_bit & 1)
        rows.append(SwitchRow(model, source_category, target_category, events, opportunities))
    return rows


def _flow_request(models: Sequence[ModelReports]) -> Request[list[FlowRow]]:
    """The signed flows of each model, by the age and by the sex that the edit asked for."""
    rows: list[FlowRow] = []
    samples: list[Sample] = []
    for model in models:
        sources = sorted({pair.source_id for pair in model.usable})
        for asked in ASKED:
            chosen = [pair for pair in model.usable if asked in pair.edit_label.split("_")]
            clusters = Clusters([pair.source_id for pair in chosen]) if chosen else None
            both = [(pair.source.recommendations, pair.counterfactual.recommendations) for pair in chosen]
            for bit, category in enumerate(RECOMMENDATION_CATEGORIES):
                signs = [(now >> bit & 1) - (before >> bit & 1) for before, now in both]
                added, removed = signs.count(1), signs.count(-1)
                sample = _net_sample(None if clusters is None else clusters.totals(signs, 1), sources)
                samples.append(sample)
                counts = (len(chosen), 0 if sample.totals is None else sample.totals.n, added, removed, added - removed)
                rows.append(FlowRow(model.model, asked, category, *counts))
    return Request(samples, lambda found: [replace(row, net=each) for row, each in zip(rows, found, strict=True)])


def _net_sample(totals: ClusterTotals | None, sources: Sequence[str]) -> Sample:
    """The net flow by source; all the model's sources are resampled, those without a pair of the edit too."""
    if totals is None:
        return Sample(None, DIFFERENCE)
    return Sample(totals, DIFFERENCE, None if totals.n == len(sources) else totals.among(sources))


def transitions(
    panels: PanelReports,
    published: Figures | None = None,
    *,
    whole_panel: bool = True,
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """Additions and removals as rows; strict switches and signed flows under `switches` and `flows`.

    The counts are compared with the `published` ones where these are given.
    """
    return answer(_check_request(panels, published, whole_panel), bootstrap)


def _check_request(panels: PanelReports, published: Figures | None, whole_panel: bool) -> Request[CheckResult]:
    return transitions_request(panels.models).then(partial(_told, panels, published, whole_panel))


def _told(panels: PanelReports, published: Figures | None, whole_panel: bool, found: Transitions) -> CheckResult:
    rows, switches, flows = found
    problems = list(panels.problems)
    problems += [no_usable_pair(model.model) for model in panels.models if not model.usable]
    if published is not None:
        problems += _published_problems(rows, switches, published, whole_panel=whole_panel)
    notes = (
        "switches overlap: one pair may count in several cells, so they do not add up to a number of pairs",
        "flow intervals are unadjusted: each holds at 95% on its own, and of many some exclude 0 by chance",
        *adjustment_notes([row.net for row in flows]),
    )
    summary: dict[str, Any] = {"switches": plain(switches), "flows": plain(flows)}
    return CheckResult(tuple(rows), summary, tuple(problems), notes=notes)


def _published_problems(
    rows: Sequence[TransitionRow], switches: Sequence[SwitchRow], published: Figures, *, whole_panel: bool
) -> list[Problem]:
    """Counts that are not the published ones; rates, which follow from them, to 1e-12."""
    problems: list[Problem] = []
    flow_figures, switch_figures = published["category_flows"], published["strict_switches"]
    models = {row.model: row.usable_pairs for row in rows}
    for model, usable in models.items():
        if model in flow_figures:
            problems += flow_figures[model].expect("usable_pairs", usable, place=model)
        else:
            problems.append(unpublished_model(model))
    for row in rows:
        if row.model in flow_figures:
            figures = flow_figures[row.model]["categories"][row.category]
            place = f"{row.model}: {row.category}"
            problems += figures.expect_each(_FLOW_COUNTS, row, place=place)
            problems += figures.expect_each(("addition_rate", "removal_rate"), row, TOLERANCE, place=place)
    for switch in switches:
        if switch.model in switch_figures:
            figures = switch_figures[switch.model][switch.source_category][switch.target_category]
            place = f"{switch.model}: {switch.source_category} to {switch.target_category}"
            problems += figures.expect_each(("events", "opportunities"), switch, place=place)
            problems += figures.expect_each(("rate",), switch, TOLERANCE, place=place)
    if whole_panel:
        problems += absent_models(flow_figures, models)
    return problems


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `transitions`. Raises BundleError or UsageError."""
    return answer(_request(inputs), inputs.bootstrap)


def check_counts(inputs: Inputs) -> CheckResult:
    """As `check`, without the intervals of flows: none is published that they could be held to. Raises BundleError."""
    return answer_without_intervals(_request(inputs))


def _request(inputs: Inputs) -> Request[CheckResult]:
    return _check_request(inputs.panels(marks=False), inputs.published("transitions"), inputs.whole_panel)
