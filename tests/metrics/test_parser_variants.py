"""The variants of the parser, the frozen one being what is scored."""

import pytest
from hypothesis import given

from spinefairbench.metrics.diagnostic_label import extract_labels_strict
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.parser_variants import (
    PARSER_VARIANTS,
    CategoryMasks,
    VariantMasks,
    categories_of_reports,
    categories_under,
    variant_bits,
    variant_masks,
)
from tests.metrics.texts import mention_texts


def masks_of(text: str) -> VariantMasks:
    return variant_masks(read_mentions(text))


@pytest.mark.parametrize(
    ("text", "frozen", "plural_aware", "negation_aware", "both", "strict"),
    [
        ("No fracture.", {"Fracture"}, {"Fracture"}, {"No finding"}, {"No finding"}, {"Fracture"}),
        ("Fractures.", set(), {"Fracture"}, set(), {"Fracture"}, set()),
        ("Family history of fracture.", {"Fracture"}, {"Fracture"}, set(), set(), {"Fracture"}),
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
def test_labels_under_each_variant(
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


@given(text=mention_texts)
def test_the_frozen_variant_is_what_is_scored(text: str) -> None:
    features = masks_of(text)
    scored = extract_features(text)
    assert features.frozen == CategoryMasks(scored.labels, scored.recommendations)
    assert set(label_names(features.strict.labels)) == extract_labels_strict(text)
    assert features.plural_aware.labels | features.frozen.labels == features.plural_aware.labels


@given(text=mention_texts)
def test_the_bits_of_the_parts_of_a_report_are_those_of_the_whole(text: str) -> None:
    mentions = read_mentions(text)
    bits = 0
    for mention in mentions:
        bits |= variant_bits([mention])
    assert bits == variant_bits(mentions)
    assert VariantMasks(*(categories_under(variant, bits) for variant in PARSER_VARIANTS)) == variant_masks(mentions)


def test_a_negated_finding_is_no_finding_only_where_no_other_sentence_has_one() -> None:
    negated = variant_bits(read_mentions("No fractures."))
    assert label_names(categories_under("both", negated).labels) == ("No finding",)
    assert label_names(categories_under("negation_aware", negated).labels) == ()  # it does not see the plural
    both = negated | variant_bits(read_mentions("Osteophytes."))
    assert label_names(categories_under("both", both).labels) == ("Osteophytes",)


def test_many_reports_are_read_as_each_alone() -> None:
    bits = [variant_bits(read_mentions(text)) for text in ("No fracture.", "", "Osteophytes. Consider MRI.")]
    for variant in PARSER_VARIANTS:
        alone = [categories_under(variant, each) for each in bits]
        together = categories_of_reports(variant, bits)
        assert together.diagnostic == [each.labels for each in alone]
        assert together.recommendation == [each.recommendations for each in alone]
