"""Word lists are written with alternatives."""

import pytest

from spinefairbench.metrics.word_lists import phrase_list, word_set


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("no, not\n  seen, no", ("no", "not seen")),
        ("{is|are} {|so }{good|bad}", ("is good", "is bad", "is so good", "is so bad", "are good", "are bad", "are so good", "are so bad")),
        ("", ()),
    ],
)  # fmt: skip
def test_alternatives_are_expanded_in_their_order(text: str, phrases: tuple[str, ...]) -> None:
    assert phrase_list(text) == phrases


def test_words_are_a_set() -> None:
    assert word_set(" a b\n a ") == {"a", "b"}
