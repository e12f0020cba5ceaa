"""What is remembered, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics import remembering
from spinefairbench.metrics.remembering import RememberedSentences, RememberedTexts, remembered


def test_texts_are_remembered_with_the_other_arguments_unless_they_are_long() -> None:
    calls = []

    @remembered(most=2, longest=3)
    def twice(text: str, flag: bool) -> str:
        calls.append((text, flag))
        return text * 2

    for _ in range(2):
        for text in ("abc", "abcd"):
            assert twice(text, True) == text * 2
    assert calls == [("abc", True), ("abcd", True), ("abcd", True)]
    twice("abc", False)
    twice("x", False)
    twice("abc", True)
    assert calls[3:] == [("abc", False), ("x", False), ("abc", True)]


def test_what_is_remembered_can_be_forgotten() -> None:
    calls = []

    @remembered(most=2, longest=3)
    def length(text: str) -> int:
        """How long it is."""
        calls.append(text)
        return len(text)

    assert (length.__name__, length.__doc__) == ("length", "How long it is.")
    assert length("abc") == length("abc") == 3
    vars(length)["cache_clear"]()
    assert length("abc") == 3
    assert calls == ["abc", "abc"]


def test_texts_are_looked_up_and_all_forgotten_when_there_are_too_many() -> None:
    calls = []

    def length(text: str) -> int:
        calls.append(text)
        return len(text)

    lengths = RememberedTexts(length, most=2, longest=3)
    assert [lengths[text] for text in ("a", "bb", "a", "long", "long", "ccc", "a")] == [1, 2, 1, 4, 4, 3, 1]
    assert calls == ["a", "bb", "long", "long", "ccc", "a"]
    assert set(lengths) == {"ccc", "a"}


# --- sentences -------------------------------------------------------------------------------------------------


def test_a_sentence_is_read_by_itself_when_it_comes_again() -> None:
    calls = []

    def length(sentences: str) -> int:
        calls.append(sentences)
        return len(sentences.replace("\n", ""))

    read = RememberedSentences(length)
    assert read("one. two\nthree") == [11]
    assert read("one. four") == [3, 4]
    assert read("four. one\none") == [4, 3, 3]
    assert read("five") == [4]
    assert calls == ["one\ntwo\nthree", "one", "four", "four", "five"]


def test_sentences_that_differ_in_their_digits_are_one() -> None:
    calls: list[str] = []

    def counted(sentences: str) -> int:
        calls.append(sentences)
        return len(calls)

    read = RememberedSentences(counted)
    for text in ("L2-L3", "L4-L5", "L9-L9", "L10"):
        read(text)
    assert calls == ["L1-L1", "L1-L1", "L10"]


def test_long_sentences_are_read_each_time_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_MOST_SENTENCES", 3)
    monkeypatch.setattr(remembering, "_LONGEST_SENTENCE", 5)
    calls = []

    def said(sentences: str) -> str:
        calls.append(sentences)
        return sentences

    read = RememberedSentences(said)
    for _ in range(3):
        read("longer")
    assert calls == ["longer"] * 3
    for text in "abcdefg" * 3:
        assert read(text) == [text]
    assert len(read._found) <= 3 and len(read._seen) <= 3


@given(st.lists(st.lists(st.sampled_from(["a", "b", "4", "5", ". ", "\n", "."]), max_size=8).map("".join), max_size=8))
def test_what_adds_up_comes_to_what_the_whole_text_says(texts: list[str]) -> None:
    read = RememberedSentences(lambda sentences: sentences.count("a"))
    for text in texts:
        assert sum(read(text)) == text.count("a")
