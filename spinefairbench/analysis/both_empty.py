"""Pairs in which neither report has a diagnostic label: they score as fully consistent, so they are counted."""

from dataclasses import dataclass

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import HALF_OF_SIXTH_DECIMAL, no_usable_pair

__all__ = ["BothEmptyRow", "both_empty_diagnostic", "check"]


@dataclass(frozen=True)
class BothEmptyRow:
    """One model; `rate` is the share of its usable pairs (0 to 1), None where it has none.

    `diagnostic_consistency` counts a both-empty pair as 1, as published. Beside it stand the mean without such pairs
    (`_dropped`), and with 0 for each of them (`_zero`): how much of the consistency is agreement on nothing. All in
    [0, 1]; None where no pair is left.
    """

    model: str
    usable_pairs: int
    both_empty_pairs: int
    rate: float | None
    diagnostic_consistency: float | None
    diagnostic_consistency_dropped: float | None
    diagnostic_consistency_zero: float | None


def _row(model: ModelReports) -> BothEmptyRow:
    usable, empty = model.usable_pairs, model.both_empty_pairs
    published = model.totals.diagnostic
    if published is None:
        return BothEmptyRow(model.model, 0, 0, None, None, None, None)
    # A both-empty pair counts 1, so without these pairs as many units are left.
    others = sum(published.sums) - empty * published.scale
    return BothEmptyRow(
        model.model,
        usable,
        empty,
        empty / usable,
        published.estimate,
        others / ((usable - empty) * published.scale) if usable > empty else None,
        others / (usable * published.scale),
    )


def both_empty_diagnostic(panels: PanelReports, published: Figures | None, *, whole_panel: bool = True) -> CheckResult:
    """Count the both-empty pairs of each model and of all of them together.

    `published` holds the release's figures, None for a demo bundle; they are compared only with those of the whole
    panel. A model without a usable pair is a problem of the result.
    """
    problems = list(panels.problems)
    rows = []
    for model in panels.models:
        rows.append(_row(model))
        if not model.usable:
            problems.append(no_usable_pair(model.model))
    pairs = sum(row.both_empty_pairs for row in rows)
    usable = sum(row.usable_pairs for row in rows)
    rate = pairs / usable if usable else None
    summary = {"pooled_both_empty_pairs": pairs, "pooled_usable_pairs": usable, "pooled_rate": rate}
    notes = [] if whole_panel else ["pooled figures cover the selected models only"]
    if published is not None and whole_panel:
        problems += published.expect("pairs", pairs, name="pooled_both_empty_pairs")
        problems += published.expect("usable_pairs", usable, name="pooled_usable_pairs")
        problems += published.expect("rate", rate, HALF_OF_SIXTH_DECIMAL, name="pooled_rate")
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `both-empty-diagnostic`."""
    return both_empty_diagnostic(
        inputs.panels(marks=False), inputs.published("both_empty_diagnostic"), whole_panel=inputs.whole_panel
    )
