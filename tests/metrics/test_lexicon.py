"""The word lists of the parser audit, and how their phrases are found."""

import pytest

from spinefairbench.metrics import lexicon
from spinefairbench.metrics.lexicon import OTHER_NUMBER_TERMS, PhraseIndex, rules_sha256
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("not seen", (2, 1)),
        ("not clearly seen", (3, 1)),
        ("not any clearly evident seen", (5, 1)),
        ("not any clearly very evident seen", (1, 2)),
        ("not evident", (2, 4)),
        ("not", (1, 2)),
        ("seen", (0, 0)),
    ],
)
def test_the_longest_phrase_is_found_with_its_modifiers(words: str, found: tuple[int, int]) -> None:
    index = PhraseIndex((("not ~ seen",), 1), (("not",), 2), (("not ~ evident",), 4))
    assert index.longest(words.split(), 0) == found


def test_the_kinds_of_a_phrase_are_those_of_all_its_lists() -> None:
    index = PhraseIndex((("no longer", "no"), 1), (("no longer",), 2), (("but",), 4))
    assert index.longest(["no", "longer"], 0) == (2, 3)
    assert index.occurs_in(["seen", "but"])
    assert not index.occurs_in(["seen"])
    assert index.telltale_words(except_kind=4) == {"no", "longer"}


def test_terms_of_the_other_number_are_not_frozen_terms_already() -> None:
    frozen = {**DIAGNOSTIC_TERMS, **RECOMMENDATION_TERMS}
    assert set(OTHER_NUMBER_TERMS) == set(frozen)
    for category, terms in OTHER_NUMBER_TERMS.items():
        assert not set(terms) & set(frozen[category])


def test_rules_have_a_hash_that_changes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_sha256()
    monkeypatch.setattr(lexicon, "NEGATORS", (*lexicon.NEGATORS, "hardly"))
    assert rules_sha256() != before


def test_every_phrase_is_written_in_lower_case_words() -> None:
    for name in lexicon.__all__:
        value = getattr(lexicon, name)
        if isinstance(value, tuple | frozenset):
            for phrase in value:
                assert phrase == " ".join(phrase.lower().split())
