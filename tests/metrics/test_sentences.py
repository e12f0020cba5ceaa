"""Texts are cut into lines and sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.sentences import _SENTENCE_STOP, fold_for_reading, lines_of, sentence_starts


def sentences(text: str) -> list[str]:
    starts = sentence_starts(text)
    return [text[start:end] for start, end in zip(starts, (*starts[1:], len(text)), strict=True) if start < len(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("No fracture. Osteophytes.", ["No fracture.", " Osteophytes."]),
        ("1. Fracture, e.g. of L1; none", ["1. Fracture, e.g. of L1;", " none"]),
        ("Really!? Yes", ["Really!?", " Yes"]),
        ("Fracture? No. Spurs? Yes.", ["Fracture? No.", " Spurs? Yes."]),
        ("Is it a **fracture**? I don\u2019t think so", ["Is it a **fracture**? I don\u2019t think so"]),
        ("Fracture? Perhaps not.", ["Fracture? Perhaps not."]),
        ("Fracture? The film is dark.", ["Fracture?", " The film is dark."]),
        ("Fracture ..... none", ["Fracture ..... none"]),
        ("Fracture... None", ["Fracture...", " None"]),
        ("Fracture?\nNo\nSpurs", ["Fracture?\nNo\n", "Spurs"]),
        ("Line\nnext\nLast", ["Line\nnext\n", "Last"]),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_a_question_and_the_answer_on_the_next_line_are_one_line() -> None:
    assert lines_of("Fracture?\nNo\nSpurs\n") == ["Fracture?\nNo", "Spurs", ""]
    assert lines_of("Fracture.\nNo\nSpurs") == ["Fracture.", "No", "Spurs"]
    assert lines_of("Fracture?\nWhere?\nNo\n  seen") == ["Fracture?", "Where?\nNo\n  seen"]
    assert lines_of("") == [""]


@given(text=st.text(alphabet="?\n aA*no", max_size=30))
def test_lines_are_the_text(text: str) -> None:
    assert "\n".join(lines_of(text)) == text


@given(text=st.text(alphabet=".!? ;\n\"')]*aA1", max_size=40))
def test_a_run_of_signs_ends_a_sentence_once_and_only_before_a_gap(text: str) -> None:
    starts = sentence_starts(text)
    assert starts == sorted(set(starts))
    for start in starts[1:]:
        assert text[start - 1] in ".!?;\n"
        assert text[start - 1] in ";\n" or re.match(r"[\s\"')\]*]|$", text[start:])


def test_a_run_of_signs_is_looked_at_once() -> None:
    # Looked at from each of its signs, a run would take the square of its length.
    text = "." * 9 + " "
    assert [place for place in range(9) if _SENTENCE_STOP.match(text, place)] == [0]


def test_folding_keeps_places_and_straightens_apostrophes() -> None:
    text = "It isn\u2019t \u0130"
    assert fold_for_reading(text) == "it isn't i"
