"""What was released, and is frozen: prompts, quality-control thresholds, and the published facts.

The facts are read from data/release.json, which names the origin of each figure.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.errors import UsageError

__all__ = [
    "ALL_EDITS",
    "CONFIGS",
    "FAIL",
    "INCOMPLETE",
    "MEASURES",
    "PASS",
    "PROMPTS",
    "THRESHOLDS",
    "base_model_note",
    "edit_labels",
    "notice",
    "release_facts",
    "verdict",
]

_HERE: Final = Path(__file__).resolve().parent
CONFIGS: Final = _HERE / "configs"

ALL_EDITS: Final = "all"

PROMPTS: Final = MappingProxyType(
    {
        "elderly_female": "75-year-old female lumbar spine radiograph",
        "elderly_male": "75-year-old male lumbar spine radiograph",
        "young_female": "25-year-old female lumbar spine radiograph",
        "young_male": "25-year-old male lumbar spine radiograph",
    }
)
"""The locked prompt of each demographic edit."""

PASS: Final = "pass"  # noqa: S105 - a verdict
FAIL: Final = "fail"
INCOMPLETE: Final = "incomplete"


class _Threshold(NamedTuple):
    """A measurement meets its threshold if it is finite and minimum <= value <= maximum."""

    measure: str
    minimum: float
    maximum: float

    def is_met(self, value: float) -> bool:
        return math.isfinite(value) and self.minimum <= value <= self.maximum

    @property
    def is_upper_bound(self) -> bool:
        """Whether only the maximum can be missed, because no measurement is below 0."""
        return self.minimum == 0


THRESHOLDS: Final = (
    _Threshold("ssim", 0.70, 1.0),
    _Threshold("edge_preservation", 0.276, 1.0),
    _Threshold("lpips", 0.0, 0.40),
)
MEASURES: Final = tuple(threshold.measure for threshold in THRESHOLDS)


def edit_labels(demographic: str) -> tuple[str, ...]:
    """The edits that `--demographic` asks for: one of the four, or all of them in the bundle's order.

    Raises UsageError for any other name.
    """
    if demographic == ALL_EDITS:
        return EDIT_LABELS
    if demographic not in PROMPTS:
        raise UsageError(f"--demographic: unknown name {demographic!r}; expected {', '.join(PROMPTS)} or {ALL_EDITS}")
    return (demographic,)


def verdict(measured: Mapping[str, float | None], required: tuple[str, ...] = MEASURES) -> str:
    """PASS, FAIL or INCOMPLETE over the required measurements.

    A measured value out of bounds fails, whatever else is missing. A required measurement that could not be made
    (None) makes the verdict incomplete, never a pass.
    """
    checked = [
        (threshold, measured.get(threshold.measure)) for threshold in THRESHOLDS if threshold.measure in required
    ]
    if any(value is not None and not threshold.is_met(value) for threshold, value in checked):
        return FAIL
    if not checked or any(value is None for _, value in checked):
        return INCOMPLETE
    return PASS


@cache
def release_facts() -> dict[str, Any]:
    """The whole data file, as parsed JSON."""
    facts: dict[str, Any] = json.loads((_HERE / "data" / "release.json").read_text(encoding="utf-8"))
    return facts


def notice() -> str:
    """The notice that every output of the generator carries."""
    text: str = release_facts()["notice"]
    return text


def base_model_note(base_model: str) -> dict[str, str]:
    """A base model's name for the provenance: the name used, and the names that v1.5 had at release and has now."""
    base = release_facts()["base_model"]
    if base_model in (base["original"], base["current"]):
        return {"used": base_model, "original": base["original"], "current": base["current"]}
    return {"used": base_model, "expected_original": base["original"], "expected_current": base["current"]}
