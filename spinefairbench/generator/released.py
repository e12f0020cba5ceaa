"""What was released, and is frozen: prompts, the verdict of quality control, and the published facts.

The facts are read from data/release.json, which names the origin of each figure.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS
from spinefairbench.errors import UsageError
from spinefairbench.files.package_data import read_data

__all__ = [
    "ALL_EDITS",
    "CONFIGS",
    "FAIL",
    "INCOMPLETE",
    "PASS",
    "PROMPTS",
    "VERDICTS",
    "base_model_note",
    "edit_labels",
    "notice",
    "release_facts",
    "verdict",
]

CONFIGS: Final = Path(__file__).resolve().parent / "configs"

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
VERDICTS: Final = (FAIL, INCOMPLETE, PASS)


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
    facts: dict[str, Any] = json.loads(read_data(__package__, "data/release.json"))
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
