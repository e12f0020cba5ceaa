"""The pairs on which the mitigation conditions of one model are compared, and how far each can be recomputed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from spinefairbench.bundle.mitigation_reports import Sides
from spinefairbench.bundle.mitigation_table import CONDITIONS
from spinefairbench.metrics.condition_report import ConditionReport, ReportState
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.refusal_detector import ResponseClass

__all__ = ["Accounting", "ComparedPairs", "ConditionState", "accounting", "compared_pairs", "sides_of_panel"]


class ConditionState(Enum):
    """How far a condition was recomputed; the values are those of the JSON output."""

    RECOMPUTED = "recomputed"
    PARTLY = "partly"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True)
class Accounting:
    """Reports of one condition by what they are, before pairs are intersected."""

    model: str
    condition: str
    reports: int
    full_refusals: int
    partial_refusals: int
    api_failures: int
    parse_failures: int
    missing: int


class ComparedPairs(NamedTuple):
    """The pairs of one model that are usable in every condition of which the bundle has reports.

    `diagnosed` are the conditions whose diagnosis can be recomputed on them. `missing` is {condition: {what: how many}}.
    All four conditions have from `fewest` to `most` pairs usable; `most` is None where a condition has no reports.
    """

    pair_ids: tuple[str, ...]
    diagnosed: frozenset[str]
    states: Mapping[str, ConditionState]
    missing: Mapping[str, Mapping[str, int]]
    fewest: int
    most: int | None


class _Known(Enum):
    """What is known of a pair in one condition."""

    USABLE = 0
    UNUSABLE = 1
    WITHOUT_DIAGNOSIS = 2
    UNKNOWN = 3


def sides_of_panel(model: ModelReports) -> Sides:
    """A model's pairs of the main panel, as condition A has them."""
    return {
        pair.pair_id: (ConditionReport.of_features(pair.source), ConditionReport.of_features(pair.counterfactual))
        for pair in model.pairs
    }


def accounting(model: str, condition: str, sides: Sides) -> Accounting:
    """Count the reports of one condition."""
    reports = [report for both in sides.values() for report in both]
    states = Counter(report.state for report in reports)
    classes = Counter(report.response_class for report in reports)
    return Accounting(
        model,
        condition,
        len(reports),
        full_refusals=classes[ResponseClass.FULL_REFUSAL],
        partial_refusals=classes[ResponseClass.PARTIAL_REFUSAL],
        api_failures=states[ReportState.API_FAILURE],
        parse_failures=states[ReportState.PARSE_FAILURE],
        missing=states[ReportState.MISSING],
    )


def compared_pairs(conditions: Mapping[str, Sides], tabled_pairs: int | None) -> ComparedPairs:
    """Intersect the conditions of one model.

    A condition of which the bundle lacks most texts takes out only the pairs that it is known to have not usable, and so
    does one of which it lacks most stage-1 texts. Other pairs of which something is missing are left out and counted.
    `tabled_pairs` is the table's number of pairs: those of some conditions hold those of all four, so where there are as
    many, they are the same.
    """
    known = {
        name: {pair: _known(both) for pair, both in conditions[name].items()}
        for name in CONDITIONS
        if conditions.get(name)
    }
    possible = [name for name, pairs in known.items() if _mostly_known(pairs.values(), _Known.UNKNOWN)]
    diagnosed = {
        name
        for name in possible
        if _Known.USABLE in known[name].values() and _mostly_known(known[name].values(), _Known.WITHOUT_DIAGNOSIS)
    }
    shared = set.intersection(*map(set, known.values())) if known else set()
    usable, left_out = [], 0
    for pair in sorted(shared):
        if any(pairs[pair] is _Known.UNUSABLE for pairs in known.values()):
            continue
        if any(known[name][pair] is _Known.UNKNOWN for name in possible) or any(
            known[name][pair] is _Known.WITHOUT_DIAGNOSIS for name in diagnosed
        ):
            left_out += 1
        else:
            usable.append(pair)
    complete = len(diagnosed) == len(CONDITIONS)
    # Without a pair left out, there are at least those of all four conditions.
    certain = not left_out and (complete or len(usable) == tabled_pairs)
    states, missing = {}, {}
    for name in CONDITIONS:
        lacks = _lacks(conditions.get(name, {}))
        if name not in known:
            lacks["reports"] = 2 * max((len(pairs) for pairs in known.values()), default=0)
        if name not in possible or not usable:
            states[name] = ConditionState.NOT_POSSIBLE
            lacks = lacks or {"usable_pairs": len(shared)}
        elif certain and name in diagnosed:
            states[name] = ConditionState.RECOMPUTED
        else:
            states[name] = ConditionState.PARTLY
            if not certain:
                lacks |= {"pairs": left_out} if left_out else {"conditions": len(CONDITIONS) - len(diagnosed)}
        missing[name] = lacks
    fewest = len(usable) if complete else 0
    most = len(usable) + left_out if len(known) == len(CONDITIONS) else None
    return ComparedPairs(tuple(usable), frozenset(diagnosed), states, missing, fewest, most)


def _lacks(sides: Sides) -> dict[str, int]:
    """{what the bundle lacks: of how many reports}."""
    return dict(Counter(report.lacks for both in sides.values() for report in both if report.lacks))


def _mostly_known(pairs: Collection[_Known], lacking: _Known) -> bool:
    """Whether at most half of the pairs that may be usable lack it.

    Otherwise the few pairs that do not would be all that is left of every condition.
    """
    states = Counter(pairs)
    return 2 * states[lacking] <= sum(states.values()) - states[_Known.UNUSABLE]


def _known(both: tuple[ConditionReport, ConditionReport]) -> _Known:
    states = {report.state for report in both}
    if states - {ReportState.USABLE, ReportState.MISSING}:
        return _Known.UNUSABLE
    if ReportState.MISSING in states:
        return _Known.UNKNOWN
    return _Known.WITHOUT_DIAGNOSIS if any(report.labels is None for report in both) else _Known.USABLE
