"""Pairs in which neither report has a diagnostic label: they score as fully consistent, so they are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.problems import HALF_OF_SIXTH_DECIMAL, expect, no_usable_pair

__all__ = ["BothEmptyRow", "both_empty_diagnostic", "check"]


@dataclass(frozen=True)
class BothEmptyRow:
    """One model; `rate` is the share of its usable pairs (0 to 1), None where it has none."""

    model: str
    usable_pairs: int
    both_empty_pairs: int
    rate: float | None


def both_empty_diagnostic(
    panels: PanelReports, published: Mapping[str, Any] | None, *, whole_panel: bool = True
) -> CheckResult:
    """Count the both-empty pairs of each model and of all of them together.

    `published` holds the release's figures, None for a demo bundle; they are compared only with those of the whole
    panel. A model without a usable pair is a problem of the result.
    """
    problems = list(panels.problems)
    rows = []
    for model in panels.models:
        usable = len(model.usable)
        empty = model.both_empty_pairs
        rows.append(BothEmptyRow(model.model, usable, empty, empty / usable if usable else None))
        if not usable:
            problems.append(no_usable_pair(model.model))
    pairs = sum(row.both_empty_pairs for row in rows)
    usable = sum(row.usable_pairs for row in rows)
    rate = pairs / usable if usable else None
    summary = {"pooled_both_empty_pairs": pairs, "pooled_usable_pairs": usable, "pooled_rate": rate}
    notes = [] if whole_panel else ["pooled figures cover the selected models only"]
    if published is not None and whole_panel:
        problems += expect(pairs, published["pairs"], name="pooled_both_empty_pairs")
        problems += expect(usable, published["usable_pairs"], name="pooled_usable_pairs")
        problems += expect(rate, published["rate"], HALF_OF_SIXTH_DECIMAL, name="pooled_rate")
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `both-empty-diagnostic`."""
    return both_empty_diagnostic(
        inputs.panels(), inputs.published("both_empty_diagnostic"), whole_panel=inputs.whole_panel
    )
