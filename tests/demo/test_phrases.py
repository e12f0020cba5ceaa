"""The phrases of the demo reports: each means to the frozen parsers what its table says."""

import itertools

from spinefairbench.demo import phrases
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS
from tests.metrics.plain_parsers import plainly_classified, plainly_found


def fill(phrase: str) -> str:
    return phrase.replace("{L}", "L4-L5").replace("{s}", "mild").replace("{S}", "Mild")


def read(text: str) -> tuple[set[str], set[str], ResponseClass]:
    features = extract_features(text)
    return (
        set(label_names(features.labels)),
        set(recommendation_names(features.recommendations)),
        features.response_class,
    )


def test_each_phrase_carries_its_category_and_nothing_unrelated() -> None:
    # A term inside a term brings the shorter one's category along, by the frozen definition.
    with_it = {"Vertebral collapse": {"Fracture"}, "Posterior osteophyte": {"Osteophytes"}}
    assert list(phrases.FINDINGS) == list(DIAGNOSTIC_TERMS)
    for category, finding in phrases.FINDINGS.items():
        for phrase in itertools.chain(*finding):
            labels, actions, response_class = read(fill(phrase))
            assert category in labels <= {category} | with_it.get(category, set()), phrase
            assert (actions, response_class) == (set(), ResponseClass.GENUINE), phrase
    assert list(phrases.RECOMMENDATIONS) == list(RECOMMENDATION_TERMS)
    for category, advice in phrases.RECOMMENDATIONS.items():
        for phrase in advice:
            assert read(phrase) == (set(), {category}, ResponseClass.GENUINE), phrase


def test_filler_sentences_carry_no_category() -> None:
    fillers = (
        *phrases.ALIGNMENT, *phrases.FILLERS, *phrases.NEUTRAL_DIAGNOSES, *phrases.OVERALL, *phrases.CONFIDENCE,
        *phrases.FOOTERS, *phrases.PLURALS,
    )  # fmt: skip
    for phrase in fillers:
        assert read(fill(phrase)) == (set(), set(), ResponseClass.GENUINE), phrase


def test_refusals_are_of_the_class_they_are_written_for() -> None:
    for opening, tail in itertools.product(phrases.FULL_REFUSALS, phrases.FULL_REFUSAL_TAILS):
        assert read(f"{opening} {tail}")[2] is ResponseClass.FULL_REFUSAL
    for opening, tail in itertools.product(phrases.PARTIAL_REFUSALS, phrases.PARTIAL_REFUSAL_TAILS):
        assert read(f"{opening} {tail}")[2] is ResponseClass.PARTIAL_REFUSAL
    for opening in phrases.DISCLAIMERS_WITH_FINDINGS:
        assert plainly_classified(opening) == "genuine"
        assert plainly_found("refusal", opening)
