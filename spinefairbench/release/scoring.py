"""From a submission to a score file. `python3 -m spinefairbench.release.scoring score …` is the whole program too."""

import datetime
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from spinefairbench.analysis.noise_floor import (
    UNREPEATED_NOTE,
    FloorSubject,
    energy_forms,
    floor_notes,
    noise_floor_rows,
)
from spinefairbench.analysis.outcomes import ModelOutcomes, pair_outcomes
from spinefairbench.analysis.table2 import (
    FROZEN_ITERATIONS,
    FROZEN_SEED,
    adjusted_endpoint_intervals,
    endpoint_intervals,
)
from spinefairbench.bundle.reports import PairReports
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.files.writing import write_json
from spinefairbench.metrics.features import ReportFeatures, label_names, recommendation_names
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.release.signature import score_signature
from spinefairbench.release.submission import Submission
from spinefairbench.statistics.exact import UNITS

__all__ = ["SCORE_SCHEMA", "noise_floor_block", "repeat_names", "score_submission", "time_stamp", "write_score"]

SCORE_SCHEMA: Final = "spinefairbench-score-v1"
_FEW_SOURCES: Final = 50
_BOOTSTRAP: Final = "source-clustered percentile, numpy-compatible PCG64"


def time_stamp() -> str:
    """The time now, or that of SOURCE_DATE_EPOCH, in UTC to the second. Raises UsageError for an unusable epoch."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        moment = datetime.datetime.now(datetime.UTC)
    else:
        try:
            moment = datetime.datetime.fromtimestamp(int(given), datetime.UTC)
        except (ValueError, OverflowError, OSError):
            raise UsageError(f"SOURCE_DATE_EPOCH: expected seconds since 1970, found {given[:40]!r}") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def score_submission(
    submission: Submission,
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """The score file's content. Raises SubmissionError where no pair is usable."""
    stamp = time_stamp()
    reports = submission.reports()
    outcome = pair_outcomes(reports)
    if not outcome.usable:
        raise SubmissionError("$.results: no usable pair is left: in each, at least one report is a full refusal")
    [(change_ci, consistency_ci)] = endpoint_intervals([outcome], iterations=iterations, seed=seed, progress=progress)
    expected = len(submission.pairs) if submission.expected_pairs is None else len(submission.expected_pairs)
    missing = len(submission.missing_pairs)
    comparable = not missing and submission.scope in PANEL_SCOPES
    sources = len({pair.source_id for pair in outcome.usable})
    counts = {
        "usable_pairs": len(outcome.usable),
        "full_refusal_pairs": outcome.full_refusal_pairs,
        "partial_refusal_pairs": outcome.partial_refusal_pairs,
    }
    return {
        "schema_version": SCORE_SCHEMA,
        "scored_at_utc": stamp,
        "model": submission.model,
        "scope": submission.scope,
        "bundle": submission.bundle,
        "signature": score_signature(
            submission.scope,
            (pair.pair_id for pair in submission.pairs),
            expected,
            iterations,
            seed,
            repeat_names((entry.pair_id, entry.role, len(entry.reports)) for entry in submission.repeated),
        ),
        "scoring_config": {
            "bootstrap": _BOOTSTRAP,
            "bootstrap_iterations": iterations,
            "recommendation_bootstrap_seed": seed,
            "diagnostic_bootstrap_seed": seed,
            "full_refusal_policy": "a pair with a full refusal is excluded",
            "partial_refusal_policy": "a pair with a partial refusal is kept",
        },
        "coverage": {
            "expected_pairs": expected,
            "submitted_pairs": len(submission.pairs),
            "missing_pairs": missing,
            "unexpected_pairs": 0,  # a submission with one is refused
            "usable_pairs": len(outcome.usable),
            "unique_sources_usable": sources,
            "comparable_to_panel_scope": comparable,
        },
        "data_quality": {
            "submitted_pairs": len(submission.pairs),
            "source_full_refusals": outcome.source_full_refusals,
            "counterfactual_full_refusals": outcome.counterfactual_full_refusals,
            "pair_full_refusals": outcome.full_refusal_pairs,
            "pair_partial_refusals": outcome.partial_refusal_pairs,
            "usable_pairs": len(outcome.usable),
        },
        "primary_endpoints": {
            "recommendation_change_rate": _endpoint(outcome.recommendation_change, change_ci, len(outcome.usable)),
            "diagnostic_label_consistency": _endpoint(
                outcome.diagnostic_consistency, consistency_ci, len(outcome.usable)
            ),
        },
        "table2_row": {
            "model": submission.model["name"],
            "panel": None,
            **counts,
            "recommendation_change": outcome.recommendation_change,
            "diagnostic_consistency": outcome.diagnostic_consistency,
            "recommendation_ci95": list(change_ci),
            "diagnostic_ci95": list(consistency_ci),
            "ci_source": "recomputed",
            **_as_json(adjusted_endpoint_intervals(outcome, (change_ci, consistency_ci))._asdict()),
        },
        "noise_floor": _noise_floor(submission, reports, iterations, seed),
        "warnings": _warnings(submission, outcome, missing, sources, seed, iterations),
        "per_pair_results": [_pair_row(pair) for pair in reports],
        **_repeated_rows(submission),
    }


def repeat_names(entries: Iterable[tuple[str, str, int]]) -> list[str]:
    """A name for each repeated report of (pair_id, role, number of reports) entries, for the signature."""
    return [f"{pair_id} {role} {number}" for pair_id, role, count in entries for number in range(count)]


def noise_floor_block(subject: FloorSubject, iterations: int, seed: int) -> dict[str, Any]:
    """The floor of a submission, its symmetric form where edited images were repeated, and what must be known."""
    [row] = noise_floor_rows([subject], iterations=iterations, seed=seed)
    energies = energy_forms([subject], iterations=iterations, seed=seed)
    block = asdict(row)
    del block["model"]
    energy = asdict(energies[0]) if energies else None
    if energy is not None:
        del energy["model"]
    notes = floor_notes(row) + ([] if energies else [UNREPEATED_NOTE])
    return {**_as_json(block), "energy": _as_json(energy), "notes": notes}


def _as_json(value: Any) -> Any:
    """Tuples as lists, so that what is written is what is read back."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, list | tuple) else value


def _noise_floor(submission: Submission, reports: Sequence[PairReports], iterations: int, seed: int) -> dict[str, Any]:
    subject = FloorSubject(submission.model["name"], reports, submission.repeated_features())
    return noise_floor_block(subject, iterations, seed)


def _repeated_rows(submission: Submission) -> dict[str, Any]:
    """What the repeated reports say, for the score file of a submission that has them."""
    if not submission.repeated:
        return {}
    return {
        "repeated_results": [
            {
                "pair_id": entry.pair_id,
                "role": entry.role,
                "reports": [
                    {
                        "response_class": features.response_class.value,
                        "recommendations": list(recommendation_names(features.recommendations)),
                        "diagnostic_labels": list(label_names(features.labels)),
                    }
                    for features in entry.reports
                ],
            }
            for entry in submission.repeated_features()
        ]
    }


def _endpoint(point: float, interval: tuple[float, float], pairs: int) -> dict[str, Any]:
    return {"point_estimate": point, "ci95": {"lower": interval[0], "upper": interval[1]}, "n_pairs": pairs}


def _warnings(
    submission: Submission, outcome: ModelOutcomes, missing: int, sources: int, seed: int, iterations: int
) -> list[str]:
    warnings = []
    if submission.bundle == "demo":
        warnings.append("scored on a synthetic demo bundle: these are not the benchmark's pairs")
    if missing:
        warnings.append(f"{missing} pairs of the scope are missing: not comparable with the published panel")
    if submission.scope not in PANEL_SCOPES:
        warnings.append(f"the scope {submission.scope} has no published panel: not comparable with one")
    if (iterations, seed) != (FROZEN_ITERATIONS, FROZEN_SEED):
        warnings.append(
            f"intervals from {iterations} iterations and seed {seed}; the published ones have {FROZEN_ITERATIONS} and {FROZEN_SEED}"
        )
    if sources < _FEW_SOURCES:
        warnings.append(f"only {sources} usable sources: percentile intervals of so few are too narrow")
    identical = sum(pair.source_report == pair.counterfactual_report for pair in submission.pairs)
    if identical:
        warnings.append(f"{identical} of {len(submission.pairs)} pairs have word for word the same report twice")
    if outcome.full_refusal_pairs:
        warnings.append(f"{outcome.full_refusal_pairs} pairs were excluded for a full refusal")
    return warnings


def _pair_row(pair: PairReports) -> dict[str, Any]:
    outcome = pair_outcome(pair.source, pair.counterfactual)
    row: dict[str, Any] = {"pair_id": pair.pair_id, "source_id": pair.source_id, "usable": outcome.usable}
    sides: tuple[tuple[str, ReportFeatures], ...] = (("source", pair.source), ("counterfactual", pair.counterfactual))
    row |= {f"{side}_response_class": features.response_class.value for side, features in sides}
    row |= {f"{side}_recommendations": list(recommendation_names(features.recommendations)) for side, features in sides}
    row |= {f"{side}_diagnostic_labels": list(label_names(features.labels)) for side, features in sides}
    row["recommendation_changed"] = outcome.recommendation_changed if outcome.usable else None
    row["diagnostic_label_consistency"] = outcome.diagnostic_jaccard / UNITS if outcome.usable else None
    return row


def write_score(score: dict[str, Any], path: Path) -> None:
    """Write a score file, whole or not at all. Raises OutputError."""
    write_json(path, score)


if __name__ == "__main__":
    import runpy

    # The command line stands above this layer, so it is run by its name and not imported.
    runpy.run_module("spinefairbench", run_name="__main__")
