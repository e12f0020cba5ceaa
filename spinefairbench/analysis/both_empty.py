"""Pairs of which neither report has a diagnostic label: they count as fully consistent, so they are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spinefairbench.analysis.outcomes import pair_outcomes
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.problems import HALF_OF_SIXTH_DECIMAL, differs

__all__ = ["BothEmptyRow", "both_empty_diagnostic"]


@dataclass(frozen=True)
class BothEmptyRow:
    """One model; `rate` is a share of its usable pairs, None where there is none."""

    model: str
    usable_pairs: int
    both_empty_pairs: int
    rate: float | None


def both_empty_diagnostic(
    panels: PanelReports, published: Mapping[str, Any] | None, *, whole_panel: bool = True
) -> CheckResult:
    """Counts of each model and pooled over them; on the whole panel of the release, compared with the published ones."""
    problems = list(panels.problems)
    rows = []
    for model in panels.models:
        outcome = pair_outcomes(model.pairs)
        usable = len(outcome.usable)
        empty = outcome.both_empty_pairs
        rows.append(BothEmptyRow(model.model, usable, empty, empty / usable if usable else None))
        if not usable:
            problems.append(f"{model.model}: no usable pair")
    pairs = sum(row.both_empty_pairs for row in rows)
    usable = sum(row.usable_pairs for row in rows)
    rate = pairs / usable if usable else None
    summary = {"pooled_both_empty_pairs": pairs, "pooled_usable_pairs": usable, "pooled_rate": rate}
    notes = [] if whole_panel else ["pooled figures are over the selected models only"]
    if published is not None and whole_panel:
        if (pairs, usable) != (published["pairs"], published["usable_pairs"]):
            problems.append(
                f"{pairs} both-empty of {usable} usable pairs; published is {published['pairs']} of {published['usable_pairs']}"
            )
        if rate is None or differs(rate, published["rate"], HALF_OF_SIXTH_DECIMAL):
            problems.append(f"the pooled rate is {rate}; published is {published['rate']}")
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))
