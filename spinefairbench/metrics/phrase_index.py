"""Phrases of the word lists, found in a sentence."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Sequence
from typing import Final

from spinefairbench.metrics import lexicon

__all__ = ["PhraseIndex"]

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
        if (
            not node.kinds
            and _ANY_MODIFIERS not in node.following
            and (index + 1 == len(words) or words[index + 1] not in node.following)
        ):
            return index, 0  # nearly always
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
