"""The endpoints under each variant of the parser, and how far they are from the frozen ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, NO_ESTIMATE, Estimate, Request, Sample
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.result import Row
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.statistics.paired import paired_difference

__all__ = ["ChangedPair", "ParserVariantRow", "as_read", "changed_pairs", "variant_request"]

_FROZEN: Final = "frozen"
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


def as_read(model: ModelReports, collector: MentionCollector, variant: str) -> ModelReports:
    """The model's pairs as a variant reads them; classes stay the same, so the same pairs are usable.

    Without the repeated reports, of which a collector has no texts.
    """
    masks = collector.masks_of(model.model, variant)

    def read(pair: PairReports) -> PairReports:
        source, generated = masks[pair.pair_id, SOURCE_ROLE], masks[pair.pair_id, GENERATED_ROLE]
        if pair.source[1:] == source and pair.counterfactual[1:] == generated:
            return pair  # most are read the same
        return PairReports(
            pair.pair_id,
            pair.source_id,
            pair.edit_label,
            ReportFeatures(pair.source.response_class, *source),
            ReportFeatures(pair.counterfactual.response_class, *generated),
        )

    return ModelReports(model.model, tuple(map(read, model.pairs)))


def variant_request(
    models: Sequence[ModelReports],
    collector: MentionCollector,
    each: Callable[[ModelReports, str], None] | None = None,
) -> Request[list[ParserVariantRow]]:
    """Each model under each of `PARSER_VARIANTS`; the collector must have taken in all their reports.

    `each` is given what every variant reads of a model, and the variant, for what else is asked of it.
    """
    rows: list[ParserVariantRow] = []
    samples: list[Sample] = []
    for model in models:
        # One variant at a time: what is kept of it are its values, and the totals of its differences.
        rows.append(_row(_FROZEN, model, model))
        if each is not None:
            each(as_read(model, collector, _FROZEN), _FROZEN)
        for variant in PARSER_VARIANTS[1:]:
            other = as_read(model, collector, variant)
            rows.append(_row(variant, other, model))
            samples += _shifts(model, other)
            if each is not None:
                each(other, variant)

    def finish(found: Sequence[Estimate]) -> list[ParserVariantRow]:
        estimates = iter(found)
        shifted = [
            row if row.variant == _FROZEN else replace(row, shifts=ByEndpoint(next(estimates), next(estimates)))
            for row in rows
        ]
        return _ranked(shifted) if len(models) > 1 else shifted

    return Request(samples, finish)


def _shifts(frozen: ModelReports, other: ModelReports) -> list[Sample]:
    return [
        Sample(None if now is None or before is None else paired_difference(now, before), DIFFERENCE)
        for now, before in zip(other.totals, frozen.totals, strict=True)
    ]


def _row(variant: str, reports: ModelReports, frozen: ModelReports) -> ParserVariantRow:
    changed = ByEndpoint.of(
        lambda endpoint: sum(
            endpoint.value(now.outcome) != endpoint.value(before.outcome)
            for now, before in zip(reports.usable, frozen.usable, strict=True)
        )
    )
    unranked: ByEndpoint[int | None] = ByEndpoint(None, None)
    return ParserVariantRow(reports.model, variant, reports.usable_pairs, reports.means, None, changed, unranked)


def _ranked(rows: Sequence[ParserVariantRow]) -> list[ParserVariantRow]:
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
    both = as_read(model, collector, "both")
    return [
        ChangedPair(one.pair_id, one.outcome.recommendation_changed, other.outcome.recommendation_changed)
        for one, other in zip(model.usable, both.usable, strict=True)
        if one.outcome.recommendation_changed != other.outcome.recommendation_changed
    ]
