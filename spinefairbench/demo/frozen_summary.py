"""The demo bundle's frozen summary, computed from its own texts by the frozen definitions."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.frozen_table import INTERSECTION_KEY, PANEL_KEYS
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.features import label_names
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.report_language import ReportLanguage
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.signed_rank import cohens_dz, signed_rank

__all__ = ["PairLanguages", "frozen_summary"]

PairLanguages = Mapping[str, tuple[ReportLanguage, ReportLanguage]]
"""The language of the report on the source and of that on the edit, by pair."""

_NO_FINDING: Final = "No finding"
_PUBLISHED_CATEGORIES: Final = tuple(
    "Spondylolysthesis" if name == "Spondylolisthesis" else name for name in DIAGNOSTIC_CATEGORIES
)
"""As the findings of a source are spelt where the published figures were computed."""
_LEFT_OUT: Final = ("radfm", "confidence", "cohens_d_z")
"""One value that the summary lacks, so that a check that cannot compare it is seen, too."""


def frozen_summary(
    panels: Mapping[str, Mapping[str, ModelReports]],
    languages: Mapping[str, PairLanguages],
    findings: Mapping[str, Sequence[int]],
    common_pairs: int,
    iterations: int,
) -> dict[str, Any]:
    """The content of `common_core_1000_summary.json`.

    `panels` is {panel: {model: its reports}}, each model with at least one usable pair; `languages` is by model, and
    `findings` has the labelled categories of each source. `common_pairs` is the number of pairs usable in all models,
    `iterations` the number of bootstrap resamples.
    """
    all_models = [model for models in panels.values() for model in models.values()]
    secondary = {model.model: _secondary_values(model, languages[model.model], findings) for model in all_models}
    totals = [each for model in all_models for each in model.totals if each]
    totals += [each.magnitudes for model in all_models for each in secondary[model.model]]
    intervals = iter(percentile_intervals(totals, Bootstrap(iterations)))
    summary = _with_both_endpoints(panels, intervals, common_pairs, iterations)
    for panel, models in panels.items():
        for model in models:
            stats = summary["panels"][PANEL_KEYS[panel]]["models"][model]["primary_secondary_stats"]
            for values in secondary[model]:
                stats[values.name] = values.statistics(next(intervals))
                if (model, values.name) == _LEFT_OUT[:2]:
                    del stats[values.name][_LEFT_OUT[2]]
    return summary


class _Values(NamedTuple):
    """A secondary endpoint of one model: both values of each usable pair."""

    name: str
    mean: str
    source_ids: Sequence[str]
    pairs: Sequence[tuple[Fraction, Fraction]]

    @property
    def magnitudes(self) -> ClusterTotals:
        return ClusterTotals.from_fractions([abs(one - other) for one, other in self.pairs], self.source_ids)

    def statistics(self, interval: tuple[float, float]) -> dict[str, Any]:
        tested = signed_rank([float(one) - float(other) for one, other in self.pairs])
        return {
            "n_pairs": len(self.pairs),
            self.mean: self.magnitudes.estimate,
            "bootstrap_ci": {"lower": interval[0], "upper": interval[1]},
            "wilcoxon": tested._asdict(),
            "cohens_d_z": cohens_dz([one - other for one, other in self.pairs]),
        }


def _secondary_values(
    model: ModelReports, languages: PairLanguages, findings: Mapping[str, Sequence[int]]
) -> list[_Values]:
    severity, hedging, unmatched = [], [], []
    for pair in model.usable:
        one, other = languages[pair.pair_id]
        severity.append((Fraction(one.severity), Fraction(other.severity)))
        hedging.append((Fraction(one.hedging), Fraction(other.hedging)))
        truth = {_PUBLISHED_CATEGORIES[index] for index in findings[pair.source_id]} - {_NO_FINDING}
        unmatched.append((_unmatched(pair.source.labels, truth), _unmatched(pair.counterfactual.labels, truth)))
    ids = [pair.source_id for pair in model.usable]
    return [
        _Values("severity_language", "mean_abs_difference", ids, severity),
        _Values("confidence", "mean_abs_difference", ids, hedging),
        _Values("hallucination", "mean_disparity", ids, unmatched),
    ]


def _unmatched(labels: int, truth: set[str]) -> Fraction:
    predicted = set(label_names(labels)) - {_NO_FINDING}
    return Fraction(len(predicted - truth), len(predicted)) if predicted else Fraction(0)


def _with_both_endpoints(
    panels: Mapping[str, Mapping[str, ModelReports]],
    intervals: Iterator[tuple[float, float]],
    common_pairs: int,
    iterations: int,
) -> dict[str, Any]:
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
