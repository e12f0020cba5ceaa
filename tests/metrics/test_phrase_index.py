"""Phrases are found with their modifiers, the longest first."""

import pytest

from spinefairbench.metrics.phrase_index import PhraseIndex


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("not seen", (2, 1)),
        ("not clearly seen", (3, 1)),
        ("not beautifully seen", (3, 1)),
        ("not likely seen", (1, 2)),
        ("not any clearly evident seen", (5, 1)),
        ("not any clearly very evident seen", (1, 2)),
        ("not clearly clearly clearly seen", (5, 1)),
        ("not clearly clearly clearly clearly seen", (1, 2)),
        ("not evident", (2, 4)),
        ("not", (1, 2)),
        ("seen", (0, 0)),
    ],
)
def test_the_longest_phrase_is_found_with_its_modifiers(words: str, found: tuple[int, int]) -> None:
    index = PhraseIndex((("not ~ seen",), 1), (("not",), 2), (("not ~ evident",), 4), modifiers={"any", "evident"})
    assert index.longest(words.split(), 0) == found


def test_an_index_may_have_modifiers_of_its_own() -> None:
    index = PhraseIndex((("is ~ step",), 1), modifiers={"the", "next"}, most_modifiers=2)
    assert index.longest(["is", "the", "next", "step"], 0) == (4, 1)
    assert index.longest(["is", "the", "next", "next", "step"], 0) == (0, 0)


def test_the_kinds_of_a_phrase_are_those_of_all_its_lists() -> None:
    index = PhraseIndex((("no longer", "no"), 1), (("no longer",), 2), (("but",), 4))
    assert index.longest(["no", "longer"], 0) == (2, 3)
    assert index.occurs_in(["seen", "but"])
    assert not index.occurs_in(["seen"])
    assert index.first_words == {"no", "but"}


def test_the_beginning_of_a_phrase_is_none() -> None:
    index = PhraseIndex((("may be seen",), 1))
    assert index.longest(["it", "may", "be"], 1) == (1, 0)
    assert index.longest(["it", "may", "be", "seen"], 1) == (4, 1)


def test_the_word_of_most_phrases_tells_of_them() -> None:
    assert PhraseIndex((("be seen", "be found"), 1)).telltale_words(except_kind=0) == {"be"}
    assert PhraseIndex((("be seen", "be found"), 1)).telltale_words(except_kind=0, common={"be"}) == {"seen", "found"}


def test_telltale_words_are_few_and_not_common() -> None:
    index = PhraseIndex((("no longer", "no", "may be seen", "may go", "is so"), 1), (("but",), 4))
    assert index.telltale_words(except_kind=4, common={"be", "is"}) == {"no", "may", "so"}
