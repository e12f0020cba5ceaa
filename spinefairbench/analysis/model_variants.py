"""Each model under each variant of the parser, models shared out over processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from spinefairbench.analysis.estimates import Estimate, Request, Sample, in_endpoint_pairs
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import excess_samples, floor_row, source_floors
from spinefairbench.analysis.variant_endpoints import ParserVariantRow, ranked, rows_and_shifts
from spinefairbench.analysis.variant_floors import VariantFloorRow
from spinefairbench.analysis.variant_reading import VariantReading
from spinefairbench.analysis.variant_values import VariantValues
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import FROZEN_VARIANT, PARSER_VARIANTS
from spinefairbench.parallel import begun

__all__ = ["ModelVariants", "begun_variants", "variant_floor_request", "variant_request"]

# Pairs below which handing them to another process takes longer than reading them here.
_WORTH_A_PROCESS: Final = 4000


@dataclass
class ModelVariants:
    """What is kept of a model under all variants: rows without intervals, and what to draw these from.

    `rows` has one row a variant in the order of `PARSER_VARIANTS`, `shifts` two samples for each but the frozen one.
    `floors` and `excesses` are the same of the noise floor, empty where it is not wanted.
    """

    rows: list[ParserVariantRow] = field(default_factory=list)
    shifts: list[Sample] = field(default_factory=list)
    floors: list[VariantFloorRow] = field(default_factory=list)
    excesses: list[Sample] = field(default_factory=list)


def begun_variants(
    models: Sequence[ModelReports], collector: MentionCollector, *, jobs: int = 1, with_floors: bool = True
) -> Callable[[], Sequence[ModelVariants]]:
    """What waits for all models under all variants; the collector must have taken in their reports.

    Repeated reports beyond those of the pairs are left out under every variant, the frozen one too, so that all
    variants read the same reports.
    """
    worth_it = sum(len(model.pairs) for model in models) >= _WORTH_A_PROCESS
    readings = (
        (VariantValues.of(model, collector), VariantReading.of(model, collector) if with_floors else None)
        for model in models
    )
    return begun(_read, readings, jobs if worth_it else 1)


def _read(given: tuple[VariantValues, VariantReading | None]) -> ModelVariants:
    values, reading = given
    found = ModelVariants(*rows_and_shifts(values))
    if reading is None:
        return found
    frozen = reading.frozen()
    # One variant at a time: what is kept of it are its floors.
    for variant in PARSER_VARIANTS:
        floors = source_floors(frozen if variant == FROZEN_VARIANT else reading.under(variant, frozen))
        found.floors.append(VariantFloorRow(variant, floor_row(reading.model, floors)))
        found.excesses += excess_samples(floors.used)
    return found


def variant_request(models: Sequence[ModelVariants]) -> Request[list[ParserVariantRow]]:
    """The endpoints of each model under each variant."""

    def finish(found: Sequence[Estimate]) -> list[ParserVariantRow]:
        estimates = iter(in_endpoint_pairs(found))
        rows = [
            row if row.variant == FROZEN_VARIANT else replace(row, shifts=next(estimates))
            for model in models
            for row in model.rows
        ]
        return ranked(rows) if len(models) > 1 else rows

    return Request([sample for model in models for sample in model.shifts], finish)


def variant_floor_request(models: Sequence[ModelVariants]) -> Request[list[VariantFloorRow]]:
    """The noise floor of each model under each variant."""

    def finish(found: Sequence[Estimate]) -> list[VariantFloorRow]:
        rows = (row for model in models for row in model.floors)
        return [row.with_excess(excess) for row, excess in zip(rows, in_endpoint_pairs(found), strict=True)]

    return Request([sample for model in models for sample in model.excesses], finish)
