"""The values of the secondary endpoints, pair by pair."""

import pytest

from spinefairbench.analysis.secondary_values import (
    HEDGING,
    SEVERITY,
    UNMATCHED,
    PairedValues,
    model_values,
    most_hedging,
)
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.exact import UNITS
from tests.analysis.pairs import model, read_pair, source

TEXTS = {
    "buu_1__elderly_female": ("Mild fracture, possibly old.", "Severe fracture. Disc calcification may be likely."),
    "vindr_1__young_male": ("Spondylolisthesis and a fracture.", "Spondylolisthesis."),
    "vindr_1__young_female": ("I'm unable to help.", "Fracture."),
}
FRACTURE, SPONDYLOLISTHESIS, NO_FINDING = 12, 3, 7
LABELS = {"buu_1": frozenset[int](), "vindr_1": frozenset({SPONDYLOLISTHESIS, NO_FINDING})}


MODEL = ModelReports("m", tuple(read_pair(pair_id, *both) for pair_id, both in TEXTS.items()))


def test_values_by_hand() -> None:
    found = model_values(MODEL, LABELS)
    assert found.by_endpoint[SEVERITY].differences == [1 - 3, 0]
    assert found.by_endpoint[HEDGING].differences == [1 - 2, 0]
    unmatched = found.by_endpoint[UNMATCHED]
    # Nobody looked at the first source. In the second, as published, Spondylolisthesis matches nothing.
    assert unmatched.of_source == [UNITS, UNITS]
    assert unmatched.of_edited == [UNITS, UNITS]
    assert found.corrected.of_source == [UNITS, UNITS // 2]
    assert found.corrected.of_edited == [UNITS, 0]
    assert found.corrected.labelled_only().differences == [UNITS // 2]
    totals = found.corrected.absolute.totals
    assert totals is not None
    assert totals.estimate == 0.25


def test_a_source_whose_labels_are_faulty_is_left_out_of_the_unmatched_predictions_alone() -> None:
    found = model_values(MODEL, {"buu_1": LABELS["buu_1"]})
    assert [len(values.source_ids) for values in found.by_endpoint.values()] == [2, 2, 1]
    assert found.corrected.labelled_only().absolute.totals is None


def test_reports_whose_texts_were_not_read() -> None:
    with pytest.raises(ValueError, match="were not read"):
        model_values(model("m", source("a", ("Fracture", "Fracture"))), {})


def test_differences_of_floats_are_those_of_the_published_method() -> None:
    values = PairedValues(["a", "b"], [UNITS // 3, UNITS], [0, 2 * UNITS // 3], UNITS)
    assert values.differences == [UNITS // 3, UNITS // 3]
    assert values.published_differences == [1 / 3, 1 - 2 / 3]


def test_the_range_of_a_hedging_difference_grows_with_what_occurs() -> None:
    assert most_hedging([]) == most_hedging([(0, 3)]) == most_hedging([(16, 0)])
    assert most_hedging([(2, 40), (1, 1)]) == 38
