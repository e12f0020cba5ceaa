"""The share of a report's findings that nobody saw in its source."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.unmatched_predictions import MISSPELT, MISSPELT_AS, unmatched_units, without_misspelt
from spinefairbench.statistics.exact import UNITS

MASKS = st.integers(0, (1 << len(DIAGNOSTIC_CATEGORIES)) - 1)


def mask(*names: str) -> int:
    return sum(1 << DIAGNOSTIC_CATEGORIES.index(name) for name in names)


def test_shares_by_hand() -> None:
    truth = mask("Fracture", "Osteophytes")
    assert unmatched_units(mask("Fracture"), truth) == 0
    assert unmatched_units(mask("Fracture", "Other lesions", "Disc calcification"), truth) == 2 * UNITS // 3
    assert unmatched_units(mask("Other lesions"), truth) == UNITS
    assert unmatched_units(0, truth) == 0


def test_no_finding_is_no_prediction_and_no_truth() -> None:
    assert unmatched_units(mask("No finding"), 0) == 0
    assert unmatched_units(mask("No finding", "Fracture"), mask("No finding")) == UNITS


def test_as_published_a_correct_spondylolisthesis_never_matches() -> None:
    truth = mask(MISSPELT, "Fracture")
    labels = mask(MISSPELT, "Fracture")
    assert unmatched_units(labels, truth) == 0
    assert unmatched_units(labels, without_misspelt(truth)) == UNITS // 2
    assert (DIAGNOSTIC_CATEGORIES.index(MISSPELT), MISSPELT_AS) == (3, "Spondylolysthesis")


@given(MASKS, MASKS)
def test_it_is_the_recipe_with_sets_of_names(labels: int, truth: int) -> None:
    def names(bits: int, spelling: str) -> set[str]:
        found = {name for place, name in enumerate(DIAGNOSTIC_CATEGORIES) if bits >> place & 1}
        return {spelling if name == MISSPELT else name for name in found} - {"No finding"}

    predicted = names(labels, MISSPELT)
    for spelling, matched in ((MISSPELT, truth), (MISSPELT_AS, without_misspelt(truth))):
        unmatched = len(predicted - names(truth, spelling))
        expected = Fraction(unmatched, len(predicted)) if predicted else 0
        assert Fraction(unmatched_units(labels, matched), UNITS) == expected
