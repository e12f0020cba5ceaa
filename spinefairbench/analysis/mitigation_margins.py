"""How certain the binding rule's decision is: intervals of condition B less condition A on the same pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from spinefairbench.analysis.estimates import DIFFERENCE, Estimate, Interval, Sample, estimates
from spinefairbench.analysis.mitigation import CONSISTENCY_MARGIN
from spinefairbench.analysis.mitigation_rates import RecomputedModel
from spinefairbench.analysis.result import Row
from spinefairbench.metrics.endpoint import ENDPOINTS, RECOMMENDATION_CHANGE
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.paired import paired_difference

__all__ = ["RuleMargin", "margin_notes", "rule_margins"]

_A: Final = "condition_a"
_B: Final = "condition_b"


@dataclass(frozen=True)
class RuleMargin(Row):
    """Condition `a` less condition `b` on one endpoint, and what its interval says of the binding rule's requirement.

    `requirement` is that of the rule, and `interval_says` whether every difference within the interval meets it (`met`),
    none does (`not met`), or some do (`open`).
    """

    ESTIMATES: ClassVar[Mapping[str, str]] = {"estimate": "difference"}

    model: str
    endpoint: str
    a: str
    b: str
    estimate: Estimate
    requirement: str
    interval_says: str


def rule_margins(models: Sequence[RecomputedModel], bootstrap: Bootstrap) -> list[RuleMargin]:
    """Both requirements of the rule for each model of which it was recomputed."""
    decided = [
        (model, endpoint, model.values[_B].totals.at(endpoint), model.values[_A].totals.at(endpoint))
        for model in models
        if model.rule is not None
        for endpoint in ENDPOINTS
    ]
    samples = [
        Sample(paired_difference(one, other), DIFFERENCE)
        for _, _, one, other in decided
        if one is not None and other is not None
    ]
    margins = []
    for (model, endpoint, _, _), found in zip(decided, estimates(samples, bootstrap), strict=True):
        of_change = endpoint is RECOMMENDATION_CHANGE
        requirement = "below 0" if of_change else f"at least -{CONSISTENCY_MARGIN}"
        says = _says(found.judged_ci95, of_change=of_change)
        margins.append(RuleMargin(model.model, endpoint.name, _B, _A, found, requirement, says))
    return margins


def _says(interval: Interval | None, *, of_change: bool) -> str:
    if interval is None:
        return "open"
    low, high = interval
    met = high < 0 if of_change else low >= -CONSISTENCY_MARGIN
    failed = low >= 0 if of_change else high < -CONSISTENCY_MARGIN
    return "met" if met else "not met" if failed else "open"


def margin_notes(margins: Sequence[RuleMargin], models: Sequence[RecomputedModel]) -> list[str]:
    """A sentence for each model: what the rule decides, and what the intervals support."""
    notes = []
    for model in models:
        own = [margin for margin in margins if margin.model == model.model]
        if not own:
            continue
        parts = "; ".join(
            f"{margin.endpoint.replace('_', ' ')}, {margin.requirement}: {_WORDS[margin.interval_says]}"
            for margin in own
        )
        verdict = "passes" if model.rule else "fails"
        notes.append(
            f"{model.model}: condition B {verdict} the binding rule, which point estimates decide with no margin of error; "
            f"of B less A on the same pairs, the intervals say: {parts}"
        )
    return notes


_WORDS: Final = {"met": "met", "not met": "not met", "open": "left open, as the interval has values on both sides"}
