"""The demo bundle's frozen summary, computed from its own texts by the frozen definitions."""

from collections.abc import Mapping
from typing import Any

from spinefairbench.bundle.frozen_table import INTERSECTION_KEY, PANEL_KEYS
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap, percentile_intervals

__all__ = ["frozen_summary"]


def frozen_summary(
    panels: Mapping[str, Mapping[str, ModelReports]], common_pairs: int, iterations: int
) -> dict[str, Any]:
    """The content of `common_core_1000_summary.json`.

    `panels` is {panel: {model: its reports}}, each model with at least one usable pair; `common_pairs` is the number
    of pairs usable in all models, `iterations` the number of bootstrap resamples.
    """
    totals = [each for models in panels.values() for model in models.values() for each in model.totals if each]
    intervals = iter(percentile_intervals(totals, Bootstrap(iterations)))
    return {
        "panels": {
            PANEL_KEYS[panel]: {
                "models": {
                    model: _model_entry(reports, next(intervals), next(intervals)) for model, reports in models.items()
                }
            }
            for panel, models in panels.items()
        },
        "common_pairs": {INTERSECTION_KEY: common_pairs},
        "source_clustered_bootstrap": {"iterations": iterations, "seed": FROZEN.seed},
    }


def _model_entry(
    reports: ModelReports, change: tuple[float, float], consistency: tuple[float, float]
) -> dict[str, Any]:
    usable = reports.usable_pairs
    return {
        "data_quality": {
            "pair_usable": usable,
            "pair_full_refusals": reports.full_refusal_pairs,
            "pair_partial_refusals": reports.partial_refusal_pairs,
        },
        "primary_secondary_stats": {
            # The file holds agreement, which is one minus the change rate, so the bounds change places.
            "recommendation": {
                "agreement_rate": (usable - reports.changed_pairs) / usable,
                "bootstrap_ci": {"lower": 1 - change[1], "upper": 1 - change[0]},
            },
            "diagnostic_label": {
                "mean": reports.means.diagnostic,
                "bootstrap_ci": {"lower": consistency[0], "upper": consistency[1]},
            },
        },
    }
