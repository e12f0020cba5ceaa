"""Severity and hedging from one pass over a text."""

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics.confidence import count_hedging_instances
from spinefairbench.metrics.registry import HEDGING_TERMS, SEVERITY_TERMS
from spinefairbench.metrics.report_language import read_language
from spinefairbench.metrics.report_terms import HIGHEST_SEVERITY
from spinefairbench.metrics.severity_language import extract_severity_score

TERMS = [term for registry in (SEVERITY_TERMS, HEDGING_TERMS) for terms in registry.values() for term in terms]
PIECES = st.sampled_from([*TERMS, "İ", "é", "moderat", "s", " ", "-", "_", ". ", "\n"])


def test_the_highest_level_and_every_hedging_term() -> None:
    assert read_language("No fracture.") == (0, 0)
    assert read_language("Mild to severe narrowing; it may suggest a lesion, possibly old. May be old.") == (3, 4)
    assert read_language("Extensive changes.") == (HIGHEST_SEVERITY, 0)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_it_is_what_the_two_frozen_functions_find(text: str) -> None:
    assert read_language(text) == (extract_severity_score(text), count_hedging_instances(text))
