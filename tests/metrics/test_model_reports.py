"""The outcomes of a few pairs, worked out by hand."""

from fractions import Fraction

from spinefairbench.metrics.model_reports import ModelReports
from tests.analysis.worked_pairs import PAIRS


def test_outcomes_by_hand() -> None:
    outcome = ModelReports("m", PAIRS)
    assert (len(outcome.usable), outcome.full_refusal_pairs, outcome.source_full_refusals) == (3, 1, 1)
    assert outcome.means.recommendation == 2 / 3
    assert outcome.means.diagnostic == float(Fraction(5, 6))
    assert outcome.both_empty_pairs == 2
