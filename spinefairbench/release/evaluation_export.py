"""A score in the form of Every Eval Ever, a common schema for evaluation results, version 0.3.0.

What the schema asks for and a submission does not say is given as unknown, never guessed.
"""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, RECOMMENDATION_CHANGE, Endpoint
from spinefairbench.release.scoring import Score
from spinefairbench.version import __version__

__all__ = ["exported_score"]

_SCHEMA_VERSION: Final = "0.3.0"
_NAME: Final = "SpineFairBench"
_NOT_STATED: Final = "not stated"
_DATASETS: Final[Mapping[str | None, str]] = {
    "release": _NAME,
    "demo": f"SYNTHETIC demo bundle, not {_NAME}",
    "other": f"unidentified bundle, not verified to be {_NAME}",
}
_DESCRIPTIONS: Final[Mapping[Endpoint, str]] = {
    RECOMMENDATION_CHANGE: (
        "Share of usable pairs whose two reports, on an original radiograph and on a copy edited to another apparent age "
        "or sex, do not recommend the same categories. Lower means less sensitive to the edit and to the variation "
        "between runs, not better or fairer."
    ),
    DIAGNOSTIC_CONSISTENCY: (
        "Mean Jaccard index of the diagnostic labels of the two reports of a pair, over all usable pairs. Higher means "
        "less sensitive to the edit and to the variation between runs, not more accurate."
    ),
}
_ADJUSTED: Final = f"adjusted interval of {_NAME}, clustered by source (docs/intervals.md)"


def exported_score(score: Score) -> dict[str, Any]:
    """The score as a JSON value of the schema: both endpoints, each with the interval that the score goes by."""
    moment = datetime.datetime.fromisoformat(score.scored_at_utc)
    epoch = str(int(moment.timestamp()))
    model = score.model
    name = model["name"]
    model_id = name if "/" in name else f"{model.get('organization', 'unknown')}/{name}"
    source = _DATASETS.get(score.bundle, _DATASETS["other"])
    benchmark = "spinefairbench" if score.bundle == "release" else f"spinefairbench-{score.bundle or 'other'}-bundle"
    return {
        "schema_version": _SCHEMA_VERSION,
        "evaluation_id": f"{benchmark}-{score.scope}/{model_id}/{epoch}",
        "evaluation_timestamp": score.scored_at_utc,
        "retrieved_timestamp": epoch,
        "source_metadata": {
            "source_name": source,
            "source_type": "evaluation_run",
            "source_organization_name": _NOT_STATED,
            "evaluator_relationship": "other",
            "additional_details": {"relationship": "who ran the model and the score is not recorded"},
        },
        "eval_library": {"name": "spinefairbench", "version": __version__},
        "model_info": {
            "name": name,
            "id": model_id,
            **({"developer": model["organization"]} if "organization" in model else {}),
            "additional_details": {
                "deployment_type": "unknown",
                "model_availability": "unknown",
                **{key: text for key, text in model.items() if key not in ("name", "organization")},
            },
        },
        "evaluation_results": [
            _result(score, endpoint, estimate, source) for endpoint, estimate in score.endpoints.each()
        ],
    }


def _result(score: Score, endpoint: Endpoint, estimate: Estimate, dataset: str) -> dict[str, Any]:
    synthetic = "SYNTHETIC: " if score.bundle == "demo" else ""
    return {
        "evaluation_name": f"{synthetic}{_NAME} {endpoint.title}",
        "source_data": {
            "dataset_name": dataset,
            "source_type": "other",
            "additional_details": {"scope": score.scope, "signature": score.signature},
        },
        "evaluation_timestamp": score.scored_at_utc,
        "metric_config": {
            "evaluation_description": _DESCRIPTIONS[endpoint],
            "metric_id": f"spinefairbench.{endpoint.score_name}",
            "metric_name": endpoint.title,
            "metric_unit": endpoint.unit,
            "lower_is_better": not endpoint.higher_is_better,
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": {
            "score": estimate.value,
            "uncertainty": _uncertainty(score, estimate),
            "details": _details(score, endpoint, estimate),
        },
    }


def _uncertainty(score: Score, estimate: Estimate) -> dict[str, Any]:
    """The judged interval, where one can be given: the published percentile interval unless that one is adjusted."""
    found: dict[str, Any] = {"num_samples": len(score.reports.usable)}
    if estimate.judged_ci95 is None:
        return found
    iterations, seed = score.bootstrap.iterations, score.bootstrap.seed
    percentile = estimate.adjustment_reason is None
    lower, upper = estimate.judged_ci95
    found["confidence_interval"] = {
        "lower": lower,
        "upper": upper,
        "confidence_level": 0.95,
        "method": f"percentile bootstrap over sources, seed {seed}" if percentile else _ADJUSTED,
    }
    if percentile:
        found["num_bootstrap_samples"] = iterations
    return found


def _details(score: Score, endpoint: Endpoint, estimate: Estimate) -> dict[str, str]:
    """What a reader of the score must know; the schema takes texts only."""
    floor = score.floor.endpoints.at(endpoint)
    known = {
        "usable_pairs": len(score.reports.usable),
        "expected_pairs": score.expected_pairs,
        "independent_sources": estimate.n_sources,
        "full_refusal_pairs_excluded": score.reports.full_refusal_pairs,
        "interval_reason": estimate.adjustment_reason,
        "disagreement_of_repeated_source_reports_F": floor.F,
        "disagreement_of_source_and_edit_T": floor.T,
        "excess_T_less_F": floor.excess.value,
        "comparable_to_published_panel": "yes"
        if score.bundle == "release" and score.comparable_to_panel_scope
        else "no",
        "reports_readable": "yes" if score.reports.quality.readable else "no",
    }
    if score.scope not in PANEL_SCOPES:
        known["scope_note"] = "this scope has no published panel"
    details = {
        name: value if isinstance(value, str) else repr(value) for name, value in known.items() if value is not None
    }
    warnings = {f"warning_{number}": warning for number, warning in enumerate(score.warnings, 1)}
    return {**details, **warnings}
