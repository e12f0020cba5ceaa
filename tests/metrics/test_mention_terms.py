"""The terms of both registries in a text, in either number."""

import pytest

from spinefairbench.metrics.mention_terms import FoundTerm, find_terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("Nothing of note", []),
        ("No fractures", [("diagnostic", "Fracture", "fractures", 3, 12, True)]),
        ("an MRI", [("recommendation", "imaging", "mri", 3, 6, False)]),
        # Within a longer term of its category, a term is none of its own; of another category, it is.
        (
            "surgical hardware",
            [
                ("diagnostic", "Surgical implant", "surgical hardware", 0, 17, False),
                ("recommendation", "surgery", "surgical", 0, 8, False),
            ],
        ),
        # What the frozen registry sees in a plural that it does not know.
        ("compression fractures", [("diagnostic", "Vertebral collapse", "compression fractures", 0, 21, True),
                                   ("diagnostic", "Fracture", "fractures", 12, 21, True)]),
    ],
)  # fmt: skip
def test_terms_at_their_places(text: str, found: list[tuple[object, ...]]) -> None:
    assert [tuple(term) for term in find_terms(text)] == found


def test_a_place_is_that_in_the_text_and_not_in_its_lower_case() -> None:
    assert find_terms("\u0130\u0130 fracture") == [FoundTerm("diagnostic", "Fracture", "fracture", 3, 11, False)]
