"""The frozen Table 2 of a bundle: `common_core_1000_summary.json`, read into typed rows."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import count_at, number_at, object_at, value_at
from spinefairbench.errors import ErrorCollector

__all__ = ["INTERSECTION_KEY", "PANEL_KEYS", "FrozenRow", "FrozenTable", "frozen_intersection_count", "frozen_table"]

PANEL_KEYS: Final = {layout.FULL_PANEL: "full", layout.BASELINE_PANEL: "baseline"}
INTERSECTION_KEY: Final = "intersection_9_all_models"


class FrozenRow(NamedTuple):
    """One model's frozen values; rates and means in [0, 1], intervals as (lower, upper)."""

    usable_pairs: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    recommendation_change: float
    diagnostic_consistency: float
    recommendation_ci95: tuple[float, float]
    diagnostic_ci95: tuple[float, float]


class FrozenTable(NamedTuple):
    """What the summary says: the rows of the models that were asked for, by model, and of the table as a whole.

    `iterations` is how many resamples the frozen intervals come from; `models` names every model in the summary, whether
    the panels kept it or not.
    """

    rows: dict[str, FrozenRow]
    iterations: int
    models: tuple[str, ...]


def frozen_table(bundle: Bundle, models: Mapping[str, str]) -> FrozenTable:
    """Read the table, with rows for the models of {model: panel}. Raises BundleError with everything that is missing."""
    summary = bundle.json_object(layout.SUMMARY)
    rows: dict[str, FrozenRow] = {}
    collector = ErrorCollector()
    for model, panel in models.items():
        with collector:
            rows[model] = _row(summary, PANEL_KEYS[panel], model)
    iterations = collector.get(count_at, summary, ("source_clustered_bootstrap", "iterations"), layout.SUMMARY)
    in_summary = collector.get(_models, summary)
    collector.raise_if_any()
    assert iterations is not None and in_summary is not None
    return FrozenTable(rows, iterations, in_summary)


def _row(summary: Mapping[str, Any], panel: str, model: str) -> FrozenRow:
    row = ("panels", panel, "models", model)

    def number(*keys: str) -> float:
        return number_at(summary, (*row, *keys), layout.SUMMARY)

    def count(key: str) -> int:
        return count_at(summary, (*row, "data_quality", key), layout.SUMMARY)

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


def _models(summary: Mapping[str, Any]) -> tuple[str, ...]:
    models: dict[str, None] = {}
    for key in PANEL_KEYS.values():
        models |= dict.fromkeys(object_at(summary, ("panels", key, "models"), layout.SUMMARY))
    return tuple(models)


def frozen_intersection_count(bundle: Bundle) -> int:
    """The summary's count of pairs that are usable for every model. Raises BundleError.

    Three forms of the summary are read: a count, an object with a count, and a list of the pairs themselves.
    """
    summary = bundle.json_object(layout.SUMMARY)
    common = value_at(summary, ("common_pairs",), layout.SUMMARY)
    if not isinstance(common, Mapping) or INTERSECTION_KEY not in common:
        return count_at(summary, ("common_pairs", "all9", "count"), layout.SUMMARY)
    keys = ("common_pairs", INTERSECTION_KEY)
    found = common[INTERSECTION_KEY]
    if isinstance(found, list):
        return len(found)
    return count_at(summary, (*keys, "count") if isinstance(found, Mapping) else keys, layout.SUMMARY)
