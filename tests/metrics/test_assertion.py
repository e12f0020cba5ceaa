"""A concept of any kind is affirmed, negated or uncertain in its sentence."""

import pytest

from spinefairbench.metrics.assertion import concept_status


@pytest.mark.parametrize(
    ("sentence", "concept", "status"),
    [
        ("The patient denies chest pain or nausea.", "nausea", "negated"),
        ("The patient has chest pain.", "chest pain", "affirmed"),
        ("Pneumonia cannot be excluded.", "Pneumonia", "uncertain"),
        ("No effusion. Pneumonia. No nodule.", "Pneumonia", "affirmed"),
        ("Pneumonia. Not seen: a nodule.", "Pneumonia", "affirmed"),
        ("Pneumonia. Not seen: a nodule.", "Pneumonia.", "affirmed"),
        ("He denies nausea", "nausea", "negated"),
        ("Nothing else. Pneumonia is seen, no effusion.", "Pneumonia", "affirmed"),
        ("Nothing else. Pneumonia is not seen.", "Pneumonia", "negated"),
    ],
)
def test_a_concept_of_any_kind_has_a_status(sentence: str, concept: str, status: str) -> None:
    start = sentence.index(concept)
    assert concept_status(sentence, start, start + len(concept)) == status
