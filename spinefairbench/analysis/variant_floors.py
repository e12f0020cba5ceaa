"""The noise floor under each variant of the parser: whether an excess is the model's or the parser's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.analysis.result import Row

__all__ = ["VariantFloorRow"]


@dataclass(frozen=True)
class VariantFloorRow(Row):
    """T, F and excess of one model under one variant of the parser, which JSON calls `reading`."""

    variant: str
    floor: NoiseFloorRow

    def with_excess(self, excess: Sequence[Estimate]) -> "VariantFloorRow":
        """The same row with its two excesses and their intervals."""
        return replace(self, floor=self.floor.with_excess(excess))

    def to_json(self) -> dict[str, Any]:
        """The variant after the model, then the floor's own fields."""
        fields = self.floor.to_json()
        return {"model": fields.pop("model"), "reading": self.variant, **fields}
