"""The frozen table is held to what was recomputed of it, and nothing else is."""

from dataclasses import replace

import pytest

from spinefairbench.analysis.mitigation_frozen import AgainstTable, Recomputed, against_table
from spinefairbench.analysis.mitigation_intervals import ConditionIntervals
from spinefairbench.analysis.mitigation_pairs import Accounting, ComparedPairs, ConditionState
from spinefairbench.analysis.mitigation_rates import RecomputedRow
from spinefairbench.bundle.mitigation_table import MitigationRow, MitigationTableLine
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.statistics.signed_rank import SignedRank

BASE = RecomputedRow(
    "m", "condition_a", "recomputed", {}, 4, 0.75, (0.5, 1.0), 1.0, (1.0, 1.0), None, None,
    ByEndpoint(None, None), ByEndpoint(None, None), None,
)  # fmt: skip
ROW = RecomputedRow(
    "m", "condition_b", "recomputed", {}, 4, 0.25, (0.0, 0.5), 0.875, (0.8, 0.9), -0.5, -0.125,
    ByEndpoint(SignedRank(0, 0.16), SignedRank(1, 0.3)), ByEndpoint(-0.9, -0.5), False,
)  # fmt: skip
PAIRS = ComparedPairs(("p",) * 4, frozenset(), {}, {}, 4, 4)
INTERVALS = ConditionIntervals((0.0, 0.5), (0.8, 0.9), (0.79, 0.91))
COUNTS = Accounting("m", "condition_b", 8, 2, 1, 0, 0, 0)
TABLED = MitigationRow("m", "condition_b", 4, 0.25, 0.875, -0.5, -0.125, False)
CELLS = {
    "rec_change_ci_low": "0.0", "rec_change_ci_high": "0.5", "diag_consistency_ci_low": "0.8", "diag_consistency_ci_high": "0.9",
    "full_refusals": "2", "partial_refusals": "1", "wilcoxon_p_rec": "0.16", "wilcoxon_p_diag": "0.3", "cohens_dz_rec": "-0.9",
    "cohens_dz_diag": "-0.5", "diag_preserved_within_guardrail": "False",
}  # fmt: skip


def compared(row: RecomputedRow = ROW, tabled: MitigationRow = TABLED, pairs: ComparedPairs = PAIRS) -> AgainstTable:
    found = Recomputed(row, BASE, pairs, INTERVALS, COUNTS, ByEndpoint(0.17, 0.31))
    return against_table(found, MitigationTableLine(3, tabled, CELLS))


def with_cells(**cells: str) -> AgainstTable:
    found = Recomputed(ROW, BASE, PAIRS, INTERVALS, COUNTS, ByEndpoint(0.17, 0.31))
    return against_table(found, MitigationTableLine(3, TABLED, {**CELLS, **cells}))


def test_a_row_that_agrees_is_held() -> None:
    assert compared() == (ROW, [], [], "same")


@pytest.mark.parametrize("column", list(CELLS))
def test_each_cell_that_is_off_is_named_with_both_numbers(column: str) -> None:
    wrong = "True" if column.startswith("diag_preserved") else str(float(CELLS[column]) + 1e-9)
    [problem] = map(str, with_cells(**{column: wrong}).problems)
    assert "line 3 (m, condition_b)" in problem and "the frozen value is" in problem
    assert wrong in problem


@pytest.mark.parametrize(
    ("field", "column"),
    [("recommendation_change", "rec_change"), ("diagnostic_consistency", "diag_consistency"),
     ("delta_recommendation", "delta_rec"), ("delta_diagnostic", "delta_diag")],
)  # fmt: skip
def test_each_point_is_held_to_1e_12(field: str, column: str) -> None:
    near, off = (replace(TABLED, **{field: getattr(TABLED, field) + more}) for more in (1e-13, 1e-11))
    assert compared(tabled=near).problems == []
    [problem] = map(str, compared(tabled=off).problems)
    assert f": {column} is " in problem


def test_the_rule_and_the_number_of_pairs_are_held() -> None:
    assert "b_rule_pass is False; the frozen value is True" in str(
        compared(tabled=replace(TABLED, binding_rule_pass=True)).problems[0]
    )
    assert "n_pairs is 4; the frozen value is 5" in str(compared(tabled=replace(TABLED, n_pairs=5)).problems[0])


def test_the_interval_of_consistency_may_have_the_next_seed() -> None:
    found = with_cells(diag_consistency_ci_low="0.79", diag_consistency_ci_high="0.91")
    assert (found.seed_of_diagnosis, found.row.diagnostic_ci95, found.problems) == ("next", (0.79, 0.91), [])
    [problem] = map(str, with_cells(diag_consistency_ci_low="0.7").problems)
    assert "[0.8, 0.9], with the next seed [0.79, 0.91]; the frozen value is [0.7, 0.9]" in problem


def test_a_p_value_of_differences_between_floats_is_the_table_s_too() -> None:
    assert with_cells(wilcoxon_p_diag="0.31").problems == []


def test_what_the_table_does_not_have_is_said() -> None:
    found = with_cells(wilcoxon_p_rec=" ", diag_consistency_ci_low="")
    assert found.problems == [] and found.seed_of_diagnosis is None
    assert found.not_checked == [
        "m, condition_b: wilcoxon_p_rec, diag_consistency_ci_low, diag_consistency_ci_high: the table does not give them"
    ]


def test_a_cell_that_cannot_be_read_is_one_sentence() -> None:
    found = with_cells(wilcoxon_p_rec="nan", diag_preserved_within_guardrail="perhaps")
    assert len(found.problems) == 2 and "cannot be read" in found.not_checked[0]


def test_a_row_that_was_recomputed_in_part_is_not_held_but_its_pairs_must_be_possible() -> None:
    partly = replace(ROW, state=ConditionState.PARTLY.value, missing={"stage1_texts": 1, "pairs": 2})
    bounds = PAIRS._replace(fewest=4, most=6)
    off = replace(TABLED, n_pairs=6, recommendation_change=0.9)
    found = compared(partly, off, bounds)
    assert found.problems == []
    [said] = found.not_checked
    assert said.startswith("m, condition_b: partly (the bundle lacks 1 stage-1 text; 2 pairs left out, of which some")
    assert said.endswith("the table's row is not held")
    [problem] = map(str, compared(partly, replace(off, n_pairs=7), bounds).problems)
    assert "n_pairs is from 4 to 6; the frozen value is 7" in problem


def test_a_table_without_the_row_is_said() -> None:
    found = against_table(Recomputed(ROW, BASE, PAIRS, INTERVALS, COUNTS, None), None)
    assert found.problems == [] and "has no row for it" in found.not_checked[0]
