"""The stage-1 gate and the binding rule at their edges."""

from typing import Any

import pytest

from spinefairbench.analysis.mitigation import binding_rule_passes, gate_decision, stage1_passes
from spinefairbench.bundle import layout
from spinefairbench.bundle.mitigation_files import Stage1Output
from spinefairbench.bundle.mitigation_table import MitigationRow
from tests.conftest import Run, Tampering


@pytest.mark.parametrize(
    ("passed", "sampled", "decision"),
    [(169, 200, "excluded_full"), (170, 200, "excluded_diag_only"), (189, 200, "excluded_diag_only"), (190, 200, "included"), (0, 1, "excluded_full")],
)  # fmt: skip
def test_gate_decisions_at_their_edges(passed: int, sampled: int, decision: str) -> None:
    assert gate_decision(passed, sampled) == decision


GOOD = {"status": "valid", "prompt_echo_detected": False, "html_garbage_detected": False}
DIAGNOSIS = "Primary diagnosis: spondylosis"


@pytest.mark.parametrize(
    ("text", "validation", "expected"),
    [
        (DIAGNOSIS, GOOD, True), (DIAGNOSIS, None, False), (DIAGNOSIS, GOOD | {"status": "invalid"}, False),
        (DIAGNOSIS, GOOD | {"prompt_echo_detected": True}, False), (DIAGNOSIS, GOOD | {"html_garbage_detected": True}, False),
        (DIAGNOSIS, {"status": "valid", "html_garbage": True}, False), (DIAGNOSIS, {"status": "valid"}, True),
        ("Primary diagnosis: **", GOOD, False), ("nothing", GOOD, False),
    ],
)  # fmt: skip
def test_what_passes_the_gate(text: str, validation: dict[str, object] | None, expected: bool) -> None:
    assert stage1_passes(Stage1Output("x.txt", text, validation)) is expected


def _row(change: float, consistency: float) -> MitigationRow:
    return MitigationRow("m", "c", 10, change, consistency, None, None, None)


@pytest.mark.parametrize(
    ("b", "expected"),
    [((0.6, 0.7), True), ((0.6, 0.65), True), ((0.6, 0.64), False), ((0.7, 0.9), False), ((0.8, 0.9), False)],
)
def test_the_binding_rule(b: tuple[float, float], expected: bool) -> None:
    assert binding_rule_passes(_row(*b), _row(0.7, 0.7)) is expected


@pytest.mark.parametrize(
    ("row", "changes", "problems"),
    [
        (1, {"n_pairs": "99"}, ["line 3 (gpt-5.4, condition_b): n_pairs is 99; condition_a has 24"]),
        (1, {"delta_rec": ""}, ["line 3 (gpt-5.4, condition_b): delta_rec is blank; expected -0.0416666666666"]),
        (1, {"delta_diag": "0.5"}, ["line 3 (gpt-5.4, condition_b): delta_diag is 0.5; 0.597222222222"]),
        (1, {"b_rule_pass": ""}, ["line 3: gpt-5.4: b_rule_pass is None; by the binding rule it is False"]),
        (1, {"b_rule_pass": "True"}, ["line 3: gpt-5.4: b_rule_pass is True; by the binding rule it is False"]),
        (0, {"condition": "condition_b"}, ["line 3: a second condition_b of gpt-5.4", "gpt-5.4: no row for condition_a"]),
        (3, {"condition": "condition_a"}, ["line 5: a second condition_a of gpt-5.4", "gpt-5.4: no row for condition_d"]),
    ],
)  # fmt: skip
def test_a_table_that_contradicts_itself_is_told_with_the_place(
    row: int, changes: dict[str, str], problems: list[str], tampering: Tampering, run: Run
) -> None:
    tampering.csv(layout.MITIGATION_TABLE, lambda rows: rows[row].update(changes))
    found: list[Any] = run("mitigation", "--artifacts", tampering.root, "--format", "json").json["problems"]
    assert all(
        said.startswith(f"{layout.MITIGATION_TABLE}: {wanted}") for said, wanted in zip(found, problems, strict=True)
    )
