"""The gap between the diagnostic and the recommendation endpoint, by exact and by graded agreement."""

from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import HALF_OF_SIXTH_DECIMAL, no_usable_pair
from spinefairbench.statistics.exact import UNITS

__all__ = ["GapRow", "check", "gap_sensitivity"]


@dataclass(frozen=True)
class GapRow:
    """One model; all values in [0, 1] but the gaps, which lie in [-1, 1].

    `gap_exact` is the mean diagnostic Jaccard minus the share of pairs whose recommendations are unchanged,
    `gap_graded` the mean diagnostic Jaccard minus the mean recommendation Jaccard.
    """

    model: str
    usable_pairs: int
    recommendation_change: float
    recommendation_jaccard: float
    diagnostic_consistency: float
    gap_exact: float
    gap_graded: float


def _row(model: ModelReports) -> GapRow:
    # In exact fractions, so that a gap is rounded once and its sign is never an accident of rounding.
    n = len(model.usable)
    outcomes = [pair.outcome for pair in model.usable]
    change = Fraction(sum(outcome.recommendation_changed for outcome in outcomes), n)
    recommendation = Fraction(sum(outcome.recommendation_jaccard for outcome in outcomes), UNITS * n)
    diagnostic = Fraction(sum(outcome.diagnostic_jaccard for outcome in outcomes), UNITS * n)
    return GapRow(
        model=model.model,
        usable_pairs=n,
        recommendation_change=float(change),
        recommendation_jaccard=float(recommendation),
        diagnostic_consistency=float(diagnostic),
        gap_exact=float(diagnostic - (1 - change)),
        gap_graded=float(diagnostic - recommendation),
    )


def _median(values: list[float]) -> float | None:
    return median(values) if values else None


def gap_sensitivity(panels: PanelReports, published: Figures | None, *, whole_panel: bool = True) -> CheckResult:
    """Compute the two gaps of each model and their medians.

    `published` holds the release's figures, None for a demo bundle; they are compared only with those of the whole
    panel. A model without a usable pair is a problem of the result.
    """
    problems = list(panels.problems)
    rows = []
    for model in panels.models:
        if model.usable:
            rows.append(_row(model))
        else:
            problems.append(no_usable_pair(model.model))
    summary = {
        "models": len(rows),
        "median_gap_exact": _median([row.gap_exact for row in rows]),
        "median_gap_graded": _median([row.gap_graded for row in rows]),
        "gap_graded_negative_models": sum(row.gap_graded < 0 for row in rows),
    }
    notes = [] if whole_panel else ["medians and counts cover the selected models only"]
    if published is not None and whole_panel:
        problems += published.expect_each(("median_gap_exact", "median_gap_graded"), summary, HALF_OF_SIXTH_DECIMAL)
        negative = f"{summary['gap_graded_negative_models']}/{len(rows)}"
        problems += published.expect("gap_graded_negative_models", negative)
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `gap-sensitivity`."""
    return gap_sensitivity(
        inputs.panels(marks=False), inputs.published("gap_sensitivity"), whole_panel=inputs.whole_panel
    )
