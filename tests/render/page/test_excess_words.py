"""What is said of an excess goes by the interval that is judged by."""

from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, RECOMMENDATION_CHANGE
from spinefairbench.render.page.excess_words import excess_words

FOUND = [
    ("above", Estimate(0.3, (0.1, 0.5))),
    ("doubtful", Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources")),
    ("below", Estimate(-0.3, (-0.5, -0.1))),
    ("even", Estimate(0.0, (-0.1, 0.1))),
    ("lone", Estimate(0.3, None, None, "one source")),
    ("none", NO_ESTIMATE),
]


def test_each_model_is_named_with_what_its_interval_shows() -> None:
    assert excess_words(RECOMMENDATION_CHANGE, FOUND) == (
        "Recommendations: original and edit differ more often than two reports on the original for above (interval above "
        "zero); original and edit differ less often than two reports on the original for below (interval below zero); no "
        "excess is shown for doubtful and even (the interval includes zero), which does not show that the edit changed "
        "nothing; no interval can be given for lone."
    )


def test_labels_differ_by_more_and_not_more_often() -> None:
    assert excess_words(DIAGNOSTIC_CONSISTENCY, FOUND[:1]) == (
        "Diagnostic labels: original and edit differ more than two reports on the original for above (interval above zero)."
    )
