"""The phrases that decide are all looked for."""

from spinefairbench.metrics.phrase_kinds import ENDS, PHRASES, TELLTALE_WORDS


def test_every_phrase_that_decides_has_a_telltale_word() -> None:
    for words, kinds in PHRASES._kinds.items():
        assert kinds == ENDS or not TELLTALE_WORDS.isdisjoint(words)
