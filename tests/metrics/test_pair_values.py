"""What one pair of reports contributes to the endpoints."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.diagnostic_label import compute_jaccard
from spinefairbench.metrics.features import ReportFeatures, extract_features, label_names
from spinefairbench.metrics.pair_values import jaccard_units, pair_outcome
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.exact import UNITS

masks = st.integers(0, (1 << 13) - 1)
features = st.builds(ReportFeatures, st.sampled_from(ResponseClass), masks, st.integers(0, (1 << 7) - 1))


@given(a=masks, b=masks)
def test_jaccard_in_units_is_the_exact_fraction(a: int, b: int) -> None:
    names_a, names_b = set(label_names(a)), set(label_names(b))
    exact = Fraction(len(names_a & names_b), len(names_a | names_b)) if a or b else Fraction(1)
    assert Fraction(jaccard_units(a, b), UNITS) == exact
    assert jaccard_units(a, b) / UNITS == compute_jaccard(names_a, names_b)


@given(source=features, counterfactual=features)
def test_both_reports_count_alike(source: ReportFeatures, counterfactual: ReportFeatures) -> None:
    assert pair_outcome(source, counterfactual) == pair_outcome(counterfactual, source)


@given(source=features, counterfactual=features)
def test_a_pair_is_usable_unless_a_report_is_a_full_refusal(
    source: ReportFeatures, counterfactual: ReportFeatures
) -> None:
    outcome = pair_outcome(source, counterfactual)
    classes = {source.response_class, counterfactual.response_class}
    assert outcome.usable == (ResponseClass.FULL_REFUSAL not in classes)
    assert outcome.partial_refusal == (outcome.usable and ResponseClass.PARTIAL_REFUSAL in classes)
    assert outcome.recommendation_changed == (source.recommendations != counterfactual.recommendations)
    assert (outcome.recommendation_jaccard == UNITS) == (outcome.recommendation_changed == 0)
    assert outcome.both_empty == (source.labels == 0 == counterfactual.labels)


def test_a_pair_worked_by_hand() -> None:
    source = extract_features("Osteophytes and disc narrowing. Consult for MRI.")
    edited = extract_features("Osteophytes, fracture. Physiotherapy and MRI.")
    outcome = pair_outcome(source, edited)
    assert outcome == (True, False, 1, UNITS // 3, UNITS // 3, False)


def test_two_reports_without_labels_are_consistent_and_counted_as_empty() -> None:
    outcome = pair_outcome(extract_features("Hm."), extract_features("So?"))
    assert outcome == (True, False, 0, UNITS, UNITS, True)
