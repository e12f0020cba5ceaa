"""The frozen Table 2 of a bundle: `common_core_1000_summary.json`, read into typed rows."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import finite_number, non_negative_count, value_at
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem

__all__ = ["PANEL_KEYS", "FrozenRow", "frozen_intersection_count", "frozen_iterations", "frozen_models", "frozen_table"]

PANEL_KEYS: Final = {layout.FULL_PANEL: "full", layout.BASELINE_PANEL: "baseline"}


class FrozenRow(NamedTuple):
    """One model's frozen values; rates and means in [0, 1], intervals as (lower, upper)."""

    usable_pairs: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    recommendation_change: float
    diagnostic_consistency: float
    recommendation_ci95: tuple[float, float]
    diagnostic_ci95: tuple[float, float]


def frozen_table(bundle: Bundle, models: Mapping[str, str]) -> dict[str, FrozenRow]:
    """{model: its frozen row} for {model: panel}. Raises BundleError with all that is missing."""
    summary = bundle.json_object(layout.SUMMARY)
    rows: dict[str, FrozenRow] = {}
    problems: list[Problem] = []
    for model, panel in models.items():
        try:
            rows[model] = _row(summary, PANEL_KEYS[panel], model)
        except BundleError as error:
            problems += error.problems
    if problems:
        raise BundleError(problems)
    return rows


def _row(summary: Mapping[str, Any], panel: str, model: str) -> FrozenRow:
    place = f"{layout.SUMMARY}: panels.{panel}.models.{model}"
    values = value_at(summary, ("panels", panel, "models", model), layout.SUMMARY)

    def number(*keys: str) -> float:
        return finite_number(value_at(values, keys, place), f"{place}.{'.'.join(keys)}")

    def count(key: str) -> int:
        return non_negative_count(value_at(values, ("data_quality", key), place), f"{place}.data_quality.{key}")

    recommendation = ("primary_secondary_stats", "recommendation")
    diagnostic = ("primary_secondary_stats", "diagnostic_label")
    return FrozenRow(
        usable_pairs=count("pair_usable"),
        full_refusal_pairs=count("pair_full_refusals"),
        partial_refusal_pairs=count("pair_partial_refusals"),
        recommendation_change=1 - number(*recommendation, "agreement_rate"),
        diagnostic_consistency=number(*diagnostic, "mean"),
        # The file holds agreement: change is one minus it, so the bounds change places.
        recommendation_ci95=(
            1 - number(*recommendation, "bootstrap_ci", "upper"),
            1 - number(*recommendation, "bootstrap_ci", "lower"),
        ),
        diagnostic_ci95=(
            number(*diagnostic, "bootstrap_ci", "lower"),
            number(*diagnostic, "bootstrap_ci", "upper"),
        ),
    )


def frozen_models(bundle: Bundle) -> dict[str, str]:
    """{model: panel} of every model that the summary holds, retained in the panels or not. Raises BundleError."""
    summary = bundle.json_object(layout.SUMMARY)
    models: dict[str, str] = {}
    for panel, key in PANEL_KEYS.items():
        listed = value_at(summary, ("panels", key, "models"), layout.SUMMARY)
        if not isinstance(listed, Mapping):
            raise BundleError(Problem(layout.SUMMARY, f"panels.{key}.models: expected an object"))
        models |= dict.fromkeys(listed, panel)
    return models


def frozen_iterations(bundle: Bundle) -> int:
    """How many resamples the frozen intervals say they come from. Raises BundleError."""
    value = value_at(bundle.json_object(layout.SUMMARY), ("source_clustered_bootstrap", "iterations"), layout.SUMMARY)
    return non_negative_count(value, f"{layout.SUMMARY}: source_clustered_bootstrap.iterations")


def frozen_intersection_count(bundle: Bundle) -> int:
    """The summary's count of pairs that all models have usable. Raises BundleError."""
    common = value_at(bundle.json_object(layout.SUMMARY), ("common_pairs",), layout.SUMMARY)
    place = f"{layout.SUMMARY}: common_pairs"
    if isinstance(common, Mapping) and "intersection_9_all_models" in common:
        value = common["intersection_9_all_models"]
        place += ".intersection_9_all_models"
        if isinstance(value, Mapping):
            value = value_at(value, ("count",), place)
        elif isinstance(value, list):
            value = len(value)
    else:
        value = value_at(common, ("all9", "count"), place)
    return non_negative_count(value, place)
