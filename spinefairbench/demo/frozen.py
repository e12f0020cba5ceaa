"""The frozen figures of the demo bundle, computed from its own texts by the frozen definitions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spinefairbench.bundle.layout import BASELINE_PANEL, FULL_PANEL
from spinefairbench.demo.stage1 import ConditionA
from spinefairbench.metrics.pair_values import PairOutcome
from spinefairbench.statistics.bootstrap import percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS

__all__ = ["FROZEN_SEED", "ModelTally", "summary"]

FROZEN_SEED: Final = 42

_PANEL_KEYS: Final = {"full": FULL_PANEL, "baseline": BASELINE_PANEL}


class ModelTally:
    """The outcomes of one model's pairs, as far as the summary needs them."""

    def __init__(self, name: str, panel: str) -> None:
        self.name = name
        self.panel = panel
        self.full_refusals = 0
        self.partial_refusals = 0
        self._source_ids: list[str] = []
        self._changed: list[int] = []
        self._jaccards: list[int] = []

    def add(self, source_id: str, outcome: PairOutcome) -> None:
        """Counts one pair."""
        if not outcome.usable:
            self.full_refusals += 1
            return
        self.partial_refusals += outcome.partial_refusal
        self._source_ids.append(source_id)
        self._changed.append(outcome.recommendation_changed)
        self._jaccards.append(outcome.diagnostic_jaccard)

    @property
    def usable(self) -> int:
        return len(self._source_ids)

    @property
    def changed(self) -> int:
        return sum(self._changed)

    @property
    def consistency(self) -> float:
        return sum(self._jaccards) / (self.usable * UNITS)

    def samples(self) -> tuple[ClusterTotals, ClusterTotals]:
        """What the intervals of the change rate and of the consistency depend on."""
        return (
            ClusterTotals.from_units(self._changed, self._source_ids, 1),
            ClusterTotals.from_units(self._jaccards, self._source_ids, UNITS),
        )

    def condition_a(self) -> ConditionA:
        return ConditionA(self.usable, len(set(self._source_ids)), self.changed, self.consistency)


def _interval(lower: float, upper: float) -> dict[str, float]:
    return {"lower": lower, "upper": upper}


def _model_entry(tally: ModelTally, change: tuple[float, float], consistency: tuple[float, float]) -> dict[str, Any]:
    return {
        "data_quality": {
            "pair_usable": tally.usable,
            "pair_full_refusals": tally.full_refusals,
            "pair_partial_refusals": tally.partial_refusals,
        },
        "primary_secondary_stats": {
            # The file speaks of agreement: one minus the change rate, so the bounds change places.
            "recommendation": {
                "agreement_rate": (tally.usable - tally.changed) / tally.usable,
                "bootstrap_ci": _interval(1 - change[1], 1 - change[0]),
            },
            "diagnostic_label": {"mean": tally.consistency, "bootstrap_ci": _interval(*consistency)},
        },
    }


def summary(tallies: Sequence[ModelTally], common_pairs: int, iterations: int) -> Mapping[str, Any]:
    """The content of the frozen summary; `common_pairs` are usable in all models."""
    samples = [sample for tally in tallies for sample in tally.samples()]
    intervals = iter(percentile_intervals(samples, iterations=iterations, seed=FROZEN_SEED))
    entries = {tally.name: _model_entry(tally, next(intervals), next(intervals)) for tally in tallies}
    return {
        "panels": {
            key: {"models": {tally.name: entries[tally.name] for tally in tallies if tally.panel == panel}}
            for key, panel in _PANEL_KEYS.items()
        },
        "common_pairs": {"intersection_9_all_models": common_pairs},
        "source_clustered_bootstrap": {"iterations": iterations, "seed": FROZEN_SEED},
    }
