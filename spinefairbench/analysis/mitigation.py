"""The mitigation study: the stage-1 gate recomputed from its texts, the table held to its own rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.result import CheckResult, Gatherer
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_files import (
    CONDITIONS,
    FrozenGate,
    MitigationTableRow,
    Stage1Output,
    frozen_gates,
    mitigation_panel,
    read_mitigation_table,
    read_stage1_outputs,
    stage1_samples,
)
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.problems import differs

__all__ = [
    "DECISIONS",
    "SAMPLE_SIZE",
    "MitigationRow",
    "Stage1Row",
    "binding_rule_passes",
    "extract_stage1_primary_diagnosis",
    "gate_decision",
    "mitigation",
    "stage1_confidence",
    "stage1_passes",
]

SAMPLE_SIZE: Final = 200
EXCLUDED_FULL_BELOW_PERCENT: Final = 85
EXCLUDED_DIAG_ONLY_BELOW_PERCENT: Final = 95
DECISIONS: Final = ("included", "excluded_diag_only", "excluded_full")
CONSISTENCY_MARGIN: Final = 0.05
"""How far condition B's diagnostic consistency may fall below condition A's."""

_TABLE_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Stage1Row:
    """One model's gate; `pass_rate` is a share of the listed sample."""

    model: str
    sample_size: int
    pass_count: int
    pass_rate: float | None
    decision: str | None
    frozen: Mapping[str, Any]


@dataclass(frozen=True)
class MitigationRow:
    """One condition of one model, as tabled; `binding_rule_pass` is recomputed and stands for condition B only."""

    model: str
    condition: str
    n_pairs: int
    recommendation_change: float
    diagnostic_consistency: float
    delta_recommendation: float | None
    delta_diagnostic: float | None
    binding_rule_pass: bool | None


def stage1_passes(output: Stage1Output) -> bool:
    """Whether a sampled text passes the gate: validated, no garbage detected, and a primary diagnosis to be read."""
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
    """`excluded_full` below a pass rate of 0.85, `excluded_diag_only` below 0.95, else `included`."""
    # In whole numbers: 0.95 has no exact binary form, and 190 of 200 must not depend on it.
    if 100 * passed < EXCLUDED_FULL_BELOW_PERCENT * sampled:
        return "excluded_full"
    return "excluded_diag_only" if 100 * passed < EXCLUDED_DIAG_ONLY_BELOW_PERCENT * sampled else "included"


def stage1_confidence(bundle: Bundle, published: Mapping[str, Any] | None = None) -> CheckResult:
    """The gate of every listed model, recomputed and compared with the frozen one. Raises BundleError.

    `published` holds the release's figures of the mitigation study, None for a demo bundle.
    """
    gather = Gatherer()
    samples = gather.get(lambda: stage1_samples(bundle))
    frozen = gather.get(lambda: frozen_gates(bundle))
    gather.stop_if_any()
    assert samples is not None and frozen is not None
    problems: list[str] = []
    errors: list[str] = []
    rows = []
    for model, names in samples.items():
        passed = sum(map(stage1_passes, read_stage1_outputs(bundle, model, names, errors)))
        if len(names) != SAMPLE_SIZE:
            problems.append(f"{model}: {len(names)} sampled files are listed; expected {SAMPLE_SIZE}")
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
        f"{model}: frozen in {layout.PARSING_CONFIDENCE}, but no sample is listed"
        for model in frozen
        if model not in samples
    ]
    if published is not None:
        gates = {row.model: (row.pass_count, row.sample_size, row.decision) for row in rows}
        problems += _published_gate_problems(published["stage1_gate"], gates)
    return CheckResult(tuple(rows), {}, tuple(problems), tuple(errors))


def _gate_problems(row: Stage1Row, gate: FrozenGate | None) -> list[str]:
    if gate is None:
        return [f"{row.model}: sampled, but not in {layout.PARSING_CONFIDENCE}"]
    problems = []
    for key in ("sample_size", "pass_count", "decision"):
        if getattr(row, key) != getattr(gate, key):
            problems.append(f"{row.model}: {key} is {getattr(row, key)}; frozen is {getattr(gate, key)}")
    if row.pass_rate is None or differs(row.pass_rate, gate.pass_rate):
        problems.append(f"{row.model}: pass_rate is {row.pass_rate}; frozen is {gate.pass_rate}")
    return problems


def binding_rule_passes(condition_b: MitigationTableRow, condition_a: MitigationTableRow) -> bool:
    """Fewer changed recommendations than condition A, and at most 0.05 less diagnostic consistency."""
    return (
        condition_b.recommendation_change < condition_a.recommendation_change
        and condition_b.diagnostic_consistency >= condition_a.diagnostic_consistency - CONSISTENCY_MARGIN
    )


def mitigation(bundle: Bundle, published: Mapping[str, Any] | None) -> CheckResult:
    """The table's rows held to arithmetic and the binding rule, the exclusions to the gate. Raises BundleError."""
    gather = Gatherer()
    table = gather.get(lambda: read_mitigation_table(bundle))
    gates = gather.get(lambda: frozen_gates(bundle))
    panel = gather.get(lambda: mitigation_panel(bundle))
    gather.stop_if_any()
    assert table is not None and gates is not None and panel is not None
    problems: list[str] = []
    by_model: dict[str, dict[str, MitigationTableRow]] = {}
    for row in table:
        conditions = by_model.setdefault(row.model, {})
        if row.condition in conditions:
            problems.append(f"{layout.MITIGATION_TABLE}: line {row.line}: a second {row.condition} of {row.model}")
        conditions.setdefault(row.condition, row)
    rows: list[MitigationRow] = []
    for model, conditions in by_model.items():
        rows += _model_rows(model, conditions, problems)
    decisions: dict[str, list[str]] = {decision: [] for decision in DECISIONS}
    for model, gate in gates.items():
        if gate.decision not in decisions:
            problems.append(f"{layout.PARSING_CONFIDENCE}: {model}: unknown decision {gate.decision!r}")
        elif gate.decision != gate_decision(gate.pass_count, gate.sample_size):
            problems.append(
                f"{layout.PARSING_CONFIDENCE}: {model}: decision {gate.decision} does not follow from "
                f"{gate.pass_count} of {gate.sample_size}"
            )
        decisions.get(gate.decision, []).append(model)
    problems += [
        f"{model}: in the mitigation table, but excluded_full by the gate"
        for model in by_model
        if model in decisions["excluded_full"]
    ]
    problems += [
        f"{model}: included by the gate, but not in the mitigation table"
        for model in decisions["included"]
        if model not in by_model
    ]
    problems += [
        f"{model}: in the mitigation table, but not in {layout.PARSING_CONFIDENCE}"
        for model in by_model
        if model not in gates
    ]
    manifest = layout.panel_manifest(layout.MITIGATION_PANEL)
    problems += [
        f"{model}: in the mitigation table, but not among included_models of {manifest}"
        for model in by_model
        if model not in panel.included
    ]
    problems += [
        f"{manifest}: {model} is both included and excluded" for model in panel.included if model in panel.excluded
    ]
    if published is not None:
        problems += _published_problems(published, rows, gates)
    summary = {"gate": {name: sorted(models) for name, models in decisions.items()}}
    not_checked = ("the rates in the table: they are as tabled, not recomputed from reports",)
    return CheckResult(tuple(rows), summary, tuple(problems), not_checked=not_checked)


def _model_rows(model: str, conditions: Mapping[str, MitigationTableRow], problems: list[str]) -> list[MitigationRow]:
    for condition in CONDITIONS:
        if condition not in conditions:
            problems.append(f"{layout.MITIGATION_TABLE}: {model}: no row for {condition}")
    base = conditions.get("condition_a")
    rows = []
    for row in conditions.values():
        rule = None
        if base is not None:
            _check_against_base(row, base, problems)
            if row.condition == "condition_b":
                rule = binding_rule_passes(row, base)
                if row.binding_rule_pass is not rule:
                    problems.append(
                        f"{layout.MITIGATION_TABLE}: line {row.line}: {model}: b_rule_pass is "
                        f"{row.binding_rule_pass}; by the binding rule it is {rule}"
                    )
        rows.append(
            MitigationRow(
                model,
                row.condition,
                row.n_pairs,
                row.recommendation_change,
                row.diagnostic_consistency,
                row.delta_recommendation,
                row.delta_diagnostic,
                rule,
            )
        )
    return rows


def _check_against_base(row: MitigationTableRow, base: MitigationTableRow, problems: list[str]) -> None:
    place = f"{layout.MITIGATION_TABLE}: line {row.line} ({row.model}, {row.condition})"
    if row.n_pairs != base.n_pairs:
        problems.append(f"{place}: n_pairs is {row.n_pairs}; condition_a has {base.n_pairs}")
    for column, delta, value, base_value in (
        ("delta_rec", row.delta_recommendation, row.recommendation_change, base.recommendation_change),
        ("delta_diag", row.delta_diagnostic, row.diagnostic_consistency, base.diagnostic_consistency),
    ):
        if delta is None:
            if row is not base:
                problems.append(f"{place}: {column} is blank; expected {value - base_value!r}")
        elif differs(delta, value - base_value, _TABLE_TOLERANCE):
            problems.append(f"{place}: {column} is {delta!r}; {value!r} - {base_value!r} is {value - base_value!r}")


def _published_gate_problems(
    published: Mapping[str, Any], gates: Mapping[str, tuple[int, int, str | None]]
) -> list[str]:
    """`gates` holds (passed, sampled, decision) of each model."""
    problems = []
    for model, expected in published["included"].items():
        passed, sampled, decision = gates.get(model, (0, 0, None))
        actual = f"{passed}/{sampled}" if decision == "included" else "not included"
        if actual != expected:
            problems.append(f"{model}: stage-1 gate {actual}; published is {expected}")
    excluded = sorted(model for model, (_, _, decision) in gates.items() if decision == "excluded_full")
    if excluded != sorted(published["excluded_full"]):
        problems.append(
            f"excluded_full is {', '.join(excluded) or 'no model'}; "
            f"published is {', '.join(sorted(published['excluded_full']))}"
        )
    return problems


def _published_problems(
    published: Mapping[str, Any],
    rows: list[MitigationRow],
    gates: Mapping[str, FrozenGate],
) -> list[str]:
    found = {model: (gate.pass_count, gate.sample_size, gate.decision) for model, gate in gates.items()}
    problems = _published_gate_problems(published["stage1_gate"], found)
    rule = {row.model: row.binding_rule_pass for row in rows if row.condition == "condition_b"}
    if rule != published["condition_b_rule_pass"]:
        problems.append(f"binding rule: {rule}; published is {published['condition_b_rule_pass']}")
    return problems
