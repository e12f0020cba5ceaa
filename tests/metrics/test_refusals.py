"""Refusal classes: the scan agrees with plain regular expressions, and reads hostile text in linear time."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinefairbench.metrics.features import (
    ReportFeatures,
    extract_features,
    label_names,
    recommendation_names,
)
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.refusal_detector import (
    CueMatch,
    ResponseClass,
    classify_response,
    explain_response,
)

X_RAY = "xray|x-ray|x ray"
VERBS = "analyze|analyse|interpret|examine|diagnose"

# The definition once more, as the regular expressions that it describes; quadratic on hostile text.
PLAIN = {
    "refusal": [
        r"\b(?:i'm|i am) unable to\b",
        rf"\b(?:i can't|i cannot)\b.*(?:{VERBS}|review|read|assess|evaluate)\b"
        rf".*(?:image|{X_RAY}|radiograph|scan|medical)",
        r"\bcannot provide\b.*(?:diagnosis|medical|clinical|interpretation)",
        rf"\bnot able to\b.*(?:{VERBS})",
        r"\b(?:i'm|i am) not (?:qualified|able|authorized)\b",
        r"\bconsult a (?:qualified )?(?:radiologist|healthcare|medical)\b",
        r"\b(?:i cannot|i can't|i can not) (?:provide|offer|give)\b.*(?:medical|clinical|diagnostic)\b",
    ],
    "clinical": [
        rf"\b(?:this|the) (?:{X_RAY}|radiograph|image) (?:shows|demonstrates|reveals|indicates)\b",
        r"\bi (?:observe|see|note|identify|detect)\b",
        r"\b(?:finding:|findings:)\s*\S",
        r"\b(?:diagnosis:|impression:)\s*(?!consult\b|see\b|follow\s*up\b|unknown\b|na\b|n/a\b)\S",
    ],
    "hedged": [
        r"\ba radiologist (?:might|would|could|may)\b",
        r"\b(?:possible|potential) (?:findings|conditions|diagnosis|diagnoses)\b",
        r"\b(?:generally|generall)\b.*\blook for\b",
        r"\b(?:might include|could include)\b",
        rf"\bin general\b.*(?:radiologist|{X_RAY}|spine)",
    ],
}
COMPILED = {kind: [re.compile(one, re.IGNORECASE) for one in cues] for kind, cues in PLAIN.items()}


def plainly_found(kind: str, text: str) -> set[int]:
    return {number for number, cue in enumerate(COMPILED[kind], 1) if cue.search(text)}


def plainly_classified(text: str) -> str:
    if not text.strip():
        return "full_refusal"
    if not plainly_found("refusal", text) or plainly_found("clinical", text):
        return "genuine"
    return "partial_refusal" if plainly_found("hedged", text) else "full_refusal"


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


REFUSED = "I'm unable to help. "
HOSTILE = [
    (classify_response, "", "i can't read "),
    (classify_response, "", "i cannot analyze i can't "),
    (classify_response, "", "cannot provide not able to "),
    (classify_response, "", "i cannot read\n"),
    (classify_response, REFUSED, "generally in general "),
    (classify_response, REFUSED, "diagnosis: \n "),
    (classify_response, REFUSED, "diagnosis: follow  "),
    (classify_response, REFUSED, "findings:" + " " * 9),
    (explain_response, "diagnosis:", " \n"),
    (explain_response, "", "consult a qualified "),
    (extract_stage1_primary_diagnosis, "", "\n 1. "),
    (extract_stage1_primary_diagnosis, "", "1"),
    (extract_stage1_primary_diagnosis, "", "primary diagnosis\n"),
    (extract_stage1_primary_diagnosis, "x", "primary diagnosis:\n"),
    (extract_stage1_primary_diagnosis, "", "x primary diagnosis\n 1"),
    (extract_stage1_primary_diagnosis, "primary diagnosis ", " \n1"),
    (extract_stage1_primary_diagnosis, "", "\n\n \n"),
    (extract_features, "", "no disc \u00e9"),
]


@pytest.mark.parametrize(("parse", "head", "unit"), HOSTILE)
def test_hostile_text_costs_no_more_per_character(parse: Callable[[str], object], head: str, unit: str) -> None:
    def seconds(repetitions: int) -> float:
        best = float("inf")
        for _ in range(3):
            text = head + unit * repetitions
            start = time.process_time()
            parse(text)
            best = min(best, time.process_time() - start)
        return best

    # Sixteen times the text: 16 if linear, 256 if quadratic. What a busy machine adds stays far below that.
    assert seconds(16000) < 80 * max(seconds(1000), 1e-4)


def plain_primary_diagnosis(text: str) -> str | None:
    """The reading as regular expressions; quadratic on hostile text."""
    title = r"(?im)^\s*(?:\d+\.\s*)?(?:\*\*)?primary diagnosis(?:\*\*)?\s*"
    match = re.search(title + r":\s*(.+)$", text) or re.search(
        title + r"((?s:.)*?)(?=^\s*\d+\.\s|^\s*(?:\*\*)?(?:overall severity|confidence)|\Z)", text
    )
    if not match:
        return None
    bare = re.sub(r"^[-:]\s*", "", re.sub(r"[*_`#]", "", match[1]).strip())
    return re.sub(r"\s+", " ", bare).strip() or None


STAGE1_PIECES = [
    "Primary diagnosis", "PRIMARY D\u0130AGNO\u017fIS", "**", ":", " ", "\n", "\t", "1.", "23. ", "2",
    "Overall severity", "**Confidence", "- ", "disc", "#", "`", "_", "\u2028", "\u0663.", "The ", "\x1c",
    "\r\n",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(STAGE1_PIECES), max_size=14).map("".join))
@example("Primary diagnosis\n \nOverall severity")
@example("Primary diagnosis\nOverall severity")
@example("Primary diagnosis\ndisc\nPrimary diagnosis:\n\n")
@example("Primary diagnosis\ndisc\nPrimary diagnosis: \n")
def test_primary_diagnosis_is_that_of_the_plain_expressions(text: str) -> None:
    assert extract_stage1_primary_diagnosis(text) == plain_primary_diagnosis(text)


def test_features_hold_the_class_and_the_categories_as_bits() -> None:
    features = extract_features("Osteophytes and a fracture. Refer for MRI.")
    assert features == ReportFeatures(ResponseClass.GENUINE, 0b1000000000001, 0b0100100)
    assert label_names(features.labels) == ("Osteophytes", "Fracture")
    assert recommendation_names(features.recommendations) == ("imaging", "referral")


def test_long_texts_are_read_like_short_ones() -> None:
    for filler in ("x ", "x", "xy-", "\u00e9 ", "-"):
        text = filler * 40000
        features = ReportFeatures(ResponseClass.GENUINE, 1 << 12, 0)
        assert extract_features(f"fx {text}") == features
        assert extract_features(f"{text} fx") == features
        assert extract_features(f"{text} fx {text}") == features
    # Wherever a long text is cut, a word is not.
    for shift in range(12):
        assert extract_features("a" * shift + " fracture" * 4000).labels == 1 << 12
        assert extract_features("a" * shift + " fractures" * 4000).labels == 0
