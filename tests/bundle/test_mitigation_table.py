"""The mitigation table as typed rows, and the columns that it may have besides."""

from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_table import (
    MitigationRow,
    MitigationTableLine,
    further_cells,
    read_mitigation_table,
)
from spinefairbench.errors import BundleError

HEADER = (
    "model,condition,n_pairs,rec_change,diag_consistency,delta_rec,delta_diag,b_rule_pass,full_refusals,wilcoxon_p_rec"
)


def table(root: Path, *lines: str, header: str = HEADER) -> list[MitigationTableLine]:
    path = root / layout.MITIGATION_TABLE
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return read_mitigation_table(Bundle(root))


def test_a_row_has_its_line_its_values_and_its_cells(tmp_path: Path) -> None:
    [line] = table(tmp_path, "m,condition_b,4,0.25,0.5,-0.5,,True,3,1e-9")
    assert line.row == MitigationRow("m", "condition_b", 4, 0.25, 0.5, -0.5, None, True)
    assert line.place == f"{layout.MITIGATION_TABLE}: line 2"
    assert further_cells(line) == {"full_refusals": 3, "wilcoxon_p_rec": 1e-9}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("m,condition_b,4,1.5,0.5,,,,,", "rec_change: expected a value from 0 to 1"),
        ("m,condition_b,4.5,1,0.5,,,,,", "n_pairs: expected a whole number"),
        ("m,condition_x,4,1,0.5,,,,,", "unknown condition"), ("m,condition_b,4,,0.5,,,,,", "rec_change: blank"),
        ("m,condition_b,4,1,0.5,,,maybe,,", "b_rule_pass: expected True"), (",condition_b,4,1,0.5,,,,,", "model: blank"),
    ],
)  # fmt: skip
def test_a_cell_that_is_not_what_it_should_be_is_named(tmp_path: Path, cells: str, said: str) -> None:
    with pytest.raises(BundleError, match=said):
        table(tmp_path, cells)


def test_every_further_cell_that_is_none_is_named_and_a_blank_one_is_left_out(tmp_path: Path) -> None:
    wrong, blank = table(tmp_path, "m,condition_b,4,1,0.5,,,,many,nan", "m,condition_d,4,1,0.5,,,, ,")
    with pytest.raises(BundleError) as error:
        further_cells(wrong)
    assert [problem.place.rpartition(": ")[2] for problem in error.value.problems] == [
        "full_refusals",
        "wilcoxon_p_rec",
    ]
    assert further_cells(blank) == {}


@pytest.mark.parametrize("column", ["model", "condition", "n_pairs", "rec_change", "delta_diag", "b_rule_pass"])
def test_a_column_that_must_be_there_is_named(tmp_path: Path, column: str) -> None:
    with pytest.raises(BundleError, match=f"the header lacks {column}"):
        table(tmp_path, "m,condition_b,4,0.25,0.5,-0.5,,True,3,1e-9", header=HEADER.replace(column, "other"))


def test_a_number_that_is_none_is_named_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="delta_rec: expected a finite number, found '1_0'"):
        table(tmp_path, "m,condition_b,4,0.25,0.5,1_0,,True,3,1e-9")


def test_whether_the_diagnosis_is_preserved_is_a_truth_value_and_no_number(tmp_path: Path) -> None:
    header = f"{HEADER},diag_preserved_within_guardrail"
    yes, no = table(tmp_path, "m,condition_b,4,1,0.5,,,,,,True", "m,condition_d,4,1,0.5,,,,,,false", header=header)
    assert further_cells(yes) == {"diag_preserved_within_guardrail": True}
    assert further_cells(no) == {"diag_preserved_within_guardrail": False}
