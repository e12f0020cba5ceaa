"""Which models and how many pairs the mitigation study may have."""

from pathlib import Path

import pytest

from spinefairbench.analysis.mitigation_membership import beyond_core, membership_problems, not_told
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_files import FrozenGate, MitigationPanel
from spinefairbench.bundle.mitigation_table import MitigationRow, MitigationTableLine
from tests.conftest import Tampering

GATES = {
    "in": FrozenGate(200, 193, 0.965, "included"),
    "half": FrozenGate(200, 180, 0.9, "excluded_diag_only"),
    "out": FrozenGate(200, 10, 0.05, "excluded_full"),
}
DECISIONS = {"included": ["in"], "excluded_diag_only": ["half"], "excluded_full": ["out"]}


def _said(included: list[str], excluded: list[str]) -> list[str]:
    panel = MitigationPanel(tuple(included), tuple(excluded))
    return [problem.message for problem in membership_problems(["in"], GATES, panel, DECISIONS)]


@pytest.mark.parametrize(
    ("included", "excluded", "said"),
    [
        (["in"], ["half", "out"], []),
        (["in", "half"], ["out"], []),
        (["in", "half", "out"], [], []),
        (["in", "out"], ["half"], ["out is among included_models; its decision in {} is excluded_full"]),
        (["in", "new"], ["half", "out"], ["new is among included_models; {} has no gate of it"]),
        (["in"], ["out"], ["half is neither among included_models nor among excluded_models; {} has its gate"]),
        (["in"], ["in", "half", "out"], ["in is both included and excluded", "in is among excluded_models; its decision in {} is included"]),
    ],
)  # fmt: skip
def test_the_panel_follows_the_gate(included: list[str], excluded: list[str], said: list[str]) -> None:
    assert _said(included, excluded) == [each.format(layout.PARSING_CONFIDENCE) for each in said]


def test_what_the_manifest_leaves_open_is_said() -> None:
    assert not_told(GATES, MitigationPanel(("in",), ("half", "out"))) == []
    [all_listed] = not_told(GATES, MitigationPanel(("in", "half", "out"), ()))
    assert "excluded_models is empty" in all_listed and "(out: excluded_full)" in all_listed
    [ungated] = not_told(GATES, MitigationPanel(("in",), ("half", "out", "other")))
    assert ungated == f"why other is excluded: {layout.PARSING_CONFIDENCE} has no gate of it"


def _line(pairs: int) -> MitigationTableLine:
    return MitigationTableLine(2, MitigationRow("m", "condition_a", pairs, 0.5, 0.5, None, None, None), {})


def test_no_row_has_more_pairs_than_the_core(demo: Path, core_pairs: list[str]) -> None:
    most = len(core_pairs)
    bundle = Bundle(demo)
    assert beyond_core(bundle, [_line(most)], ["m"]) == ([], [])
    [problem], _ = beyond_core(bundle, [_line(most + 1)], ["m"])
    assert problem.message == f"n_pairs is {most + 1}; the common core has {most} pairs"
    problems, [said] = beyond_core(bundle, [_line(most + 1)])
    assert problems == [] and f"n_pairs is {most + 1} and the common core has {most} pairs" in said


def test_the_table_of_a_release_is_always_held_to_its_core(tampering: Tampering) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()
    problems, said = beyond_core(Bundle(tampering.root), [_line(99_999)])
    assert len(problems) == 1 and said == []
    tampering.text(layout.COMMON_CORE_SUBSET, lambda text: "")
    problems, [said_why] = beyond_core(Bundle(tampering.root), [_line(99_999)])
    assert problems == [] and layout.COMMON_CORE_SUBSET in said_why
