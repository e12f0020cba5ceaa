"""The archival endpoint: the Jaccard of two diagnoses' words."""

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.endpoints import diagnosis_tokens, tokenized_diagnosis_jaccard


def test_the_archival_endpoint() -> None:
    assert diagnosis_tokens("L4-L5 Disc disease, é2x") == {"disc", "disease"}
    assert tokenized_diagnosis_jaccard("disc disease", "Disc narrowing") == 1 / 3
    assert tokenized_diagnosis_jaccard("", "a b") == 1.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_archival_endpoint_is_symmetric_and_in_range(a: str, b: str) -> None:
    assert 0 <= tokenized_diagnosis_jaccard(a, b) == tokenized_diagnosis_jaccard(b, a) <= 1
    assert tokenized_diagnosis_jaccard(a, a) == 1.0
