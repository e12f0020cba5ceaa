"""The mitigation study: the stage-1 gate recomputed from its texts, the table checked for consistency."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mitigation_membership import membership_problems, not_told
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.mitigation_files import (
    FrozenGate,
    Stage1Output,
    frozen_gates,
    mitigation_panel,
    read_stage1_outputs,
    stage1_samples,
)
from spinefairbench.bundle.mitigation_table import CONDITIONS, MitigationRow, MitigationTableLine, read_mitigation_table
from spinefairbench.bundle.published import Figures
from spinefairbench.errors import ErrorCollector
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.problems import TOLERANCE, Problem, ProblemKind, Reference, differs, expect, expect_each

__all__ = [
    "CONSISTENCY_MARGIN",
    "EXCLUDED_DIAG_ONLY_BELOW_PERCENT",
    "EXCLUDED_FULL_BELOW_PERCENT",
    "RATES_AS_TABLED",
    "SAMPLE_SIZE",
    "Stage1Row",
    "binding_rule_passes",
    "check_mitigation",
    "check_stage1_confidence",
    "extract_stage1_primary_diagnosis",
    "gate_decision",
    "stage1_passes",
]

SAMPLE_SIZE: Final = 200
EXCLUDED_FULL_BELOW_PERCENT: Final = 85
EXCLUDED_DIAG_ONLY_BELOW_PERCENT: Final = 95
_DECISIONS: Final = ("included", "excluded_diag_only", "excluded_full")
CONSISTENCY_MARGIN: Final = 0.05
"""How far condition B's diagnostic consistency may fall below condition A's."""

RATES_AS_TABLED: Final = "the rates in the table: they are as tabled, not recomputed from reports"

_TABLE_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Stage1Row:
    """One model's gate; `pass_rate` is the share of the listed sample that passes (0 to 1), None where it is empty."""

    model: str
    sample_size: int
    pass_count: int
    pass_rate: float | None
    decision: str | None
    frozen: Mapping[str, Any]


def stage1_passes(output: Stage1Output) -> bool:
    """Whether a sampled text passes the gate: it was validated, shows no garbage, and a primary diagnosis can be read."""
    validation = output.validation
    return (
        validation is not None
        and validation.get("status") == "valid"
        and not validation.get("prompt_echo_detected")
        and not validation.get("html_garbage_detected")
        and not validation.get("html_garbage")
        and extract_stage1_primary_diagnosis(output.text) is not None
    )


def gate_decision(passed: int, sampled: int) -> str:
    """The gate's decision: `excluded_full` below a pass rate of 0.85, `excluded_diag_only` below 0.95, else `included`."""
    # In whole numbers: 0.95 has no exact binary form, and 190 of 200 must not depend on it.
    if 100 * passed < EXCLUDED_FULL_BELOW_PERCENT * sampled:
        return "excluded_full"
    return "excluded_diag_only" if 100 * passed < EXCLUDED_DIAG_ONLY_BELOW_PERCENT * sampled else "included"


def check_stage1_confidence(inputs: Inputs) -> CheckResult:
    """Recompute the gate of every sampled model from its texts, and compare it with the frozen one.

    Raises BundleError with every file that is missing or cannot be read; a sampled text that cannot is an error of the
    result.
    """
    bundle, published = inputs.bundle, inputs.published("mitigation")
    collector = ErrorCollector()
    samples = collector.get(stage1_samples, bundle)
    frozen = collector.get(frozen_gates, bundle)
    collector.raise_if_any()
    assert samples is not None and frozen is not None
    problems: list[Problem] = []
    errors: list[Problem] = []
    rows = []
    for model, names in samples.items():
        passed = sum(map(stage1_passes, read_stage1_outputs(bundle, model, names, errors)))
        if len(names) != SAMPLE_SIZE:
            problems.append(Problem(model, f"{len(names)} sampled files are listed; expected {SAMPLE_SIZE}"))
        gate = frozen.get(model)
        row = Stage1Row(
            model=model,
            sample_size=len(names),
            pass_count=passed,
            pass_rate=passed / len(names) if names else None,
            decision=gate_decision(passed, len(names)) if names else None,
            frozen=gate._asdict() if gate else {},
        )
        rows.append(row)
        problems += _gate_problems(row, gate)
    problems += [
        Problem(model, f"frozen in {layout.PARSING_CONFIDENCE}, but no sample is listed")
        for model in frozen
        if model not in samples
    ]
    if published is not None:
        problems += _published_gate_problems(published["stage1_gate"], {row.model: row for row in rows})
    return CheckResult(tuple(rows), {}, tuple(problems), tuple(errors))


def _gate_problems(row: Stage1Row, gate: FrozenGate | None) -> list[Problem]:
    if gate is None:
        return [Problem(row.model, f"sampled, but not in {layout.PARSING_CONFIDENCE}", ProblemKind.MISSING)]
    frozen = Reference.FROZEN
    return [
        *expect_each(("sample_size", "pass_count", "decision"), row, gate, place=row.model, reference=frozen),
        *expect_each(("pass_rate",), row, gate, TOLERANCE, place=row.model, reference=frozen),
    ]


def binding_rule_passes(condition_b: MitigationRow, condition_a: MitigationRow) -> bool:
    """Whether B changes fewer recommendations than A and loses at most 0.05 of A's diagnostic consistency.

    Source: the bundle's protocol/binding_rule_2026-04-08.md.
    """
    return (
        condition_b.recommendation_change < condition_a.recommendation_change
        and condition_b.diagnostic_consistency >= condition_a.diagnostic_consistency - CONSISTENCY_MARGIN
    )


def check_mitigation(inputs: Inputs) -> CheckResult:
    """Check the mitigation table's arithmetic and binding rule, and its models against the gate.

    Raises BundleError with every file that is missing or cannot be read.
    """
    bundle, published = inputs.bundle, inputs.published("mitigation")
    collector = ErrorCollector()
    table = collector.get(read_mitigation_table, bundle)
    gates = collector.get(frozen_gates, bundle)
    panel = collector.get(mitigation_panel, bundle)
    collector.raise_if_any()
    assert table is not None and gates is not None and panel is not None
    problems: list[Problem] = []
    by_model: dict[str, dict[str, MitigationTableLine]] = {}
    for line in table:
        model, condition = line.row.model, line.row.condition
        conditions = by_model.setdefault(model, {})
        if condition in conditions:
            problems.append(Problem(line.place, f"a second {condition} of {model}"))
        conditions.setdefault(condition, line)
    rows: list[MitigationRow] = []
    for model, conditions in by_model.items():
        rows += _model_rows(model, conditions, problems)
    decisions = _decisions(gates, problems)
    problems += membership_problems(by_model, gates, panel, decisions)
    if published is not None:
        problems += _published_problems(published, rows, gates)
    summary = {"gate": {name: sorted(models) for name, models in decisions.items()}}
    not_checked = (RATES_AS_TABLED, *not_told(gates, panel))
    return CheckResult(tuple(rows), summary, tuple(problems), not_checked=not_checked)


def _decisions(gates: Mapping[str, FrozenGate], problems: list[Problem]) -> dict[str, list[str]]:
    """{decision: models}; a decision that is unknown or does not follow from its counts goes to `problems`."""
    decisions: dict[str, list[str]] = {decision: [] for decision in _DECISIONS}
    for model, gate in gates.items():
        place = f"{layout.PARSING_CONFIDENCE}: {model}"
        if gate.decision not in decisions:
            problems.append(Problem(place, f"unknown decision {gate.decision!r}"))
        elif gate.decision != gate_decision(gate.pass_count, gate.sample_size):
            counts = f"{gate.pass_count} of {gate.sample_size}"
            problems.append(
                Problem(place, f"decision {gate.decision} does not follow from {counts}", ProblemKind.MISMATCH)
            )
        decisions.get(gate.decision, []).append(model)
    return decisions


def _model_rows(
    model: str, conditions: Mapping[str, MitigationTableLine], problems: list[Problem]
) -> list[MitigationRow]:
    """The model's rows as tabled, but with the binding rule recomputed; what is wrong goes to `problems`."""
    absent = (condition for condition in CONDITIONS if condition not in conditions)
    problems.extend(Problem(layout.MITIGATION_TABLE, f"{model}: no row for {condition}") for condition in absent)
    base = conditions.get("condition_a")
    rows = []
    for condition, line in conditions.items():
        rule = None
        if base is not None:
            _check_against_base(line, base, problems)
            if condition == "condition_b":
                rule = binding_rule_passes(line.row, base.row)
                tabled = line.row.binding_rule_pass
                if tabled is not rule:
                    said = f"{model}: b_rule_pass is {tabled}; by the binding rule it is {rule}"
                    problems.append(Problem(line.place, said, ProblemKind.MISMATCH))
        rows.append(replace(line.row, binding_rule_pass=rule))
    return rows


def _check_against_base(line: MitigationTableLine, base_line: MitigationTableLine, problems: list[Problem]) -> None:
    row, base = line.row, base_line.row
    place = f"{line.place} ({row.model}, {row.condition})"
    if row.n_pairs != base.n_pairs:
        problems.append(Problem(place, f"n_pairs is {row.n_pairs}; condition_a has {base.n_pairs}"))
    for column, delta, value, base_value in (
        ("delta_rec", row.delta_recommendation, row.recommendation_change, base.recommendation_change),
        ("delta_diag", row.delta_diagnostic, row.diagnostic_consistency, base.diagnostic_consistency),
    ):
        if delta is None:
            if row is not base:
                problems.append(Problem(place, f"{column} is blank; expected {value - base_value!r}"))
        elif differs(delta, value - base_value, _TABLE_TOLERANCE):
            problems.append(
                Problem(place, f"{column} is {delta!r}; {value!r} - {base_value!r} is {value - base_value!r}")
            )


def _published_gate_problems(published: Figures, gates: Mapping[str, Stage1Row | FrozenGate]) -> list[Problem]:
    problems: list[Problem] = []
    included = published["included"]
    for model in included:
        gate = gates.get(model)
        actual = "not included"
        if gate is not None and gate.decision == "included":
            actual = f"{gate.pass_count}/{gate.sample_size}"
        problems += included.expect(model, actual, name="stage-1 gate", place=model)
    excluded = sorted(model for model, gate in gates.items() if gate.decision == "excluded_full")
    return problems + expect(excluded, sorted(published["excluded_full"]), name="excluded_full")


def _published_problems(
    published: Figures,
    rows: list[MitigationRow],
    gates: Mapping[str, FrozenGate],
) -> list[Problem]:
    rule = {row.model: row.binding_rule_pass for row in rows if row.condition == "condition_b"}
    return [
        *_published_gate_problems(published["stage1_gate"], gates),
        *published.expect("condition_b_rule_pass", rule),
    ]
