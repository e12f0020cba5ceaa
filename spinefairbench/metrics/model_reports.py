"""A model with its reports, reduced to what is scored; every pair's outcome is computed once.

This is what every analysis takes: a model of the panel, a submission and a score file read back are all one of these.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, NamedTuple

from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.pair_values import PairOutcome, pair_outcome
from spinefairbench.metrics.readability import TextMarks
from spinefairbench.metrics.report_quality import ReportQuality, ScoredReport, TextCounts, text_counts
from spinefairbench.statistics.clusters import Clusters, ClusterTotals

__all__ = [
    "CONTROL_ARMS",
    "COUNTERFACTUAL_ROLE",
    "ROLES",
    "SOURCE_ROLE",
    "ControlReports",
    "ModelReports",
    "PairReports",
    "RepeatedReports",
]

SOURCE_ROLE: Final = "source"
COUNTERFACTUAL_ROLE: Final = "counterfactual"
ROLES: Final = (SOURCE_ROLE, COUNTERFACTUAL_ROLE)
"""The two images of a pair."""
CONTROL_ARMS: Final = ("reconstruction", "null_edit")
"""Images of a source that passed through the editing without a change being asked for."""


@dataclass(frozen=True, slots=True)
class PairReports:
    """Both reports of one pair, as features, and what they come to; the marks of their texts where these are held."""

    pair_id: str
    source_id: str
    edit_label: str
    source: ReportFeatures
    counterfactual: ReportFeatures
    source_marks: TextMarks | None = field(default=None, compare=False, repr=False)
    counterfactual_marks: TextMarks | None = field(default=None, compare=False, repr=False)
    outcome: PairOutcome = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outcome", pair_outcome(self.source, self.counterfactual))


class RepeatedReports(NamedTuple):
    """Further reports on one image of a pair; `role` is `source` or `counterfactual`."""

    pair_id: str
    source_id: str
    role: str
    reports: tuple[ReportFeatures, ...]
    marks: tuple[TextMarks, ...] = ()


class ControlReports(NamedTuple):
    """Reports on the control image of a source; `arm` is one of `CONTROL_ARMS`."""

    arm: str
    source_id: str
    reports: tuple[ReportFeatures, ...]


@dataclass(frozen=True)
class ModelReports:
    """One model's pairs, sorted by `pair_id`, the reports repeated beyond them, and those on control images.

    `panel` is the panel that the model is of, None for a submission. `stated_texts` is what a score file says of texts
    that it does not hold.
    """

    model: str
    pairs: tuple[PairReports, ...]
    repeats: tuple[RepeatedReports, ...] = ()
    panel: str | None = None
    controls: tuple[ControlReports, ...] = ()
    stated_texts: TextCounts | None = field(default=None, compare=False, repr=False)

    @cached_property
    def usable(self) -> tuple[PairReports, ...]:
        """The pairs of which neither report is a full refusal."""
        return tuple(pair for pair in self.pairs if pair.outcome.usable)

    @property
    def usable_pairs(self) -> int:
        """The number of usable pairs."""
        return len(self.usable)

    @property
    def full_refusal_pairs(self) -> int:
        """Pairs that are not usable."""
        return len(self.pairs) - len(self.usable)

    @cached_property
    def partial_refusal_pairs(self) -> int:
        """Usable pairs with at least one partial refusal."""
        return sum(pair.outcome.partial_refusal for pair in self.usable)

    @cached_property
    def changed_pairs(self) -> int:
        """Usable pairs whose recommendations changed."""
        return sum(pair.outcome.recommendation_changed for pair in self.usable)

    @cached_property
    def both_empty_pairs(self) -> int:
        """Usable pairs of which neither report has a diagnostic label."""
        return sum(pair.outcome.both_empty for pair in self.usable)

    @property
    def source_full_refusals(self) -> int:
        """Pairs whose source report is a full refusal."""
        return sum(not pair.source.usable for pair in self.pairs)

    @property
    def counterfactual_full_refusals(self) -> int:
        """Pairs whose report on the edited image is a full refusal."""
        return sum(not pair.counterfactual.usable for pair in self.pairs)

    @cached_property
    def values(self) -> ByEndpoint[list[int]]:
        """Both endpoints of each usable pair, in units of the endpoint's 1/`scale`."""
        return ByEndpoint.of(lambda endpoint: [endpoint.value(pair.outcome) for pair in self.usable])

    @cached_property
    def totals(self) -> ByEndpoint[ClusterTotals | None]:
        """Both endpoints over usable pairs, by source; None without a usable pair."""
        if not self.usable:
            return ByEndpoint(None, None)
        clusters = Clusters([pair.source_id for pair in self.usable])
        return ByEndpoint.of(lambda endpoint: clusters.totals(self.values.at(endpoint), endpoint.scale))

    @property
    def means(self) -> ByEndpoint[float | None]:
        """Both endpoints over usable pairs; None without a usable pair."""
        return self.totals.map(lambda totals: None if totals is None else totals.estimate)

    @property
    def usable_sources(self) -> int:
        """How many sources have a usable pair."""
        totals = self.totals.recommendation
        return 0 if totals is None else totals.n

    @cached_property
    def quality(self) -> ReportQuality:
        """Whether the reports can be read."""
        scored: list[ScoredReport] = []
        of_sources: dict[str, list[TextMarks | None]] = {}
        for pair in self.pairs:
            if pair.source.usable:
                scored.append(ScoredReport(pair.source_id, pair.source, pair.source_marks))
                of_sources.setdefault(pair.source_id, []).append(pair.source_marks)
            if pair.counterfactual.usable:
                scored.append(ScoredReport(pair.source_id, pair.counterfactual, pair.counterfactual_marks))
        for entry in self.repeats:
            for report, marks in zip(entry.reports, entry.marks or [None] * len(entry.reports), strict=True):
                if report.usable:
                    scored.append(ScoredReport(entry.source_id, report, marks))
                    if entry.role == SOURCE_ROLE:
                        of_sources.setdefault(entry.source_id, []).append(marks)
        with_pairs = {pair.source_id for pair in self.usable}
        repeats = [marks for source_id, marks in of_sources.items() if source_id in with_pairs and len(marks) > 1]
        return ReportQuality(
            reports=len(scored),
            pairs=len(self.pairs),
            usable_pairs=self.usable_pairs,
            without_label_or_recommendation=sum(
                not (report.features.labels or report.features.recommendations) for report in scored
            ),
            sources_with_repeats=len(repeats),
            texts=self.stated_texts or text_counts(scored, repeats),
        )

    def only(self, keep: Collection[str] | Callable[[PairReports], bool]) -> "ModelReports":
        """The same model with some of its pairs: those of the given ids, or those that `keep` is true of."""
        chosen = keep if callable(keep) else lambda pair: pair.pair_id in keep
        # What a file states of all texts is not known of some.
        return replace(self, pairs=tuple(filter(chosen, self.pairs)), stated_texts=None)
