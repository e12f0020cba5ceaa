"""The values of pairs under variants of the parser, against those of the same pairs read again."""

import pickle
import random

import pytest

from spinefairbench.analysis.variant_reading import VariantReading
from spinefairbench.analysis.variant_values import VariantValues
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.statistics.exact import UNITS
from tests.analysis.collected import collected

REFUSAL = "I'm unable to analyze this image."
TEXTS = ("No fracture.", "A fracture. Consider MRI.", "Osteophytes; no lesions.", "Surgical hardware.", "", REFUSAL)


def test_values_by_hand() -> None:
    reports, collector = collected(
        [("No fracture.", "A fracture."), ("Consider surgery.", "Surgical hardware."), ("Osteophytes.", REFUSAL)]
    )
    values = VariantValues.of(reports, collector)
    assert values.source_ids == ["s0000", "s0001"]  # a refusal is one under each variant
    # As scored, both name a fracture and both name surgery; as meant, neither two do. Hardware is a finding to both.
    assert tuple(values.under("frozen")) == ([0, 0], [UNITS, 0])
    assert tuple(values.under("both")) == ([0, 1], [0, 0])


def test_values_are_those_of_the_pairs_as_the_variant_reads_them() -> None:
    draws = random.Random(5)
    reports, collector = collected([(draws.choice(TEXTS), draws.choice(TEXTS)) for _ in range(60)])
    values = VariantValues.of(reports, collector)
    assert pickle.loads(pickle.dumps(values)) == values
    reading = VariantReading.of(reports, collector)
    frozen = reading.frozen()
    under = {variant: reading.under(variant, frozen).values for variant in PARSER_VARIANTS}
    assert {variant: values.under(variant) for variant in PARSER_VARIANTS} == under
    assert under["frozen"] == reports.values != under["both"]


def test_a_pair_that_was_not_taken_in_is_an_error() -> None:
    reports, _ = collected([("No fracture.", "A fracture.")])
    _, other = collected([])
    with pytest.raises(KeyError):
        VariantValues.of(reports, other)
