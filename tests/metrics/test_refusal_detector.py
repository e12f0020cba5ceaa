"""The scan for refusals agrees with plain regular expressions."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinefairbench.metrics.refusal_detector import (
    CueMatch,
    ResponseClass,
    classify_response,
    explain_response,
)
from tests.metrics.plain_parsers import COMPILED, PLAIN, plainly_classified, plainly_found

PIECES = [
    *re.findall(r"[a-z/]+:?|'[a-z]+", " ".join(" ".join(cues) for cues in PLAIN.values())),
    "i'm unable to", "i am not able", "i can't", "i cannot", "i can not", "cannot provide", "not able to",
    "consult a qualified", "consult a", "x-ray", "findings:", "diagnosis:", "impression:", "follow up", "n/a",
    "i see", "this image shows", "a radiologist may", "in general", "look for", "could include",
    "i cannot analyze the x-ray", "i can't read", "i can't give any clinical",
    "i can not offer medical advice", "cannot provide a diagnosis", "not able to interpret", "consult a healthcare",
    "possible conditions", "generally i look for", "in general the spine", "the radiograph reveals",
]  # fmt: skip
GLUE = " \n\t\u2028\u0085\u00a0\u200b.,'-:/1_\u0301\u00e9"
ODD_LETTERS = str.maketrans({"i": "\u0130", "s": "\u017f", "k": "\u212a"})
CHANGES: list[Callable[[str], str]] = [
    lambda word: word,
    str.upper,
    str.title,
    lambda word: word.translate(ODD_LETTERS),
]


@st.composite
def refusal_texts(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(PIECES), max_size=9))
    change = draw(st.sampled_from(CHANGES))
    glue = st.one_of(st.just(" "), st.just(" "), st.just(" "), st.sampled_from(GLUE), st.just(""))
    return "".join(change(word) + draw(glue) for word in words)


@given(text=st.one_of(refusal_texts(), st.text(max_size=40)))
@example("I can't rev\u0130ew the \u017fcan")
@example("i cannot read\x0bthe scan")
@example("i cannot read\nthe scan")
@example("i am unable to. diagnosis: follow \n up")
def test_classes_and_cues_are_those_of_the_plain_expressions(text: str) -> None:
    explanation = explain_response(text)
    for kind in PLAIN:
        found = {cue.number for cue in explanation.cues if cue.kind == kind}
        assert found == plainly_found(kind, text)
    assert classify_response(text).value == explanation.response_class.value == plainly_classified(text)


@given(text=refusal_texts())
def test_a_cue_found_is_a_cue_where_it_is_said_to_be(text: str) -> None:
    for cue in explain_response(text).cues:
        plain = COMPILED[cue.kind][cue.number - 1]
        match = plain.match(text, cue.start)
        assert match is not None
        assert cue.end <= match.end()


def test_explanation_names_the_decisive_cues_and_their_places() -> None:
    text = "I'm unable to say.\nA radiologist may look."
    assert explain_response(text) == (
        ResponseClass.PARTIAL_REFUSAL,
        False,
        (CueMatch("refusal", 1, 0, 13), CueMatch("hedged", 1, 19, 36)),
    )
    assert explain_response("findings: \n loss").cues == (CueMatch("clinical", 3, 0, 13),)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0"])
def test_blank_text_is_a_full_refusal_without_a_cue(text: str) -> None:
    assert explain_response(text) == (ResponseClass.FULL_REFUSAL, True, ())
