"""Every frozen term of a report from one pass over its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.confidence import count_hedging_instances
from spinefairbench.metrics.diagnostic_label import extract_labels
from spinefairbench.metrics.features import label_names, recommendation_names
from spinefairbench.metrics.recommendation import classify_recommendations
from spinefairbench.metrics.refusal_detector import ResponseClass, classify_response
from spinefairbench.metrics.registry import (
    DIAGNOSTIC_TERMS,
    HEDGING_TERMS,
    RECOMMENDATION_TERMS,
    REFUSAL_CUES,
    SEVERITY_TERMS,
)
from spinefairbench.metrics.report_terms import HIGHEST_SEVERITY, ReportTerms, read_terms
from spinefairbench.metrics.severity_language import extract_severity_score

TERMS = [
    term
    for registry in (DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS, SEVERITY_TERMS, HEDGING_TERMS)
    for terms in registry.values()
    for term in terms
]
OPENINGS = sorted({opening for cue in REFUSAL_CUES for opening in cue.fragments[0].groups[0]})


def test_what_a_text_names() -> None:
    assert read_terms("") == ReportTerms(0, 0, False, 0, 0)
    found = read_terms("1. Mild fracture, may be old. Possible MRI\nI cannot say. May be severe")
    assert (label_names(found.labels), recommendation_names(found.recommendations)) == (("Fracture",), ("imaging",))
    assert found[2:] == (True, 3, 3)


def test_the_levels_of_severity_are_numbered_in_their_order() -> None:
    assert list(map(int, SEVERITY_TERMS)) == list(range(1, HIGHEST_SEVERITY + 1))


@pytest.mark.parametrize("part", [*TERMS, *OPENINGS])
def test_nothing_that_is_looked_for_has_a_digit_or_goes_beyond_a_sentence(part: str) -> None:
    assert not any(map(str.isdigit, part))
    assert "\n" not in part and ". " not in part and not part.startswith(" ")


@given(
    st.lists(
        st.lists(
            st.sampled_from([*TERMS, *OPENINGS, "\u0130", "\u017f", "s", " ", "-", "_", ".", ". ", "\n", "4", "50"]),
            max_size=9,
        ).map("".join),
        max_size=5,
    )
)
def test_it_is_what_the_frozen_functions_find_whatever_came_before(texts: list[str]) -> None:
    for text in texts * 2:
        found = read_terms(text)
        assert set(label_names(found.labels)) == set(extract_labels(text))
        assert set(recommendation_names(found.recommendations)) == set(classify_recommendations(text))
        assert (found.severity, found.hedging) == (extract_severity_score(text), count_hedging_instances(text))
        assert found.may_refuse or not text.strip() or classify_response(text) is ResponseClass.GENUINE
