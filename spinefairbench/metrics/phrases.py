"""Phrases of the word lists found in a sentence, and the kinds of phrase that decide how a mention is meant."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Sequence
from typing import Final

from spinefairbench.metrics import lexicon
from spinefairbench.metrics.word_lists import word_set

__all__ = [
    "ABSENT",
    "AFFIRMS",
    "AFFIRMS_BACK",
    "CONDITION",
    "DEFINES_BACK",
    "DISPUTES",
    "DOUBTS",
    "ENDS",
    "GENERAL",
    "GENERAL_BACK",
    "HEDGES",
    "LOSES",
    "NEGATES",
    "NEGATES_BACK",
    "PASSED",
    "PHRASES",
    "TELLTALE_WORDS",
    "UNCERTAIN",
    "UNCERTAIN_BACK",
    "PhraseIndex",
]

# --- an index of phrases ---------------------------------------------------------------------------------------

_ANY_MODIFIERS: Final = "~"


class _Node:
    """The beginning of some phrases: what may follow it, and the kinds of the phrase that ends here, if one does."""

    __slots__ = ("following", "kinds")

    def __init__(self) -> None:
        self.kinds = 0
        self.following: dict[str, _Node] = {}


class PhraseIndex:
    """Finds the longest phrase of several lists at a place in a sentence.

    Each list comes with a bit, its kind. The kinds of a phrase are the bits of all the lists that it stands in. `~` in
    a phrase stands for up to `most_modifiers` of the `modifiers` or adverbs in -ly.
    """

    def __init__(
        self,
        *lists: tuple[Iterable[str], int],
        modifiers: Container[str] = lexicon.MODIFIERS,
        most_modifiers: int = 3,
    ) -> None:
        self._modifiers = modifiers
        self._most_modifiers = most_modifiers
        self._kinds: dict[tuple[str, ...], int] = {}
        for phrases, kind in lists:
            for phrase in phrases:
                words = tuple(phrase.split())
                self._kinds[words] = self._kinds.get(words, 0) | kind
        self._root = _Node()
        for words, kinds in self._kinds.items():
            node = self._root
            for word in words:
                node = node.following.setdefault(word, _Node())
            node.kinds = kinds
        self.first_words: frozenset[str] = frozenset(self._root.following)
        """The words that some phrase starts with."""

    def longest(self, words: Sequence[str], index: int) -> tuple[int, int]:
        """The end of the longest phrase that starts at `index`, and its kinds; (index, 0) if there is none."""
        node = self._root.following.get(words[index])
        if node is None:
            return index, 0
        end, kinds = self._longest(words, index + 1, node)
        return (end, kinds) if kinds else (index, 0)

    def _longest(self, words: Sequence[str], index: int, node: _Node) -> tuple[int, int]:
        """Where the longest phrase that continues at `index` ends, and its kinds; (0, 0) if none is complete."""
        end, kinds = 0, 0
        while True:
            if node.kinds:
                end, kinds = index, node.kinds
            after_modifiers = node.following.get(_ANY_MODIFIERS)
            if after_modifiers is not None:
                # A modifier may itself be the word wanted next ("not evident"), so each number of them is tried.
                place, skipped = index, 0
                while True:
                    further_end, further_kinds = self._longest(words, place, after_modifiers)
                    if further_end > end:
                        end, kinds = further_end, further_kinds
                    if skipped == self._most_modifiers or place == len(words) or not self._modifies(words[place]):
                        break
                    place, skipped = place + 1, skipped + 1
            following = node.following.get(words[index]) if index < len(words) else None
            if following is None:
                return end, kinds
            node, index = following, index + 1

    def _modifies(self, word: str) -> bool:
        return word in self._modifiers or (word.endswith("ly") and word not in lexicon.NOT_ADVERBS)

    def occurs_in(self, words: Sequence[str]) -> bool:
        """Whether any phrase stands anywhere in the words."""
        return any(self.longest(words, index)[1] for index in range(len(words)))

    def telltale_words(self, *, except_kind: int, common: Collection[str] = ()) -> frozenset[str]:
        """Some word of each phrase that is of more than `except_kind`: without any, no such phrase occurs.

        They are few, and none of the `common` words, which tell little, unless a phrase has no other.
        """
        phrases = [words for words, kinds in self._kinds.items() if kinds != except_kind]
        phrases_with = Counter(word for words in phrases for word in set(words))
        telling: set[str] = set()
        for words in sorted(phrases, key=len):
            if telling.isdisjoint(words):
                telling.add(max(words, key=lambda word: (word not in common, phrases_with[word], len(word))))
        return frozenset(telling)


# --- the phrases that decide -----------------------------------------------------------------------------------

# Kinds of phrase. Those that decide on what precedes are _BACK.
NEGATES: Final = 1
NEGATES_BACK: Final = 2
AFFIRMS: Final = 4
AFFIRMS_BACK: Final = 8
UNCERTAIN: Final = 16
UNCERTAIN_BACK: Final = 32
HEDGES: Final = 64
CONDITION: Final = 128
DOUBTS: Final = 256
LOSES: Final = 512
GENERAL: Final = 1024
GENERAL_BACK: Final = 2048
DEFINES_BACK: Final = 4096
ABSENT: Final = 8192
PASSED: Final = 16384
ENDS: Final = 32768
DISPUTES: Final = 65536

PHRASES: Final = PhraseIndex(
    (lexicon.NEGATORS, NEGATES),
    (lexicon.NEGATORS_AFTER, NEGATES_BACK),
    (lexicon.ABSENCE, NEGATES | ABSENT),
    (lexicon.AFFIRMING_PHRASES, AFFIRMS),
    (lexicon.AFFIRMING_AFTER, AFFIRMS_BACK),
    (lexicon.UNCERTAIN_BEFORE, UNCERTAIN),
    (lexicon.UNCERTAIN_AFTER, UNCERTAIN_BACK),
    (lexicon.HEDGES, HEDGES),
    (lexicon.CONDITIONS, CONDITION),
    (lexicon.DOUBTS, DOUBTS),
    (lexicon.DISPUTES, DISPUTES),
    (lexicon.LOSS_OF_NORMAL, LOSES),
    (lexicon.GENERAL_BEFORE, GENERAL),
    (lexicon.GENERAL_AFTER, GENERAL_BACK),
    (lexicon.DEFINING_AFTER, DEFINES_BACK),
    (lexicon.PASSED_OVER, PASSED),
    (lexicon.TERMINATORS, ENDS),
)
"""Every phrase that decides how a mention is meant, or that ends the reach of one."""

_COMMON_WORDS: Final = lexicon.AUXILIARIES | word_set(
    "~ - / ) ] a an the of in to for with at on it as out than also this from"
)
TELLTALE_WORDS: Final = (
    PHRASES.telltale_words(except_kind=ENDS, common=_COMMON_WORDS)
    | lexicon.DEFINING_NOUNS
    | {"|", *(word for word in lexicon.WHOLE_ANSWERS if word.isalnum())}
)
"""A sentence without any of these has no phrase that decides anything, and most sentences have none."""
