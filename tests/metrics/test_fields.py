"""Labels and questions are answered by what follows them."""

import pytest

from spinefairbench.metrics import phrase_kinds as kind_of
from spinefairbench.metrics.fields import PhraseSpan, answer_to_label, is_whole_answer


@pytest.mark.parametrize(
    ("words", "separator", "kind", "end"),
    [
        ("fracture : none", 1, kind_of.NEGATES, 3),
        ("fracture : there is none seen", 1, kind_of.NEGATES, 6),
        ("fracture : n / a", 1, kind_of.NEGATES, 5),
        ("| fracture | - |", 2, kind_of.NEGATES, 4),
        ("| fracture | - 2 |", 2, None, 0),
        ("fracture ( absent )", 1, kind_of.NEGATES, 3),
        ("fracture ( no dislocation )", 1, None, 0),
        ("fracture ( not seen here )", 1, kind_of.NEGATES, 4),
        ("fracture ( not seen x )", 1, kind_of.NEGATES, 4),
        ("fracture ( + )", 1, kind_of.AFFIRMS, 3),
        ("fracture : possible", 1, kind_of.UNCERTAIN, 3),
        ("fracture : cannot be excluded", 1, kind_of.UNCERTAIN, 5),
        ("fracture ? i do not see one", 1, kind_of.NEGATES, 5),
        ("fracture : i do not see one", 1, None, 0),
        ("fracture : l1", 1, None, 0),
        ("hardware : no sign of loosening", 1, None, 0),
        ("hardware : without loosening", 1, None, 0),
        ("hardware : without fracture", 1, None, 0),
        ("fracture : unknown", 1, kind_of.UNCERTAIN, 3),
        ("fracture : unknown significance", 1, None, 0),
        ("fracture : the the the the the the none", 1, kind_of.NEGATES, 9),
        ("fracture : the the the the the the the none", 1, None, 0),
        ("fracture :", 1, None, 0),
    ],
)
def test_what_follows_a_sign_answers_it(words: str, separator: int, kind: int | None, end: int) -> None:
    expected = PhraseSpan(kind, separator, end) if kind else None
    assert answer_to_label(words.split(), separator) == expected


def test_an_answer_is_whole_where_its_clause_or_field_ends() -> None:
    assert [is_whole_answer(["no", ",", "none"], end) for end in (1, 2, 3)] == [True, False, True]
