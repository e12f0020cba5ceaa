"""The readers' files: which columns are answers, what a blank or repeated one means, and every fault with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.reader_study import (
    HiddenRepeats,
    PairAnswers,
    display_events,
    excluded_pairs,
    first_and_repeated,
    question_of,
    read_answers,
    read_detectability,
    read_hidden_repeats,
    reviewer_files,
    validated_pairs,
)
from spinefairbench.errors import BundleError

PASS = "pair_id,q1_clinical_plausibility,q2_pathology_preservation"


def _bundle(root: Path, name: str, content: Any) -> Bundle:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return Bundle(root)


def _answers(root: Path, *lines: str, header: str = PASS) -> PairAnswers:
    return read_answers(_bundle(root, layout.PAIR_RESULTS, "\n".join([header, *lines, ""])))


def _said(error: BundleError) -> list[str]:
    return [str(problem) for problem in error.problems]


@pytest.mark.parametrize(
    ("column", "question"),
    [("q1_clinical_plausibility", "q1"), (" Q12 ", "q12"), ("q3", "q3"), ("q", None), ("quality", None), ("q1x", None),
     ("my_q1", None), ("q\u0663", None)],
)  # fmt: skip
def test_a_column_of_answers_begins_with_its_question(column: str, question: str | None) -> None:
    assert question_of(column) == question


def test_answers_are_kept_by_question_and_pair_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = _answers(
        tmp_path, "a,Yes,No,Better", "b,No,Yes,Same", "a,No, Yes ,Worse", header=f"{PASS},q3_quality"
    )  # fmt: skip
    assert found == PairAnswers(
        {
            "q1": {"a": ("Yes", "No"), "b": ("No",)},
            "q2": {"a": ("No", "Yes"), "b": ("Yes",)},
            "q3": {"a": ("Better", "Worse"), "b": ("Same",)},
        },
        (),
        None,
    )


def test_a_question_with_a_blank_answer_is_left_out_and_named(tmp_path: Path) -> None:
    found = _answers(tmp_path, "a,Yes,No,Better,x", "a,No,Yes, ,y", header=f"{PASS},q3_quality,q5")
    assert sorted(found.answers) == ["q1", "q2", "q5"]
    assert found.incomplete == ("q3",)


def test_every_answer_that_is_neither_yes_nor_no_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as error:
        _answers(tmp_path, "a,Yes,yes", "b,,No")
    assert _said(error.value) == [
        f"{layout.PAIR_RESULTS}: line 2: q2_pathology_preservation of a: expected Yes or No, found 'yes'",
        f"{layout.PAIR_RESULTS}: line 3: q1_clinical_plausibility of b: expected Yes or No, found ''",
    ]


def test_a_reader_answers_a_pair_once_and_an_unnamed_one_as_often_as_there_are_rows(tmp_path: Path) -> None:
    lines = ["a,Yes,No,R1", "b,Yes,No,R1", "a,No,No,R2", "a,Yes,Yes, R1 ", "b,No,No,", "b,No,No,"]
    with pytest.raises(BundleError) as error:
        _answers(tmp_path, *lines, header=f"{PASS},reviewer")
    assert _said(error.value) == [f"{layout.PAIR_RESULTS}: line 5: duplicate answer of R1 on a"]


@pytest.mark.parametrize("missing", ["pair_id", "q1_clinical_plausibility", "q2_pathology_preservation"])
def test_a_column_that_must_be_there_is_named(missing: str, tmp_path: Path) -> None:
    header = PASS.replace(missing, "other")
    with pytest.raises(BundleError, match=f"the header lacks {missing}"):
        _answers(tmp_path, "a,Yes,No", header=header)


@pytest.mark.parametrize(
    ("mark", "marked"), [("", 0), ("False", 0), (" 0 ", 0), ("no", 0), ("True", 1), ("1", 1), ("x", 1)]
)
def test_what_marks_a_row_as_excluded(mark: str, marked: int, tmp_path: Path) -> None:
    found = _answers(tmp_path, f"a,Yes,No,{mark}", "b,Yes,No,", header=f"{PASS},excluded_final")
    assert found.excluded_final == ("a",) * marked


def test_detectability_by_row_and_by_pair(tmp_path: Path) -> None:
    text = "pair_id,q4_detectability\na,Cannot tell\nb, Image A edited \na,Image B edited\n"
    assert read_detectability(_bundle(tmp_path, layout.DETECTABILITY, text)) == (
        ["Cannot tell", "Image A edited", "Image B edited"],
        {"a": ("Cannot tell", "Image B edited"), "b": ("Image A edited",)},
    )


def test_detectability_without_pairs_has_rows_alone(tmp_path: Path) -> None:
    # Without pairs, a reader's rows are of different displays and no repeats.
    text = "reviewer,q4_detectability\nR1,Cannot tell\nR1,Cannot tell\n"
    found = read_detectability(_bundle(tmp_path, layout.DETECTABILITY, text))
    assert found == (["Cannot tell", "Cannot tell"], None)


def test_every_blank_and_repeated_detectability_is_named(tmp_path: Path) -> None:
    text = "pair_id,reviewer,q4_detectability\na,R1, \na,R1,Cannot tell\n"
    with pytest.raises(BundleError) as error:
        read_detectability(_bundle(tmp_path, layout.DETECTABILITY, text))
    assert _said(error.value) == [
        f"{layout.DETECTABILITY}: line 2: q4_detectability is blank",
        f"{layout.DETECTABILITY}: line 3: duplicate answer of R1 on a",
    ]


@pytest.mark.parametrize(
    ("columns", "first", "repeat"),
    [
        (["q1_first", "q1_repeat"], {"q1": "q1_first"}, {"q1": "q1_repeat"}),
        (["Original Q1", "second-q1"], {"q1": "Original Q1"}, {"q1": "second-q1"}),
        (["initial_q2_x", "repeated_q2_x"], {"q2": "initial_q2_x"}, {"q2": "repeated_q2_x"}),
        (["q1", "pair_id", "first", "q1_firstly"], {}, {}),
        (["first_repeat_q1"], {}, {"q1": "first_repeat_q1"}),
    ],
)
def test_first_and_repeated_answers_are_told_by_the_names_of_columns(
    columns: list[str], first: dict[str, str], repeat: dict[str, str]
) -> None:
    assert first_and_repeated(columns) == (first, repeat)


def test_hidden_repeats_are_compared_where_both_answers_are_there(tmp_path: Path) -> None:
    text = "q1_first,q1_repeat,q2_first,q2_repeat,q4_first\nYes, Yes,No,No,x\nNo,Yes,,No,x\nYes,Yes,No,No,x\nNo,No,No,No,x\n"
    assert read_hidden_repeats(_bundle(tmp_path, layout.HIDDEN_REPEATS, text)) == HiddenRepeats(4, {"q1": (3, 4)})


def test_events_are_the_rows_of_all_files_that_the_manifest_names(tmp_path: Path) -> None:
    for name, rows in (("one.csv", 2), ("two.csv", 3)):
        _bundle(tmp_path, name, "a,b\n" + "1,2\n" * rows)
    bundle = _bundle(tmp_path, layout.READER_MANIFEST, {"files": {"per_reviewer_files": ["one.csv", "two.csv"]}})
    assert reviewer_files(bundle) == ["one.csv", "two.csv"]
    assert display_events(bundle) == 5


def test_every_reviewer_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    bundle = _bundle(tmp_path, layout.READER_MANIFEST, {"files": {"per_reviewer_files": ["gone.csv", "../out.csv"]}})
    with pytest.raises(BundleError) as error:
        display_events(bundle)
    gone, climbing = _said(error.value)
    assert gone == "gone.csv: missing"
    assert "../out.csv" in climbing


def test_pairs_of_the_subset_and_of_the_exclusion_list(tmp_path: Path) -> None:
    assert validated_pairs(_bundle(tmp_path, layout.READER_SUBSET, {"pair_ids": ["b", "a"]})) == ["b", "a"]
    listed = {"excluded_pairs": ["b", {"pair_id": "a", "why": "q1"}]}
    assert excluded_pairs(_bundle(tmp_path, layout.READER_EXCLUSIONS, listed)) == ["b", "a"]
    with pytest.raises(BundleError, match=r"excluded_pairs \(pair_id\): expected a list of strings"):
        excluded_pairs(_bundle(tmp_path, layout.READER_EXCLUSIONS, {"excluded_pairs": [{"pair": "a"}]}))
