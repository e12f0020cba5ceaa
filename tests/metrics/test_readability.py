"""The marks of a text: what the parsers cannot read in it, beside features that stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.readability import Trait, read_report
from spinefairbench.metrics.refusal_detector import ResponseClass


def traits(text: str) -> Trait:
    return Trait(read_report(text).marks.traits)


@given(st.text(max_size=60))
def test_what_is_scored_is_what_was_always_scored(text: str) -> None:
    assert read_report(text).features == extract_features(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_texts_have_one_digest_where_they_are_the_same(one: str, other: str) -> None:
    digests = [read_report(text).marks.digest for text in (one, one + "", other)]
    assert digests[0] == digests[1]
    assert (digests[0] == digests[2]) == (one == other)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Film of the spine.", True),
        ("Normal film of the spine.", False),  # a label
        ("Please monitor.", False),  # a recommendation
        ("I am unable to help. Findings: the spine.", False),  # a refusal cue, overruled by a clinical one
        ("I am unable to help.", False),  # a full refusal, which is known as one
        (" ", False),
    ],
)
def test_a_text_without_a_term_and_without_a_refusal_cue(text: str, without: bool) -> None:
    assert (Trait.NO_TERM_OR_CUE in traits(text)) == without


@pytest.mark.parametrize(
    "text",
    [
        "<think>a fracture?</think> Normal.",
        "Normal. <|im_end|>",
        "[INST] Describe. [/INST] Normal.",
        "\u25c1think\u25b7 Normal.",
        "Normal.\n</REASONING>",
    ],
)
def test_tags_of_a_reasoning_or_chat_format(text: str) -> None:
    assert traits(text) == Trait.REASONING_TAGS


@pytest.mark.parametrize(
    "text",
    [
        "Error 429: Too Many Requests",
        "Error code: 503 - service unavailable",
        "HTTP/1.1 502 Bad Gateway",
        "Failed to obtain answer via API.",
        "Rate limit exceeded, monitor your usage.",
        "openai.RateLimitError: slow down",
        '{"error": {"message": "The model is overloaded"}}',
        "<!DOCTYPE html><html><body>Sorry</body></html>",
        "Traceback (most recent call last):\n  File",
        "Request timed out.",
        "CUDA out of memory. Tried to allocate 2 GiB",
    ],
)
def test_messages_of_servers_and_harnesses(text: str) -> None:
    assert Trait.ERROR_TEXT in traits(text)


@pytest.mark.parametrize(
    "text",
    [
        "Measurement error may limit the assessment. Fracture of L1.",
        "Failed fusion at L5. The bone failed to unite. Height <5 mm, slip > 3 mm.",
        "Time limits of the exposure: 400 mA, error 5 mm. Normal.",
        '{"findings": "osteophytes", "recommendation": "MRI"}',
    ],
)
def test_reports_on_errors_and_limits_are_reports(text: str) -> None:
    assert traits(text) == Trait(0)


@pytest.mark.parametrize("apostrophe", ["\u2019", "\u2018", "\u02bc", "`", "\u00b4"])
def test_a_refusal_with_another_apostrophe_is_found_and_stays_genuine(apostrophe: str) -> None:
    text = f"I{apostrophe}m unable to interpret this x-ray."
    assert read_report(text).features.response_class is ResponseClass.GENUINE
    assert traits(text) == Trait.UNRECOGNIZED_REFUSAL
    assert traits(f"I{apostrophe}m sure. The disc can{apostrophe}t be normal.") == Trait(0)


_SENTENCES = "There is mild narrowing of the disc. The vertebral bodies are preserved. There is no fracture. "


@pytest.mark.parametrize(
    ("text", "truncated"),
    [
        (_SENTENCES, False),
        (_SENTENCES + "A small osteophyte at the anterior corner of L4 with adja", True),
        (_SENTENCES + "The sacroiliac joints and", True),
        (_SENTENCES + "The sacroiliac joints,", True),
        (_SENTENCES + "Impression: normal", False),
        ("The joints and", False),  # too short to tell
        # Points without full stops, as their author writes them.
        (
            (
                "1. Normal alignment of the lumbar spine as a whole\n2. No fracture or dislocation seen in this view\n"
                "3. Mild degenerative disc narrowing at L4-L5"
            ),
            False,
        ),
        # Of lines of sentences, the last one breaks off: three sentences must have ended before.
        (_SENTENCES.replace(". ", ".\n") + "A small osteophyte at the anterior corner of L4 with adja", True),
        (_SENTENCES[:82] + "A small osteophyte at the anterior corner of L4 with adja", False),
        (_SENTENCES.replace(". ", ".\n") + "A small osteophyte at L4", False),
        # One line of six words that ends without a point: an author who writes like that.
        (
            _SENTENCES
            + "\nMild narrowing of the disc space\nA small osteophyte at the anterior corner of L4 with adja",
            False,
        ),
        (_SENTENCES + "\nMild narrowing of it\nA small osteophyte at the anterior corner of L4 with adja", True),
    ],
)
def test_a_text_that_breaks_off(text: str, truncated: bool) -> None:
    assert (Trait.POSSIBLY_TRUNCATED in traits(text)) == truncated


def test_a_text_may_have_several_traits() -> None:
    found = traits("<think>Nothing of the kind that is known</think> " + "Nothing more to say of this picture " * 3)
    assert Trait.REASONING_TAGS in found and Trait.NO_TERM_OR_CUE in found
