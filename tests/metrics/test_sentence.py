"""What is in force at each word of a sentence, where that ends, and what decides on the words before a phrase."""

import pytest

from spinefairbench.metrics import phrase_kinds as kind_of
from spinefairbench.metrics.sentence import Sentence, Trigger


@pytest.mark.parametrize(
    ("sentence", "plain"),
    [("a fracture of l1", True), ("no fracture", False), ("fracture risk", False), ("fracture: of l1", True)],
)
def test_a_sentence_in_which_nothing_decides_is_plain(sentence: str, plain: bool) -> None:
    assert Sentence(sentence).is_plain is plain


def test_a_plain_sentence_that_is_looked_through_is_plain_no_more() -> None:
    sentence = Sentence("fracture: of l1")
    assert bytes(sentence.ends_scope) == bytes(4)
    sentence.scan()
    assert sentence.is_plain is False
    assert bytes(sentence.ends_scope) == bytes([0, 1, 0, 0])


@pytest.mark.parametrize(
    ("sentence", "negates"),
    [
        ("no fracture, possible lesion", True),
        ("possible lesion", False),
        ("possible lesion, no fracture", True),
        ("fracture not seen", False),
    ],
)
def test_a_sentence_negates_where_any_phrase_negates_what_follows(sentence: str, negates: bool) -> None:
    assert Sentence(sentence).negates is negates


def test_a_phrase_is_in_force_from_its_second_word_on_and_where_no_other_begins() -> None:
    sentence = Sentence("resolution of fracture")
    assert sentence.scope_before(0) is None
    assert [scope and (scope.kind, scope.first, scope.end) for scope in map(sentence.scope_before, (1, 2))] == [
        (kind_of.NEGATES, 0, 2)
    ] * 2
    assert Sentence("not without fracture").scope_before(1) is None


@pytest.mark.parametrize(
    ("sentence", "ends"),
    [
        ("no lesion | fracture", [2]),
        ("no lesion = fracture", [2]),
        ("no lesion .. fracture", [2]),
        ("no lesion - fracture", [2]),
        ("no lesion-fracture", []),
        ("no lesion: fracture", [2]),
        ("no following: fracture", []),
        (": no fracture", []),
        ("no lesion but fracture", [2]),
    ],
)
def test_the_reach_of_all_phrases_ends_at_a_sign_or_a_turn(sentence: str, ends: list[int]) -> None:
    assert [place for place, end in enumerate(Sentence(sentence).ends_scope) if end] == ends


def test_a_turn_within_what_is_doubted_ends_nothing() -> None:
    assert not any(Sentence("cannot say but fracture").ends_scope)
    assert Sentence("cannot say, but fracture").ends_scope[3]


def test_a_definition_holds_although_another_phrase_follows_far_off() -> None:
    sentence = Sentence("fractures refer to breaks " + "word " * 12 + "not seen")
    found = sentence.decided_after(0, 0, alone=False)
    assert found is not None and (found.kind, found.first) == (kind_of.DEFINES_BACK, 1)


def test_a_word_that_stands_alone_is_decided_across_no_conjunction() -> None:
    sentence = Sentence("normal and lesion absent")
    assert sentence.decided_after(0, 0, alone=True) is None
    found = sentence.decided_after(0, 0, alone=False)
    assert found is not None and found.kind == kind_of.NEGATES


def test_a_trigger_is_its_words_with_single_spaces_at_its_place() -> None:
    sentence = Sentence("there is no   evidence of fracture")
    assert sentence.trigger(2, 4) == Trigger("no evidence", 9, 22)
    assert sentence.trigger(2, 4) is sentence.trigger(2, 4)
    assert sentence.trigger(2, 4).moved(3) == Trigger("no evidence", 12, 25)


def test_an_item_of_a_list_is_apart_unless_or_joins_it() -> None:
    sentence = Sentence("no mri, surgery")
    assert sentence.is_separate_item(3, sentence.trigger(0, 1))
    assert not sentence.is_separate_item(1, sentence.trigger(0, 1))
    joined = Sentence("no mri, surgery or rest")
    assert not joined.is_separate_item(3, joined.trigger(0, 1))
