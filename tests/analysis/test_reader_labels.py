"""Whose labels are whose: found from the answers, or not told."""

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.reader_labels import LabelMatch, match_labels
from spinefairbench.bundle.reader_records import Answers


def answers(*given: str, questions: str = "q1 q2") -> Answers:
    """One reader's answers: "YN" says Yes to the first question and No to the second, a case after another."""
    return {f"p{case}": dict(zip(questions.split(), letters, strict=True)) for case, letters in enumerate(given)}


THREE = {"R1": answers("YY", "YN"), "R2": answers("YY", "NN"), "R3": answers("NY", "YN")}


def matched(own: dict[str, Answers], other: dict[str, Answers], *, by_pairs: bool = False) -> LabelMatch:
    return match_labels("these", own, "those", other, by_pairs=by_pairs)


@given(st.permutations(sorted(THREE)))
def test_any_exchange_of_labels_is_found(order: list[str]) -> None:
    found = matched({label: THREE[order[place]] for place, label in enumerate(sorted(THREE))}, THREE)
    assert found.label_of == dict(zip(sorted(THREE), order, strict=True))
    assert (found.questions, found.cases, found.contradicted) == (("q1", "q2"), 2, False)


def test_the_sentence_says_which_label_is_which() -> None:
    swapped = {"R1": THREE["R2"], "R2": THREE["R1"], "R3": THREE["R3"]}
    assert matched(swapped, THREE).sentence() == (
        "reader labels: of these R1 is R2 and R2 is R1 of those; R3 is the same in both (by q1, q2 on 2 cases each)"
    )
    assert matched(THREE, THREE).sentence() == (
        "reader labels: all labels of these agree with those of those (by q1, q2 on 2 cases each)"
    )
    moved = {"R1": THREE["R2"], "R2": THREE["R3"], "R3": THREE["R1"]}
    assert matched(moved, THREE).sentence() == (
        "reader labels: of these R1 is R2 and R2 is R3 and R3 is R1 of those (by q1, q2 on 2 cases each)"
    )


def test_readers_with_the_same_answers_cannot_be_told_apart() -> None:
    twins = THREE | {"R2": THREE["R1"]}
    found = matched(twins, twins)
    assert found.label_of is None and not found.contradicted
    assert found.sentence().endswith("cannot be told (R1 fits R1 and R2, whose answers are the same)")
    assert (
        matched(twins, {"A": THREE["R1"], "B": THREE["R3"]}).reason == "two labels have the same answers, and fit one"
    )


def test_an_answer_that_fits_nobody_contradicts() -> None:
    found = matched(THREE | {"R1": answers("YY", "YY")}, THREE)
    assert found.contradicted
    assert found.reason == "R1 is nearest to R1, with 1 of 4 answers different"


def test_only_questions_answered_in_the_same_words_are_compared() -> None:
    coded = {label: {pair: {"q1": given["q1"], "q2": "ab"["YN".index(given["q2"])]} for pair, given in cases.items()}
             for label, cases in THREE.items()}  # fmt: skip
    assert matched(coded, THREE).questions == ("q1",)
    assert matched(coded, {"R1": answers("ab", questions="q3 q4")}).reason == "no question has its answers in both"


def test_cases_alone_may_tell_where_no_answers_are_there() -> None:
    own: dict[str, Answers] = {"R1": {"p1": {}}, "R2": {"p2": {}}}
    other: dict[str, Answers] = {"A": {"p2": {}}, "B": {"p1": {}}}
    assert matched(own, other, by_pairs=True).label_of == {"R1": "B", "R2": "A"}
    assert matched(own, other).label_of is None


def test_what_cannot_be_compared_is_a_reason() -> None:
    assert match_labels("a", {}, "b", THREE, lacking="a has no column").reason == "a has no column"
    assert matched({}, THREE).reason == "one of them has no cases"
    many = {f"R{number}": answers("YY") for number in range(21)}
    assert matched(THREE, many).reason == "one of them has more than 20 labels"
