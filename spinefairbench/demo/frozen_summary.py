"""The demo bundle's frozen summary, computed from its own texts by the frozen definitions."""

from collections.abc import Mapping
from typing import Any

from spinefairbench.analysis.outcomes import ModelOutcomes
from spinefairbench.analysis.table2 import FROZEN_SEED, endpoint_intervals
from spinefairbench.bundle.frozen_table import PANEL_KEYS

__all__ = ["frozen_summary"]


def frozen_summary(
    panels: Mapping[str, Mapping[str, ModelOutcomes]], common_pairs: int, iterations: int
) -> dict[str, Any]:
    """The content of `common_core_1000_summary.json`.

    `panels` is {panel: {model: its outcomes}}, each model with at least one usable pair; `common_pairs` is the number
    of pairs usable in all models, `iterations` the number of bootstrap resamples.
    """
    every_model = [outcomes for models in panels.values() for outcomes in models.values()]
    intervals = iter(endpoint_intervals(every_model, iterations=iterations, seed=FROZEN_SEED))
    return {
        "panels": {
            PANEL_KEYS[panel]: {
                "models": {model: _model_entry(outcomes, *next(intervals)) for model, outcomes in models.items()}
            }
            for panel, models in panels.items()
        },
        "common_pairs": {"intersection_9_all_models": common_pairs},
        "source_clustered_bootstrap": {"iterations": iterations, "seed": FROZEN_SEED},
    }


def _model_entry(
    outcomes: ModelOutcomes, change: tuple[float, float], consistency: tuple[float, float]
) -> dict[str, Any]:
    usable = len(outcomes.usable)
    changed = sum(pair.outcome.recommendation_changed for pair in outcomes.usable)
    return {
        "data_quality": {
            "pair_usable": usable,
            "pair_full_refusals": outcomes.full_refusal_pairs,
            "pair_partial_refusals": outcomes.partial_refusal_pairs,
        },
        "primary_secondary_stats": {
            # The file holds agreement, which is one minus the change rate, so the bounds change places.
            "recommendation": {
                "agreement_rate": (usable - changed) / usable,
                "bootstrap_ci": {"lower": 1 - change[1], "upper": 1 - change[0]},
            },
            "diagnostic_label": {
                "mean": outcomes.diagnostic_consistency,
                "bootstrap_ci": {"lower": consistency[0], "upper": consistency[1]},
            },
        },
    }
