"""The stage-1 gate and the binding rule at their edges."""

import pytest

from spinefairbench.analysis.mitigation import binding_rule_passes, gate_decision, stage1_passes
from spinefairbench.bundle.mitigation_files import Stage1Output
from spinefairbench.bundle.mitigation_table import MitigationRow


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
