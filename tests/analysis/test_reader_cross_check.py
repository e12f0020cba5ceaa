"""What stands twice in the reader study, compared case by case."""

from pathlib import Path

from spinefairbench.analysis.reader_cross_check import compare_cases, cross_check
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.reader_records import Cases
from spinefairbench.demo.synthetic_readers import PER_REVIEWER_FILES
from tests.conftest import Tampering

OWN: Cases = {"q1": {"a": ("no", "yes", "yes"), "b": ("yes", "yes", "yes")}, "q3": {"a": ("yes",)}}


def _said(other: Cases) -> tuple[list[str], list[str]]:
    found = compare_cases("one", OWN, "other", other)
    return list(map(str, found.problems)), found.not_checked


def test_the_answers_to_a_case_are_compared_whoever_gave_them() -> None:
    assert _said({"q1": OWN["q1"]}) == ([], [])
    assert _said({"q1": {**OWN["q1"], "b": ("no", "yes", "yes")}}) == (
        ["one: q1 of b is yes, yes, yes; other: no, yes, yes"],
        [],
    )
    assert _said({"q1": {"a": OWN["q1"]["a"]}})[0] == ["one: q1 of b is yes, yes, yes; other: not answered"]


def test_a_word_that_only_one_file_uses_is_a_contradiction_and_two_vocabularies_are_not_compared() -> None:
    assert len(_said({"q1": {**OWN["q1"], "b": ("maybe", "yes", "yes")}})[0]) == 1
    problems, [said] = _said({"q1": {"a": ("1", "0", "1"), "b": ("1", "1", "1")}})
    assert problems == []
    assert said == "q1 of one against other: no, yes stands in the one only, 0, 1 in the other"


def test_files_without_a_common_question_are_said_to_be_uncompared() -> None:
    assert _said({"q2": OWN["q1"]}) == ([], ["answers of one against other: no question stands in both"])


def test_of_many_contradictions_a_few_are_told_and_the_others_counted() -> None:
    own: Cases = {"q1": {str(number): ("yes",) for number in range(9)}}
    found = compare_cases("one", own, "other", {"q1": {"0": ("yes",)}})
    assert len(found.problems) == 6
    assert str(found.problems[-1]) == "one: q1 differs from other in 3 more pairs"


def test_a_whole_study_agrees_with_itself(demo: Path) -> None:
    assert cross_check(Bundle(demo)) == ([], [])


def test_what_a_file_does_not_tell_is_not_checked(tampering: Tampering) -> None:
    tampering.text(layout.DETECTABILITY, lambda text: text.replace("pair_id", "case", 1))
    tampering.json(layout.READER_MANIFEST, lambda manifest: manifest.pop("counts") and None)

    def other_answers(rows: list[dict[str, str]]) -> None:
        rows[0]["q1_first"] = rows[1]["q1_first"] = "No"

    tampering.csv(layout.HIDDEN_REPEATS, other_answers)
    problems, told = cross_check(Bundle(tampering.root))
    assert problems == []
    assert told[0] == (
        f"answers of {layout.DETECTABILITY} against the other files: {layout.DETECTABILITY} has no column pair_id"
    )
    assert told[1].startswith("first answers of the hidden repeats, whose columns may record another display: ")
    assert told[1].endswith(" (one of 2 such remarks)")
    assert told[2] == f"the numbers of rows of the reader study: {layout.READER_MANIFEST} states none"


def test_repeats_that_vanish_from_both_files_are_missed_by_the_stated_numbers(tampering: Tampering) -> None:
    tampering.text(layout.HIDDEN_REPEATS, lambda text: text.partition("\n")[0] + "\n")
    for name in PER_REVIEWER_FILES:
        tampering.text(name, lambda text: "".join(line for line in text.splitlines(True) if ",True," not in line))
    assert [problem.message for problem in cross_check(Bundle(tampering.root)).problems] == [
        "counts.display_events is 1,380; the rows are 1,350",
        "counts.hidden_repeats is 30; the rows are 0",
    ]
