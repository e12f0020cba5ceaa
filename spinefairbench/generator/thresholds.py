"""The frozen quality-control thresholds, and the verdict they give."""

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ["FAIL", "INCOMPLETE", "MEASURES", "PASS", "THRESHOLDS", "Threshold", "verdict"]

PASS: Final = "pass"  # noqa: S105 - a verdict
FAIL: Final = "fail"
INCOMPLETE: Final = "incomplete"


class Threshold(NamedTuple):
    """A measurement holds when it is finite and minimum <= value <= maximum."""

    measure: str
    minimum: float
    maximum: float

    def holds(self, value: float) -> bool:
        return math.isfinite(value) and self.minimum <= value <= self.maximum


THRESHOLDS: Final = (
    Threshold("ssim", 0.70, 1.0),
    Threshold("edge_preservation", 0.276, 1.0),
    Threshold("lpips", 0.0, 0.40),
)
MEASURES: Final = tuple(threshold.measure for threshold in THRESHOLDS)


def verdict(measured: Mapping[str, float | None], required: tuple[str, ...] = MEASURES) -> str:
    """PASS, FAIL or INCOMPLETE over the required measurements.

    A measured value out of bounds fails whatever else is missing; a measurement that was required and could
    not be made (None) makes the verdict incomplete, never a pass.
    """
    values = [(threshold, measured.get(threshold.measure)) for threshold in THRESHOLDS]
    asked = [(threshold, value) for threshold, value in values if threshold.measure in required]
    if not asked:
        return INCOMPLETE
    if any(value is not None and not threshold.holds(value) for threshold, value in asked):
        return FAIL
    if any(value is None for _, value in asked):
        return INCOMPLETE
    return PASS
