"""The noise floor under each variant of the parser: whether an excess is the model's or the parser's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spinefairbench.analysis.estimates import Estimate, Request
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import NoiseFloorRow, noise_floor_request
from spinefairbench.analysis.result import Row
from spinefairbench.analysis.variant_endpoints import as_read
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS

__all__ = ["VariantFloorRow", "variant_floor_request"]


@dataclass(frozen=True)
class VariantFloorRow(Row):
    """T, F and excess of one model under one variant of the parser, which JSON calls `reading`."""

    variant: str
    floor: NoiseFloorRow

    def to_json(self) -> dict[str, Any]:
        """The variant after the model, then the floor's own fields."""
        fields = self.floor.to_json()
        return {"model": fields.pop("model"), "reading": self.variant, **fields}


def variant_floor_request(
    models: Sequence[ModelReports], collector: MentionCollector
) -> Request[list[VariantFloorRow]]:
    """The floor of each model under each of `PARSER_VARIANTS`; the collector must have taken in all their reports.

    Repeated reports beyond those of the pairs are left out under every variant, the frozen one too, so that all
    variants read the same reports: a collector has no texts of repeats.
    """
    read = [(as_read(model, collector, variant), variant) for model in models for variant in PARSER_VARIANTS]
    floors = noise_floor_request([reports for reports, _ in read])
    variants = [variant for _, variant in read]

    def finish(found: Sequence[Estimate]) -> list[VariantFloorRow]:
        return [VariantFloorRow(variant, floor) for variant, floor in zip(variants, floors.finish(found), strict=True)]

    return Request(floors.samples, finish)
