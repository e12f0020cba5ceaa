"""The rows of the quality-control lists: which are sound, and every fault of the others with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import QcRow, passed_pairs, read_qc_rows
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem

ROW = {"pair_id": "s__young_male", "source_id": "s", "edit_label": "young_male", "passed_qc": True}


def _bundle(root: Path, *rows: dict[str, Any]) -> Bundle:
    (root / layout.QC_PASSED).parent.mkdir(parents=True)
    (root / layout.QC_PASSED).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return Bundle(root)


def test_a_row_is_kept_as_written(tmp_path: Path) -> None:
    problems: list[Problem] = []
    other = ROW | {"pair_id": "s__elderly_male", "edit_label": "elderly_male", "passed_qc": False, "ssim": 0.8}
    rows = read_qc_rows(_bundle(tmp_path, ROW, other), layout.QC_PASSED, problems)
    assert list(rows.values()) == [
        QcRow("s__young_male", "s", "young_male", True, ROW),
        QcRow("s__elderly_male", "s", "elderly_male", False, other),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pair_id": None}, ["pair_id, source_id and edit_label: expected texts"]),
        ({"source_id": 1}, ["pair_id, source_id and edit_label: expected texts"]),
        ({"edit_label": []}, ["pair_id, source_id and edit_label: expected texts"]),
        ({"passed_qc": "true"}, ["passed_qc of s__young_male: expected true or false, found 'true'"]),
        ({"passed_qc": 1}, ["passed_qc of s__young_male: expected true or false, found 1"]),
        (
            {"edit_label": "old"},
            [
                "unknown edit_label 'old' of s__young_male",
                "pair_id s__young_male is not source_id__edit_label (s__old)",
            ],
        ),
        (
            {"source_id": "t"},
            ["pair_id s__young_male is not source_id__edit_label (t__young_male)"],
        ),
        *(
            (
                {"source_id": source, "pair_id": f"{source}__young_male"},
                [f"source_id {source!r} cannot be a folder's name"],
            )
            for source in ("", ".", "..", "a/b", "a\\b")
        ),
    ],
)
def test_every_fault_of_a_row_is_named_with_its_line(fields: dict[str, Any], said: list[str], tmp_path: Path) -> None:
    problems: list[Problem] = []
    sound = ROW | {"pair_id": "s__young_female", "edit_label": "young_female"}
    rows = read_qc_rows(_bundle(tmp_path, sound, ROW | fields), layout.QC_PASSED, problems)
    assert list(rows) == ["s__young_female"]
    assert problems == [Problem(f"{layout.QC_PASSED}: line 2", each) for each in said]


def test_of_two_rows_of_a_pair_the_first_is_kept_and_the_second_named(tmp_path: Path) -> None:
    problems: list[Problem] = []
    rows = read_qc_rows(_bundle(tmp_path, ROW, ROW | {"passed_qc": False}), layout.QC_PASSED, problems)
    assert [row.passed for row in rows.values()] == [True]
    assert [str(problem) for problem in problems] == [f"{layout.QC_PASSED}: line 2: duplicate pair_id s__young_male"]


def test_the_list_of_passed_pairs_holds_no_other(tmp_path: Path) -> None:
    other = ROW | {"pair_id": "s__young_female", "edit_label": "young_female", "passed_qc": False}
    with pytest.raises(BundleError) as error:
        passed_pairs(_bundle(tmp_path, ROW, other))
    assert [str(problem) for problem in error.value.problems] == [
        f"{layout.QC_PASSED}: s__young_female: passed_qc is false"
    ]


def test_the_passed_pairs(tmp_path: Path) -> None:
    assert passed_pairs(_bundle(tmp_path, ROW)) == {"s__young_male"}
