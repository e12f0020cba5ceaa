"""What a variant of the parser reads of pairs."""

import pickle

import pytest

from spinefairbench.analysis.variant_reading import VariantReading
from spinefairbench.metrics.features import ReportFeatures, label_names
from spinefairbench.metrics.model_reports import ModelReports
from tests.analysis.collected import collected
from tests.analysis.pairs import model, repeats

REFUSAL = "I'm unable to analyze this image."


def _labels(report: ReportFeatures) -> tuple[str, ...]:
    return label_names(report.labels)


def test_a_variant_reads_other_categories_of_the_same_pairs() -> None:
    reports, collector = collected([("No fracture.", "A fracture."), ("Osteophytes.", REFUSAL)])
    reading = VariantReading.of(reports, collector)
    frozen = reading.frozen()
    assert frozen == model("m", reports.pairs)
    both = reading.under("both", frozen)
    assert [[_labels(pair.source), _labels(pair.counterfactual)] for pair in both.pairs] == [
        [("No finding",), ("Fracture",)],
        [("Osteophytes",), ()],
    ]
    # What is read the same is the same object, and classes stay, so a refusal is one under each variant.
    assert both.pairs[1] is frozen.pairs[1] and both.pairs[0] is not frozen.pairs[0]
    assert [pair.outcome.usable for pair in both.pairs] == [True, False]


def test_repeats_are_left_out_and_a_copy_reads_the_same() -> None:
    reports, collector = collected([("No fracture.", "A fracture.")])
    repeated = ModelReports("m", reports.pairs, (repeats(reports.pairs[0].pair_id, "source", "surgery"),))
    reading = VariantReading.of(repeated, collector)
    assert reading.frozen().repeats == ()
    copy = pickle.loads(pickle.dumps(reading))
    assert copy.under("both", copy.frozen()) == reading.under("both", reading.frozen())


def test_a_pair_that_was_not_taken_in_is_an_error() -> None:
    reports, _ = collected([("No fracture.", "A fracture.")])
    _, other = collected([])
    with pytest.raises(KeyError):
        VariantReading.of(reports, other)
