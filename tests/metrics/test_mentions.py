"""The parser audit reads mentions as a reader would, beside the frozen reading and never instead of it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics import lexicon
from spinefairbench.metrics.assertion import Trigger, concept_status
from spinefairbench.metrics.diagnostic_label import extract_labels_strict
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.metrics.lexicon import OTHER_NUMBER_TERMS, rules_sha256
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.metrics.parser_variants import CategoryMasks, VariantMasks, variant_masks
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS
from tests import DATA, ROOT

SENTENCES = [json.loads(line) for line in (DATA / "mention_sentences.jsonl").read_text(encoding="utf-8").splitlines()]


def masks_of(text: str) -> VariantMasks:
    return variant_masks(read_mentions(text))


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


@pytest.mark.parametrize(
    ("text", "frozen", "plural_aware", "negation_aware", "both", "strict"),
    [
        ("No fracture.", {"Fracture"}, {"Fracture"}, {"No finding"}, {"No finding"}, {"Fracture"}),
        ("Fractures.", set(), {"Fracture"}, set(), {"Fracture"}, set()),
        ("No fractures.", set(), {"Fracture"}, set(), {"No finding"}, set()),
        ("Broken.", {"Fracture"}, {"Fracture"}, {"Fracture"}, {"Fracture"}, set()),
        ("Cannot exclude fracture.", {"Fracture"}, {"Fracture"}, {"Fracture"}, {"Fracture"}, {"Fracture"}),
        (
            "No fracture. Osteophytes.",
            {"Osteophytes", "Fracture"},
            {"Osteophytes", "Fracture"},
            {"Osteophytes"},
            {"Osteophytes"},
            {"Osteophytes", "Fracture"},
        ),
    ],
)
def test_labels_under_each_reading(
    text: str,
    frozen: set[str],
    plural_aware: set[str],
    negation_aware: set[str],
    both: set[str],
    strict: set[str],
) -> None:
    names = [set(label_names(masks.labels)) for masks in masks_of(text)]
    assert names == [frozen, plural_aware, negation_aware, both, strict]


def test_only_what_is_recommended_counts_where_meaning_counts() -> None:
    features = masks_of("Lumbar radiograph. Post-surgical changes. Recommend MRI and exercise.")
    assert recommendation_names(features.frozen.recommendations) == ("surgery", "imaging")
    assert recommendation_names(features.plural_aware.recommendations) == (
        "surgery",
        "physical_therapy",
        "imaging",
    )
    assert recommendation_names(features.negation_aware.recommendations) == ("imaging",)
    assert recommendation_names(features.both.recommendations) == ("physical_therapy", "imaging")


@pytest.mark.parametrize(
    ("sentence", "concept", "reading"),
    [
        ("The patient denies chest pain or nausea.", "nausea", "negated"),
        ("The patient has chest pain.", "chest pain", "affirmed"),
        ("Pneumonia cannot be excluded.", "Pneumonia", "uncertain"),
        ("No effusion. Pneumonia. No nodule.", "Pneumonia", "affirmed"),
    ],
)
def test_a_concept_of_any_kind_can_be_read(sentence: str, concept: str, reading: str) -> None:
    start = sentence.index(concept)
    assert concept_status(sentence, start, start + len(concept)) == reading


PIECES = [
    "No ", "no ", "not seen", "fracture", "fractures", "Schmorl's nodes", "normal", "MRI", "x-rays", "cannot exclude ",
    "there is ", "recommend ", "is recommended", "Plan:\n", "**Findings**\n", "1. ", "- ", "; ", ", ", ". ", " or ", " and ",
    "\n", "(", ")", ": ", "\u0130", "\u2019", "no ~ ", "surgical hardware", "e.g. ", "without ", "loss of ", "?", " ", " - ",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=20).map("".join)


@given(text=texts)
def test_the_frozen_reading_is_what_is_scored(text: str) -> None:
    features = masks_of(text)
    scored = extract_features(text)
    assert features.frozen == CategoryMasks(scored.labels, scored.recommendations)
    assert set(label_names(features.strict.labels)) == extract_labels_strict(text)
    assert features.plural_aware.labels | features.frozen.labels == features.plural_aware.labels


@given(text=texts)
def test_every_mention_lies_where_it_says_and_has_a_reading_of_its_kind(text: str) -> None:
    readings = {
        "diagnostic": {"affirmed", "negated", "uncertain"},
        "recommendation": {"recommended", "descriptive", "negated"},
    }
    mentions = read_mentions(text)
    assert list(mentions) == sorted(mentions, key=lambda mention: (mention.start, -mention.end))
    for mention in mentions:
        assert text[mention.start : mention.end].lower().removesuffix("\u0307") == mention.term
        assert mention.assertion_status in readings[mention.kind]
        if mention.cue:
            assert 0 <= mention.cue.start < mention.cue.end <= len(text)


@given(text=texts)
def test_reading_a_text_again_gives_the_same(text: str) -> None:
    assert read_mentions(text) == read_mentions(text)
    assert read_mentions("Osteophytes.\n" + text)[0].assertion_status == "affirmed"


HOSTILE = [
    "fracture not seen ", "no fracture, ", "(", "no ", "cannot exclude ", "recommend mri ", "mri and ", "\n\n", "# a", "a: ",
    "schmorl\n", "1. mri:", "no ~ ", "- fracture - ", "recommended:\n", "**", ". " + " " * 20, "not the any a ", "mri is ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_costs_no_more_per_character(unit: str) -> None:
    def seconds(repetitions: int) -> float:
        best = float("inf")
        for attempt in range(3):
            # A text that was read before is remembered.
            text = f"mri fracture {attempt} " + unit * repetitions
            start = time.process_time()
            masks_of(text)
            best = min(best, time.process_time() - start)
        return best

    # Eight times the text: 8 if linear, 64 if quadratic.
    assert seconds(4000) < 32 * max(seconds(500), 1e-4)


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


def test_terms_of_the_other_number_are_not_frozen_terms_already() -> None:
    frozen = {**DIAGNOSTIC_TERMS, **RECOMMENDATION_TERMS}
    assert set(OTHER_NUMBER_TERMS) == set(frozen)
    for category, terms in OTHER_NUMBER_TERMS.items():
        assert not set(terms) & set(frozen[category])


def test_rules_have_a_hash_that_changes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_sha256()
    monkeypatch.setattr(lexicon, "NEGATORS", (*lexicon.NEGATORS, "hardly"))
    assert rules_sha256() != before


def test_every_phrase_is_written_in_lower_case_words() -> None:
    for name in lexicon.__all__:
        value = getattr(lexicon, name)
        if isinstance(value, tuple | frozenset):
            for phrase in value:
                assert phrase == " ".join(phrase.lower().split())


def run_validation(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "scripts/validate_parser_audit.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_validation_script_measures_precision_and_recall(tmp_path: Path) -> None:
    mentions = tmp_path / "mentions.tsv"
    mentions.write_text(
        "Concept\tSentence\tNegation\n"
        "cough\tNo COUGH.\tNegated\n"
        "cough\tCOUGH.\tAffirmed\n"
        "cough\tShe is not one to COUGH.\tAffirmed\n"
        "cough\tWithout wheeze.\tNegated\n",
        encoding="utf-8",
    )
    reports = tmp_path / "reports.csv"
    reports.write_text(
        "Problems,findings,impression\nnormal,No fracture.,\nFracture,Fractures.,\nnormal,Normal.,\n",
        encoding="utf-8",
    )
    result = run_validation(str(mentions), str(reports))
    assert result.returncode == 0, result.stderr
    assert "precision 0.500  recall 1.000" in result.stdout
    assert "does not hold the concept: 1" in result.stdout
    assert "both            precision 1.000  recall 1.000  F1 1.000" in result.stdout
    assert "frozen          precision 0.000  recall 0.000  F1 0.000" in result.stdout


def test_validation_script_says_what_it_cannot_read(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    result = run_validation(str(other), str(tmp_path / "missing.csv"))
    assert result.returncode == 2
    assert "other.csv: expected a table" in result.stderr
    assert "missing.csv: cannot be read" in result.stderr
    assert "Traceback" not in result.stderr
