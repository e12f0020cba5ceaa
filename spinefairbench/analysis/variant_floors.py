"""The noise floor under each variant of the parser: whether an excess is the model's or the parser's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spinefairbench.analysis.estimates import Estimate, Request, in_endpoint_pairs
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import Floors, NoiseFloorRow, excess_samples, floor_row, source_floors
from spinefairbench.analysis.result import Row
from spinefairbench.analysis.variant_endpoints import as_read
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS

__all__ = ["VariantFloorRow", "VariantFloors", "variant_floor_request"]


@dataclass(frozen=True)
class VariantFloorRow(Row):
    """T, F and excess of one model under one variant of the parser, which JSON calls `reading`."""

    variant: str
    floor: NoiseFloorRow

    def to_json(self) -> dict[str, Any]:
        """The variant after the model, then the floor's own fields."""
        fields = self.floor.to_json()
        return {"model": fields.pop("model"), "reading": self.variant, **fields}


class VariantFloors:
    """The floors of models under variants of the parser, of which no more is kept than the values by source."""

    def __init__(self) -> None:
        self._of: list[tuple[str, str, Floors]] = []

    def add(self, reports: ModelReports, variant: str) -> None:
        """Take in what a variant reads of a model; of the frozen one too, without repeats beyond the pairs."""
        self._of.append((reports.model, variant, source_floors(reports)))

    def request(self) -> Request[list[VariantFloorRow]]:
        """The floors in the order in which they were added."""
        samples = [sample for _, _, floors in self._of for sample in excess_samples(floors.used)]

        def finish(found: Sequence[Estimate]) -> list[VariantFloorRow]:
            return [
                VariantFloorRow(variant, floor_row(model, floors, excess))
                for (model, variant, floors), excess in zip(self._of, in_endpoint_pairs(found), strict=True)
            ]

        return Request(samples, finish)


def variant_floor_request(
    models: Sequence[ModelReports], collector: MentionCollector
) -> Request[list[VariantFloorRow]]:
    """The floor of each model under each of `PARSER_VARIANTS`; the collector must have taken in all their reports.

    Repeated reports beyond those of the pairs are left out under every variant, the frozen one too, so that all
    variants read the same reports: a collector has no texts of repeats.
    """
    floors = VariantFloors()
    for model in models:
        for variant in PARSER_VARIANTS:
            floors.add(as_read(model, collector, variant), variant)
    return floors.request()
