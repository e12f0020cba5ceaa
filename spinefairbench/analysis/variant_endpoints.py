"""The endpoints under each variant of the parser, and how far they are from the frozen ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import ne
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, NO_ESTIMATE, Estimate, Sample
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.result import Row
from spinefairbench.analysis.variant_values import VariantValues
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import FROZEN_VARIANT, PARSER_VARIANTS
from spinefairbench.statistics.clusters import Clusters, ClusterTotals
from spinefairbench.statistics.paired import paired_difference

__all__ = ["ChangedPair", "ParserVariantRow", "changed_pairs", "ranked", "rows_and_shifts"]

_CHANGED_KEYS: Final = ByEndpoint("pairs_recommendation_verdict_changed", "pairs_diagnostic_value_changed")


@dataclass(frozen=True)
class ParserVariantRow(Row):
    """The endpoints of one model under one variant of the parser, and their shift from the frozen variant.

    A shift is the mean of the paired differences over usable pairs, with an interval that resamples sources; None for
    the frozen variant itself. `changed_pairs` counts the pairs whose value of the endpoint is another one than under
    the frozen variant. Ranks are among the models audited together, 1 for the least change and the most consistency;
    None for a single model. In JSON the variant is called `reading`.
    """

    model: str
    variant: str
    usable_pairs: int
    values: ByEndpoint[float | None]
    shifts: ByEndpoint[Estimate] | None
    changed_pairs: ByEndpoint[int]
    ranks: ByEndpoint[int | None]

    def to_json(self) -> dict[str, Any]:
        """Both endpoints side by side."""
        shifts = self.shifts or ByEndpoint(NO_ESTIMATE, NO_ESTIMATE)
        fields: dict[str, Any] = {"model": self.model, "reading": self.variant, "usable_pairs": self.usable_pairs}
        for at, endpoint in enumerate(ENDPOINTS):
            fields[endpoint.name] = self.values[at]
            fields[f"{endpoint.short_name}_shift"] = shifts[at].value
            fields[f"{endpoint.short_name}_shift_ci95"] = shifts[at].ci95
            fields[f"{endpoint.short_name}_rank"] = self.ranks[at]
            fields[_CHANGED_KEYS[at]] = self.changed_pairs[at]
        adjusted = {
            endpoint.short_name: shift.adjusted_ci95
            for endpoint, shift in shifts.each()
            if shift.adjusted_ci95 is not None
        }
        reasons = (shift.adjustment_reason for shift in shifts if shift.adjustment_reason is not None)
        return {**fields, "adjusted_ci95": adjusted or None, "adjustment_reason": next(reasons, None)}


def rows_and_shifts(values: VariantValues) -> tuple[list[ParserVariantRow], list[Sample]]:
    """A row of one model under each of `PARSER_VARIANTS`, and two paired differences for each but the frozen one.

    The rows have no shifts and ranks yet: the differences, one of each endpoint, are what the shifts are drawn from.
    """
    pairs = len(values.source_ids)
    clusters = Clusters(values.source_ids) if pairs else None
    before = _totals(values.scored, clusters)
    rows = []
    shifts: list[Sample] = []
    # One variant at a time: what is kept of it are the totals of its differences.
    for variant in PARSER_VARIANTS:
        found = values.under(variant)
        totals = _totals(found, clusters)
        means = totals.map(lambda each: None if each is None else each.estimate)
        changed = ByEndpoint.collect(sum(map(ne, *both)) for both in zip(found, values.scored, strict=True))
        rows.append(ParserVariantRow(values.model, variant, pairs, means, None, changed, ByEndpoint(None, None)))
        if variant != FROZEN_VARIANT:
            shifts += map(_shift, totals, before)
    return rows, shifts


def _totals(values: ByEndpoint[list[int]], clusters: Clusters | None) -> ByEndpoint[ClusterTotals | None]:
    if clusters is None:
        return ByEndpoint(None, None)
    return ByEndpoint.of(lambda endpoint: clusters.totals(values.at(endpoint), endpoint.scale))


def _shift(now: ClusterTotals | None, before: ClusterTotals | None) -> Sample:
    return Sample(None if now is None or before is None else paired_difference(now, before), DIFFERENCE)


def ranked(rows: Sequence[ParserVariantRow]) -> list[ParserVariantRow]:
    """The rows with their ranks among those of the same variant; ties share the better rank."""

    def rank(row: ParserVariantRow, at: int) -> int | None:
        own = row.values[at]
        if own is None:
            return None
        others = [each.values[at] for each in rows if each.variant == row.variant]
        higher = ENDPOINTS[at].higher_is_better
        return 1 + sum(other is not None and (other > own if higher else other < own) for other in others)

    return [replace(row, ranks=ByEndpoint(rank(row, 0), rank(row, 1))) for row in rows]


class ChangedPair(NamedTuple):
    """A pair whose recommendation changes (1) under one of two variants and not (0) under the other."""

    pair_id: str
    changed_frozen: int
    changed_both: int


def changed_pairs(model: ModelReports, collector: MentionCollector) -> list[ChangedPair]:
    """The usable pairs of a model whose recommendation changes under `frozen` or under `both`, not under both of them."""
    values = VariantValues.of(model, collector)
    changed = (under.recommendation for under in (values.scored, values.under("both")))
    return [
        ChangedPair(pair.pair_id, frozen, both)
        for pair, frozen, both in zip(model.usable, *changed, strict=True)
        if frozen != both
    ]
