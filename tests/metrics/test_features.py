"""What is scored of a report, in one pass."""

import pytest

from spinefairbench.metrics import features as features_module
from spinefairbench.metrics.features import ReportFeatures, extract_features, label_names, recommendation_names
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.metrics.report_terms import ReportTerms, read_terms


def test_features_hold_the_class_and_the_categories_as_bits() -> None:
    features = extract_features("Osteophytes and a fracture. Refer for MRI.")
    assert features == ReportFeatures(ResponseClass.GENUINE, 0b1000000000001, 0b0100100)
    assert label_names(features.labels) == ("Osteophytes", "Fracture")
    assert recommendation_names(features.recommendations) == ("imaging", "referral")


def test_long_texts_are_read_like_short_ones() -> None:
    for filler in ("x ", "x", "xy-", "\u00e9 ", "-"):
        text = filler * 40000
        features = ReportFeatures(ResponseClass.GENUINE, 1 << 12, 0)
        assert extract_features(f"fx {text}") == features
        assert extract_features(f"{text} fx") == features
        assert extract_features(f"{text} fx {text}") == features
    # Wherever a long text is cut, a word is not.
    for shift in range(12):
        assert extract_features("a" * shift + " fracture" * 4000).labels == 1 << 12
        assert extract_features("a" * shift + " fractures" * 4000).labels == 0


def test_a_report_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    forget = vars(extract_features)["cache_clear"]
    forget()
    searched = []

    def searching(text: str) -> ReportTerms:
        searched.append(text)
        return read_terms(text)

    monkeypatch.setattr(features_module, "read_terms", searching)
    reports = [f"report {number}" for number in range(600)]
    for _ in range(3):
        for report in reports:
            extract_features(report)
    forget()
    assert searched == reports
