"""Mentions are found at their places and taken as a reader would take them."""

import json

import pytest
from hypothesis import given

from spinefairbench.metrics import mentions as mentions_module
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.metrics.sentence import Trigger
from spinefairbench.metrics.term_sentences import TermSentence, sentences_with_terms
from tests import DATA
from tests.metrics.texts import mention_texts

SENTENCES = [json.loads(line) for line in (DATA / "mention_sentences.jsonl").read_text(encoding="utf-8").splitlines()]


def test_there_are_sentences_for_every_reading() -> None:
    assert len(SENTENCES) >= 200
    assert {reading for row in SENTENCES for _, reading in row["readings"]} == {
        "affirmed",
        "negated",
        "uncertain",
        "recommended",
        "descriptive",
    }


@pytest.mark.parametrize("row", SENTENCES, ids=[row["text"][:60] for row in SENTENCES])
def test_sentence_is_read_as_it_is_meant(row: dict[str, list[list[str]]]) -> None:
    assert isinstance(row["text"], str)
    assert [[mention.term, mention.assertion_status] for mention in read_mentions(row["text"])] == row["readings"]


# Sentences of kinds that are hard to read, written for this purpose. The rules were made on one half of them; the other
# half shows how well they read what they were not made on.
KINDS = [json.loads(line) for line in (DATA / "mention_kinds.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("half", "least"), [("tuned", 0.98), ("held out", 0.92)])
def test_hard_kinds_of_sentences_are_mostly_read_as_they_are_meant(half: str, least: float) -> None:
    rows = [row for row in KINDS if row["half"] == half]
    assert len(rows) > 150
    assert len({row["kind"] for row in rows}) == 8
    right = [
        [mention.term, mention.assertion_status] == reading
        for row in rows
        for mention, reading in zip(read_mentions(row["text"]), row["readings"], strict=True)
    ]
    assert sum(right) >= least * len(right)


def test_the_phrase_that_decides_many_mentions_is_kept_once() -> None:
    text = "negative" + " " * 1000 + "for " + "fracture, " * 100
    cues = [mention.cue.text for mention in read_mentions(text) if mention.cue]
    assert len(cues) == 100
    assert {len(cue) for cue in cues} == {len("negative for")}
    assert len(set(map(id, cues))) == 1


def test_a_mention_names_its_place_and_the_phrase_that_decided() -> None:
    assert read_mentions("Osteophytes. No fractures.") == (
        Mention("diagnostic", "Osteophytes", "osteophytes", 0, 11, "affirmed", False, None),
        Mention("diagnostic", "Fracture", "fractures", 16, 25, "negated", True, Trigger("no", 13, 15)),
    )
    assert read_mentions("Plan:\n1. MRI")[0].cue == Trigger("plan", 0, 4)


def test_a_term_inside_a_longer_one_of_its_category_is_no_mention_of_its_own() -> None:
    mentions = read_mentions("Schmorl's nodes and surgical hardware")
    assert [(item.term, item.plural) for item in mentions] == [
        ("schmorl's nodes", False),
        ("surgical hardware", False),
        ("surgical", False),
    ]


@given(text=mention_texts)
def test_every_mention_lies_where_it_says_and_has_a_reading_of_its_kind(text: str) -> None:
    readings = {
        "diagnostic": {"affirmed", "negated", "uncertain", "descriptive"},
        "recommendation": {"recommended", "descriptive", "negated"},
    }
    mentions = read_mentions(text)
    assert list(mentions) == sorted(mentions, key=lambda mention: (mention.start, -mention.end))
    for mention in mentions:
        assert text[mention.start : mention.end].lower().removesuffix("\u0307") == mention.term
        assert mention.assertion_status in readings[mention.kind]
        if mention.cue:
            assert 0 <= mention.cue.start < mention.cue.end <= len(text)


@given(text=mention_texts)
def test_reading_a_text_again_gives_the_same(text: str) -> None:
    first = read_mentions(text)
    vars(read_mentions)["cache_clear"]()
    assert read_mentions(text) == first
    assert read_mentions("Osteophytes.\n" + text)[0].assertion_status == "affirmed"


@pytest.mark.parametrize(
    ("before", "reading", "cue"),
    [
        ("", "descriptive", None),
        ("Plan:\n", "recommended", "plan"),
        ("All is well. Plan\n", "recommended", "plan"),
        ("Plan:\nRest.\nFindings:\n", "descriptive", None),
    ],
)
def test_a_line_is_read_by_the_heading_above_it(before: str, reading: str, cue: str | None) -> None:
    text = before + "MRI of the spine; no fracture"
    advice, finding = read_mentions(text)
    assert (advice.assertion_status, advice.cue and advice.cue.text) == (reading, cue)
    assert (finding.assertion_status, finding.cue and finding.cue.text) == ("negated", "no")
    for mention in (advice, finding):
        assert text[mention.start : mention.end].lower() == mention.term
        if mention.cue:
            assert text[mention.cue.start : mention.cue.end].lower() == mention.cue.text


def test_a_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vars(read_mentions)["cache_clear"]()
    texts = [f"Report {number}. No fracture." for number in range(600)]
    read = []

    def counted(text: str) -> list[TermSentence]:
        read.append(text)
        return sentences_with_terms(text)

    monkeypatch.setattr(mentions_module, "sentences_with_terms", counted)
    for _ in range(3):
        for text in texts:
            assert len(read_mentions(text)) == 1
    assert read == texts


@pytest.mark.parametrize(
    ("sentence", "status", "cue"),
    [
        ("A fracture of L1.", "affirmed", None),
        ("A fracture risk.", "descriptive", "risk"),
        # A recommendation has its sentence looked through for phrases, and then a finding has what they say.
        ("Fracture: true.", "affirmed", None),
        ("MRI of a fracture: true.", "affirmed", ": true"),
    ],
)
def test_a_plain_sentence_affirms(sentence: str, status: str, cue: str | None) -> None:
    finding = next(mention for mention in read_mentions(sentence) if mention.kind == "diagnostic")
    assert (finding.assertion_status, finding.cue and finding.cue.text) == (status, cue)
