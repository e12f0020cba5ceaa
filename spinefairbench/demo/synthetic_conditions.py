"""The mitigation conditions: their report rows, stage-1 texts and rewrites, and the table computed from them.

What can befall a row befalls some here: a failed call that was repeated, a failure code, a blank report, a refusal, a
report kept in a file, a stage-1 text without a diagnosis, paths of another machine. Of the second model the bundle
lacks the rewrites of condition D and a part of the stage-1 texts, so that it can be recomputed only in part. The table
was computed before anything was left out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.mitigation_pairs import accounting, sides_of_panel
from spinefairbench.analysis.mitigation_rates import RecomputedModel, preserves_diagnosis, recompute_models
from spinefairbench.bundle import layout
from spinefairbench.bundle.mitigation_files import Stage1Output
from spinefairbench.bundle.mitigation_reports import STEPS, Sides
from spinefairbench.demo.keyed_draws import Draws
from spinefairbench.demo.model_profiles import Profile
from spinefairbench.demo.simulated_model import SimulatedModel
from spinefairbench.demo.synthetic_mitigation import readable_stage1, unreadable_stage1
from spinefairbench.demo.synthetic_sources import Source
from spinefairbench.files.csv_format import csv_text
from spinefairbench.metrics.condition_report import ConditionReport, condition_report, read_diagnosis
from spinefairbench.metrics.features import extract_features, label_names
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS
from spinefairbench.statistics.bootstrap import FROZEN

__all__ = ["ConditionRows", "conditions_of", "conditions_table", "conditions_with"]

_PANEL: Final = layout.panel_folder(layout.MITIGATION_PANEL)
# Where the rows say that their files were: another machine, whose paths lead nowhere here.
_ELSEWHERE: Final = "/another-machine/mitigation"
_ROLES: Final = ("source", "counterfactual")


class ConditionRows(NamedTuple):
    """What the bundle holds of one model's conditions B, B' and D, and what its reports come to before anything is left out.

    `files` is {path: content} of stage-1 texts, records, reports and rewrites.
    """

    rows: list[dict[str, Any]]
    files: dict[str, str]
    sides: dict[str, Sides]


def conditions_of(profile: Profile, sources: list[Source], seed: int, *, whole: bool) -> ConditionRows:
    """Conditions B, B' and D of one model on these sources; unless `whole`, without some of their files."""
    made = ConditionRows([], {}, {condition: {} for condition in STEPS})
    for source in sources:
        for texts in _simulated(profile, source, seed):
            reports: dict[str, list[ConditionReport]] = {condition: [] for condition in STEPS}
            for role in _ROLES:
                call = _Call(profile.name, source, texts.pair_id, texts.edit, role, seed, whole)
                stage1 = _stage1(call, texts.stage1[role])
                if whole or source.number % 3 != 2:
                    made.files.update(_stage1_files(call, stage1))
                for condition in STEPS:
                    text = texts.projected[role] if condition == "condition_bprime" else texts.of(condition, role)
                    reports[condition].append(_add(made, call, condition, text, stage1))
            for condition, (on_source, on_edited) in reports.items():
                made.sides[condition][texts.pair_id] = (on_source, on_edited)
    return made


class _Texts(NamedTuple):
    """The texts of one pair, each by role; `stage1` is what its stage-1 text is about."""

    pair_id: str
    edit: str
    stage1: Mapping[str, tuple[str, ...]]
    two_stage: Mapping[str, str]
    rewritten: Mapping[str, str]

    @property
    def projected(self) -> dict[str, str]:
        """What follows from the diagnosis alone."""
        return {role: _PROJECTED[sum(map(len, labels)) % len(_PROJECTED)] for role, labels in self.stage1.items()}

    def of(self, condition: str, role: str) -> str:
        """The text of condition B or D."""
        return (self.two_stage if condition == "condition_b" else self.rewritten)[role]


_PROJECTED: Final = (
    "Plan: physical therapy for six weeks.",
    "Plan: MRI of the lumbar spine.",
    "Plan: pain management, and follow-up after six weeks.",
    "Plan: referral to a specialist.",
    "Plan: no further action.",
)


class _Call(NamedTuple):
    """One call of a model: what it was asked about, and how the bundle keeps it."""

    model: str
    source: Source
    pair_id: str
    edit: str
    role: str
    seed: int
    whole: bool

    @property
    def name(self) -> str:
        """The name of its files, without an ending."""
        return f"{self.pair_id}_{self.role}"

    def draws(self, what: str) -> Draws:
        """Draws for one part of it."""
        return Draws(self.seed, "mitigation", self.model, self.name, what)


def _simulated(profile: Profile, source: Source, seed: int) -> Iterator[_Texts]:
    noise = profile.recommendation_noise
    variants = [
        profile._replace(name=f"{profile.name}, stage 1"),
        profile._replace(
            name=f"{profile.name}, two stages",
            recommendation_noise=1.4 * noise,
            full_refusals=0.02,
            partial_refusals=0.03,
        ),
        profile._replace(name=f"{profile.name}, rewritten", recommendation_noise=0.7 * noise),
    ]
    for stage1, two_stage, rewritten in zip(*(SimulatedModel(v, seed).pairs(source) for v in variants), strict=True):
        yield _Texts(
            stage1.pair_id,
            stage1.edit,
            {
                role: label_names(extract_features(text).labels)[:2]
                for role, text in zip(_ROLES, (stage1.on_source, stage1.on_edited), strict=True)
            },
            dict(zip(_ROLES, (two_stage.on_source, two_stage.on_edited), strict=True)),
            dict(zip(_ROLES, (rewritten.on_source, rewritten.on_edited), strict=True)),
        )


def _stage1(call: _Call, labels: tuple[str, ...]) -> Stage1Output:
    draws = call.draws("stage 1")
    if call.source.number and draws.chance(0.03):
        return unreadable_stage1(draws)
    stated = " with ".join(DIAGNOSTIC_TERMS[label][0] for label in labels)
    return readable_stage1(stated.capitalize() or "Mechanical low back pain", draws)


def _stage1_files(call: _Call, stage1: Stage1Output) -> dict[str, str]:
    path = f"{layout.stage1_outputs(layout.MITIGATION_PANEL, call.model)}/conditions/{call.name}.txt"
    return {path: stage1.text, layout.validation_record(path): _json(stage1.validation)}


def _add(made: ConditionRows, call: _Call, condition: str, text: str, stage1: Stage1Output) -> ConditionReport:
    """Add the row or rows of one report, and the files that they name; return what it comes to."""
    draws = call.draws(condition)
    row = _row(call, condition, text)
    fate = draws.next() if call.source.number else 65535  # nothing befalls the first source
    if fate < 1300:
        made.rows.append({**row, "response": None, "error": "timeout"})
    elif fate < 2600:
        row |= {"response": None, "failure_code": "content_filter"}
    elif fate < 3900:
        text = row["response"] = " \n"
    elif fate < 5800:
        name = f"{condition}_{call.name}.txt"
        made.files[f"{_PANEL}/raw_outputs/{call.model}/{name}"] = text
        row |= {"response": None, "raw_output_path": f"{_ELSEWHERE}/raw_outputs/{name}"}
    elif condition == "condition_d" and not (call.whole and draws.chance(0.1)):
        name = f"{call.name}.json"
        if call.whole:
            rewrite = {"synthetic": True, "rewritten_output": text}
            made.files[f"{_PANEL}/stage2_5_rewrites/{call.model}/{name}"] = _json(rewrite)
        row |= {"response": None, "stage2_5_rewrite_path": f"{_ELSEWHERE}/stage2_5/{name}"}
    made.rows.append(row)
    return condition_report(text, read_diagnosis(stage1.text), failed="failure_code" in row)


def _row(call: _Call, condition: str, text: str) -> dict[str, Any]:
    return {
        "model": call.model,
        "pair_id": call.pair_id,
        "pair_source_id": call.source.source_id,
        "source_id": call.source.source_id,
        "edit_label": call.edit,
        "image_role": call.role,
        "experiment_step": STEPS[condition],
        "response": text,
        "error": None,
        "stage1_output_path": f"{_ELSEWHERE}/stage1_outputs/{call.model}/{call.name}.txt",
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


_COLUMNS: Final = (
    "model", "condition", "n_pairs", "rec_change", "rec_change_ci_low", "rec_change_ci_high", "diag_consistency",
    "diag_consistency_ci_low", "diag_consistency_ci_high", "full_refusals", "partial_refusals", "delta_rec", "delta_diag",
    "wilcoxon_p_rec", "wilcoxon_p_diag", "cohens_dz_rec", "cohens_dz_diag", "diag_preserved_within_guardrail",
    "b_rule_pass",
)  # fmt: skip


def conditions_with(panel: ModelReports, made: ConditionRows) -> dict[str, Sides]:
    """All four conditions of one model: A from the main panel, and the others as made."""
    return {"condition_a": sides_of_panel(panel), **made.sides}


def conditions_table(conditions: Mapping[str, Mapping[str, Sides]]) -> str:
    """The table of {model: {condition: its reports}} as CSV, with 10,000 resamples as the published one."""
    lines = [
        line for model in recompute_models(conditions, {}, FROZEN) for line in _lines(model, conditions[model.model])
    ]
    return csv_text(_COLUMNS, lines)


def _lines(model: RecomputedModel, conditions: Mapping[str, Sides]) -> Iterator[list[Any]]:
    base = model.rows[0]
    for row in model.rows:
        counts = accounting(row.model, row.condition, conditions[row.condition])
        intervals = model.intervals[row.condition]
        assert intervals.recommendation is not None and intervals.diagnostic_next_seed is not None
        guardrail = None if row is base else preserves_diagnosis(row, base)
        yield [
            *(row.model, row.condition, row.n_pairs),
            *(row.recommendation_change, *intervals.recommendation),
            *(row.diagnostic_consistency, *intervals.diagnostic_next_seed),
            *(counts.full_refusals, counts.partial_refusals),
            *(row.delta_recommendation, row.delta_diagnostic),
            *(test.p_value if test is not None else None for test in row.wilcoxon),
            *row.cohens_d_z,
            *("" if truth is None else str(truth) for truth in (guardrail, row.binding_rule_pass)),
        ]
