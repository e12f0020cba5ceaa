"""The frozen parsers give the frozen answers on a list of ordinary, odd and hostile texts."""

import json
from typing import Any

import pytest

from spinefairbench.metrics.confidence import count_hedging_instances
from spinefairbench.metrics.diagnostic_label import extract_labels, extract_labels_strict
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis
from spinefairbench.metrics.recommendation import classify_recommendations
from spinefairbench.metrics.refusal_detector import classify_response, explain_response
from spinefairbench.metrics.severity_language import extract_severity_score
from tests import DATA

REPORTS = DATA / "reports.jsonl"

# A row leaves out what is empty, genuine or zero, and the strict labels where they are the ordinary ones.
ROWS: list[dict[str, Any]] = [json.loads(line) for line in REPORTS.read_text(encoding="utf-8").splitlines()]


def disagreements(name: str, default: Any, parse: Any) -> list[tuple[str, Any, Any]]:
    found = []
    for row in ROWS:
        expected = row.get(name, default)
        value = parse(row["text"])
        if value != expected:
            found.append((row["text"], value, expected))
    return found


def test_the_vectors_hold_every_class_and_odd_letters() -> None:
    assert len(ROWS) > 1000
    assert {row.get("response_class") for row in ROWS} == {None, "partial_refusal", "full_refusal"}
    for letter in "\u0130\u017f\u212a":
        assert any(letter in row["text"] for row in ROWS)


@pytest.mark.parametrize(
    ("name", "default", "parse"),
    [
        ("diagnostic_labels", [], lambda text: sorted(extract_labels(text))),
        ("recommendations", [], lambda text: sorted(classify_recommendations(text))),
        ("response_class", "genuine", lambda text: classify_response(text).value),
        ("severity", 0, extract_severity_score),
        ("hedges", 0, count_hedging_instances),
        ("stage1_primary_diagnosis", None, extract_stage1_primary_diagnosis),
    ],
)
def test_parser_gives_the_frozen_answers(name: str, default: Any, parse: Any) -> None:
    assert disagreements(name, default, parse) == []


def test_strict_labels_give_the_frozen_answers() -> None:
    for row in ROWS:
        expected = row.get("strict_labels", row.get("diagnostic_labels", []))
        assert sorted(extract_labels_strict(row["text"])) == expected, row["text"]


def test_features_are_what_the_single_parsers_say() -> None:
    for row in ROWS:
        text = row["text"]
        features = extract_features(text)
        assert frozenset(label_names(features.labels)) == extract_labels(text)
        assert frozenset(recommendation_names(features.recommendations)) == classify_recommendations(text)
        assert features.response_class is classify_response(text) is explain_response(text).response_class
