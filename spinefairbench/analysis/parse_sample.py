"""One pair as the parser reads it: the labels and categories of both reports, and where each term was found."""

from dataclasses import dataclass
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.reports import RetainedRow, find_pair, panel_models
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_MATCHER
from spinefairbench.metrics.features import ReportFeatures, extract_features, label_names, recommendation_names
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.recommendation import RECOMMENDATION_MATCHER
from spinefairbench.statistics.exact import UNITS

__all__ = ["check"]


@dataclass(frozen=True)
class _ParsedReport:
    """One report; the `start` and `end` of a match are character offsets in its text, `end` exclusive."""

    model: str
    pair_id: str
    role: str
    response_class: str
    diagnostic_labels: tuple[str, ...]
    recommendations: tuple[str, ...]
    matches: tuple[dict[str, Any], ...]
    text: str


def check(inputs: Inputs) -> CheckResult:
    """Parse one pair, by default the first usable one of the first model. Raises BundleError or UsageError."""
    model = inputs.options.model
    if model is None:
        model = next(iter(panel_models(inputs.bundle)))
    # A pair may have a second report elsewhere in a faulty file. Within `all`, all reports are read anyway, and once.
    panels = inputs.panels_of(None if inputs.part_of_all else (model,), marks=False)
    source, counterfactual = find_pair(inputs.bundle, model, inputs.options.pair)
    features = [extract_features(row.response) for row in (source, counterfactual)]
    outcome = pair_outcome(*features)
    rows = tuple(map(_parsed, (source, counterfactual), features))
    summary = {
        "model": source.model,
        "pair_id": source.pair_id,
        "usable": outcome.usable,
        "recommendation_changed": outcome.recommendation_changed,
        "recommendation_jaccard": outcome.recommendation_jaccard / UNITS,
        "diagnostic_jaccard": outcome.diagnostic_jaccard / UNITS,
    }
    details = [
        f"{row.role} report, characters {match['start']}-{match['end']}: {match['term']} -> {match['kind']} {match['category']}"
        for row in rows
        for match in row.matches
    ]
    not_checked = ("how the parser reads the other pairs: only one is shown",)
    return CheckResult(rows, summary, panels.problems, not_checked=not_checked, details=tuple(details))


def _parsed(row: RetainedRow, features: ReportFeatures) -> _ParsedReport:
    matches = [
        {"kind": kind, **match._asdict()}
        for kind, matcher in (("diagnostic", DIAGNOSTIC_MATCHER), ("recommendation", RECOMMENDATION_MATCHER))
        for match in matcher.matches(row.response)
    ]
    matches.sort(key=lambda match: (match["start"], match["end"], match["kind"]))
    return _ParsedReport(
        model=row.model,
        pair_id=row.pair_id,
        role=row.role,
        response_class=features.response_class.value,
        diagnostic_labels=label_names(features.labels),
        recommendations=recommendation_names(features.recommendations),
        matches=tuple(matches),
        text=row.response,
    )
