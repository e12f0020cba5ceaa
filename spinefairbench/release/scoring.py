"""From a submission to a score. `python3 -m spinefairbench.release.scoring score …` is the whole program too."""

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from spinefairbench.analysis.control_contrast import CONTROL_NOTE, ControlArm, control_arms
from spinefairbench.analysis.estimates import Estimate, SharedPass, flat_estimates
from spinefairbench.analysis.noise_floor import (
    UNREPEATED_NOTE,
    NoiseFloorRow,
    floor_notes,
    noise_floor_request,
)
from spinefairbench.analysis.symmetric_form import SymmetricForm, symmetric_forms
from spinefairbench.analysis.table2 import as_published, endpoints_request
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.features import ReportFeatures, label_names, recommendation_names
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, SOURCE_ROLE, ModelReports, PairReports
from spinefairbench.problems import Problem, counted
from spinefairbench.release.blank_reports import blanks_kept
from spinefairbench.release.signature import score_signature
from spinefairbench.release.submission import Submission, doubts
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.exact import UNITS

__all__ = ["NO_USABLE_PAIR", "SCORE_SCHEMA", "Score", "floor_in_brief", "score_submission"]

SCORE_SCHEMA: Final = "spinefairbench-score-v1"
NO_USABLE_PAIR: Final = "no usable pair is left: in each, at least one report is a full refusal"
"""Why a submission without another fault has no score."""
_FEW_SOURCES: Final = 50
_POLICIES: Final = {
    "full_refusal_policy": "a pair with a full refusal is excluded",
    "partial_refusal_policy": "a pair with a partial refusal is kept",
}


@dataclass(frozen=True)
class Score:
    """A scored submission; `to_json` is the score file.

    `expected_pairs` counts the pairs of the scope (those submitted, where the scope has no fixed pairs) and
    `bundle` is the kind of bundle whose pairs these are, None where a file does not say. `blank_reports` are among the
    full refusals. The model's reports have at
    least one usable pair.
    """

    model: Mapping[str, Any]
    scope: str
    bundle: str | None
    reports: ModelReports
    expected_pairs: int
    bootstrap: Bootstrap
    endpoints: ByEndpoint[Estimate]
    floor: NoiseFloorRow
    symmetric: SymmetricForm | None
    warnings: tuple[str, ...] = ()
    scored_at_utc: str = ""
    decoding: Mapping[str, float] = field(default_factory=dict)
    blank_reports: int = 0

    @property
    def missing_pairs(self) -> int:
        """Pairs of the scope that were not submitted."""
        return self.expected_pairs - len(self.reports.pairs)

    @property
    def comparable_to_panel_scope(self) -> bool:
        """Whether the score is complete and of a scope with a published panel, whatever its bundle and its reports."""
        return not self.missing_pairs and self.scope in PANEL_SCOPES

    @property
    def not_comparable_because(self) -> str | None:
        """Why the score must not stand beside the published panel, None where it may."""
        if self.bundle == "demo":
            return "the bundle is synthetic, so its pairs are not those of the published panel"
        if self.bundle == "other":
            return "the bundle is not the release, so its pairs may not be those of the published panel"
        if not self.comparable_to_panel_scope:
            return "it does not cover a scope of the published panel completely"
        if not self.reports.quality.readable:
            return "the reports cannot be read, or too few pairs are usable; see the warnings"
        return None

    @property
    def signature(self) -> str:
        """One line that says all that the score depends on."""
        return score_signature(
            self.scope,
            (pair.pair_id for pair in self.reports.pairs),
            self.expected_pairs,
            self.bootstrap,
            [
                f"{entry.pair_id} {entry.role} {number}"
                for entry in self.reports.repeats
                for number in range(len(entry.reports))
            ],
            [
                f"{entry.arm} {entry.source_id} {number}"
                for entry in self.reports.controls
                for number in range(len(entry.reports))
            ],
            self.blank_reports,
        )

    @cached_property
    def control_arms(self) -> list[ControlArm]:
        """The control arms, empty where there are no reports on control images."""
        return control_arms(self.reports)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known to read the noise floor and the control arms, a sentence each."""
        return (
            *floor_notes(self.floor),
            *(() if self.symmetric else (UNREPEATED_NOTE,)),
            *((CONTROL_NOTE,) if self.control_arms else ()),
        )

    def table2_row(self) -> dict[str, Any]:
        """The score as a row of table 2."""
        reports = self.reports
        return {
            "model": reports.model,
            "panel": None,
            "usable_pairs": len(reports.usable),
            "full_refusal_pairs": reports.full_refusal_pairs,
            "partial_refusal_pairs": reports.partial_refusal_pairs,
            **flat_estimates(self.endpoints),
            "ci_source": "recomputed",
        }

    def to_json(self) -> dict[str, Any]:
        """The content of the score file."""
        usable = len(self.reports.usable)
        content: dict[str, Any] = {
            "schema_version": SCORE_SCHEMA,
            "scored_at_utc": self.scored_at_utc,
            "model": dict(self.model),
            "scope": self.scope,
            "bundle": self.bundle,
            "signature": self.signature,
            "scoring_config": {
                "bootstrap": "source-clustered percentile, numpy-compatible PCG64",
                "bootstrap_iterations": self.bootstrap.iterations,
                "recommendation_bootstrap_seed": self.bootstrap.seed,
                "diagnostic_bootstrap_seed": self.bootstrap.seed,
                **_POLICIES,
            },
            "coverage": {
                "expected_pairs": self.expected_pairs,
                "submitted_pairs": len(self.reports.pairs),
                "missing_pairs": self.missing_pairs,
                "unexpected_pairs": 0,  # a submission with one is refused
                "usable_pairs": usable,
                "unique_sources_usable": self.reports.usable_sources,
                "comparable_to_panel_scope": self.comparable_to_panel_scope,
            },
            "data_quality": {
                "submitted_pairs": len(self.reports.pairs),
                "source_full_refusals": self.reports.source_full_refusals,
                "counterfactual_full_refusals": self.reports.counterfactual_full_refusals,
                "pair_full_refusals": self.reports.full_refusal_pairs,
                "pair_partial_refusals": self.reports.partial_refusal_pairs,
                "usable_pairs": usable,
                **({"blank_reports": self.blank_reports} if self.blank_reports else {}),
            },
            "primary_endpoints": {
                endpoint.score_name: _endpoint_json(estimate, usable) for endpoint, estimate in self.endpoints.each()
            },
            "table2_row": self.table2_row(),
            "noise_floor": {
                **_without_model(self.floor.to_json()),
                "energy": None if self.symmetric is None else _without_model(self.symmetric.to_json()),
                "notes": list(self.notes),
            },
            "report_quality": self.reports.quality.to_json(),
            "warnings": list(self.warnings),
            "per_pair_results": [_pair_json(pair) for pair in self.reports.pairs],
        }
        if self.decoding:
            content["decoding"] = dict(self.decoding)
        if self.reports.controls:
            content["control_arms"] = [_without_model(arm.to_json()) for arm in self.control_arms]
            content["control_results"] = [
                {
                    "arm": entry.arm,
                    "source_id": entry.source_id,
                    "reports": [_report_json(each) for each in entry.reports],
                }
                for entry in self.reports.controls
            ]
        if self.reports.repeats:
            content["repeated_results"] = [
                {
                    "pair_id": entry.pair_id,
                    "role": entry.role,
                    "reports": [_report_json(each) for each in entry.reports],
                }
                for entry in self.reports.repeats
            ]
        return content


def floor_in_brief(floor: NoiseFloorRow) -> dict[str, Any]:
    """What is shown of a noise floor beside a score."""
    return {
        endpoint.short_name: {
            "T": found.T,
            "F": found.F,
            "excess": found.excess.value,
            "ci95": found.excess.ci95,
            "adjusted_ci95": found.excess.adjusted_ci95,
        }
        for endpoint, found in floor.endpoints.each()
    }


def _without_model(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != "model"}


def _endpoint_json(estimate: Estimate, pairs: int) -> dict[str, Any]:
    lower, upper = estimate.ci95 or (None, None)
    return {"point_estimate": estimate.value, "ci95": {"lower": lower, "upper": upper}, "n_pairs": pairs}


def _report_json(features: ReportFeatures, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}response_class": features.response_class.value,
        f"{prefix}recommendations": list(recommendation_names(features.recommendations)),
        f"{prefix}diagnostic_labels": list(label_names(features.labels)),
    }


def _pair_json(pair: PairReports) -> dict[str, Any]:
    outcome = pair.outcome
    return {
        "pair_id": pair.pair_id,
        "source_id": pair.source_id,
        "usable": outcome.usable,
        **_report_json(pair.source, f"{SOURCE_ROLE}_"),
        **_report_json(pair.counterfactual, f"{COUNTERFACTUAL_ROLE}_"),
        "recommendation_changed": outcome.recommendation_changed if outcome.usable else None,
        "diagnostic_label_consistency": outcome.diagnostic_jaccard / UNITS if outcome.usable else None,
    }


def score_submission(submission: Submission, bootstrap: Bootstrap = FROZEN) -> Score:
    """Score a submission. Raises SubmissionError where no pair is usable, UsageError for a bad SOURCE_DATE_EPOCH."""
    stamp = _time_stamp()
    reports = submission.reports
    if not reports.usable:
        raise SubmissionError(Problem("$.results", NO_USABLE_PAIR))
    shared = SharedPass(bootstrap)
    endpoints = shared.add(endpoints_request([reports]))
    floors = shared.add(noise_floor_request([reports]))
    symmetric = symmetric_forms([reports])
    shared.run()
    expected = len(submission.pairs) if submission.expected_pairs is None else len(submission.expected_pairs)
    return Score(
        submission.model,
        submission.scope,
        submission.bundle,
        reports,
        expected,
        bootstrap,
        as_published(endpoints.result[0]),
        floors.result[0],
        symmetric[0] if symmetric else None,
        tuple(_warnings(submission, expected - len(submission.pairs), bootstrap)),
        stamp,
        submission.decoding,
        submission.blank_reports,
    )


def _time_stamp() -> str:
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


def _warnings(submission: Submission, missing: int, bootstrap: Bootstrap) -> list[str]:
    reports = submission.reports
    warnings = [*reports.quality.doubts, *blanks_kept(submission.blank_reports)]
    if submission.bundle == "demo":
        warnings.append("scored on a synthetic demo bundle: these are not the benchmark's pairs")
    warnings += doubts(submission.pairs, missing)
    if submission.scope not in PANEL_SCOPES:
        warnings.append(f"the scope {submission.scope} has no published panel to compare with")
    if not bootstrap.is_frozen:
        warnings.append(
            f"intervals from {bootstrap.iterations} iterations and seed {bootstrap.seed}; the published ones have "
            f"{FROZEN.iterations} and {FROZEN.seed}"
        )
    if reports.usable_sources < _FEW_SOURCES:
        warnings.append(f"only {reports.usable_sources} usable sources: percentile intervals of so few are too narrow")
    if reports.full_refusal_pairs:
        warnings.append(f"{counted(reports.full_refusal_pairs, 'pair')} excluded because of a full refusal")
    return warnings


if __name__ == "__main__":
    import runpy

    # The command line is above this layer, so it is run by its name and not imported.
    runpy.run_module("spinefairbench", run_name="__main__")
