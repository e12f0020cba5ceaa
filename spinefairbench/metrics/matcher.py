r"""The matcher of all keyword registries.

A term matches where it occurs in `text.lower()` with `\b`, as in regular expressions, on both sides.
"""

from collections.abc import Container, Iterable
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from spinefairbench.metrics.letters import is_bounded, lower_offsets
from spinefairbench.metrics.registry import Registry

__all__ = ["Match", "TermMatcher", "mask_of", "names_of"]


class Match(NamedTuple):
    """One occurrence of a term; `start` and `end` are places in the original text."""

    category: str
    term: str
    start: int
    end: int


def names_of(mask: int, categories: Iterable[str]) -> tuple[str, ...]:
    """The categories of a mask, in their order: bit i stands for the i-th of `categories`."""
    return tuple(name for bit, name in enumerate(categories) if mask >> bit & 1)


def mask_of(names: Container[str], categories: Iterable[str]) -> int:
    """The mask of those `categories` that are among `names`: the inverse of `names_of`."""
    return sum(1 << bit for bit, name in enumerate(categories) if name in names)


class TermMatcher:
    """Finds the terms of a registry in a text, in time linear in the length of the text.

    A term of one word matches exactly where it is one of the words of the text, so splitting the text into words once
    finds all such terms. A term of several words is searched for only if its longest word, usually the rarest, is
    among them.
    """

    def __init__(self, registry: Registry) -> None:
        """Raises ValueError unless each term is lower-case ASCII that starts and ends with a letter or digit."""
        self.category_names: tuple[str, ...] = tuple(registry)
        all_terms = tuple(
            (category, term, 1 << bit) for bit, (category, terms) in enumerate(registry.items()) for term in terms
        )
        self._by_word: dict[str, list[tuple[str, str, int, bool]]] = {}
        for category, term, bit in all_terms:
            if not (term.isascii() and term == term.lower() and term[:1].isalnum() and term[-1:].isalnum()):
                raise ValueError(f"{term!r} is not lower-case ASCII that starts and ends with a letter or digit")
            longest_word = max(term.translate(_SPACES_BETWEEN_WORDS).split(), key=len)
            self._by_word.setdefault(longest_word, []).append((category, term, bit, term == longest_word))
        self._vocabulary = frozenset(self._by_word)

    def mask(self, text: str) -> int:
        """The categories found in `text`: bit i stands for `category_names[i]`."""
        return self.mask_lowered(text.lower())

    def mask_lowered(self, lowered: str) -> int:
        """As `mask`, for a text already in lower case."""
        certain = lowered.isascii()
        mask = 0
        for word in self._words_of_terms(lowered):
            for _, term, bit, is_word in self._by_word[word]:
                if not mask & bit and ((certain and is_word) or _occurs(lowered, term)):
                    mask |= bit
        return mask

    def _words_of_terms(self, lowered: str) -> frozenset[str]:
        """The longest words of terms that may be words of the text; in an ASCII text, those that are."""
        if len(lowered) <= _CUT_AT_ONCE:
            return self._vocabulary.intersection(_words(lowered))
        spaced = _spaced(lowered)
        found: set[str] = set()
        start = 0
        while start < len(spaced):
            end = spaced.find(" ", start + _CUT_AT_ONCE)
            end = end if end >= 0 else len(spaced)
            found |= self._vocabulary.intersection(spaced[start:end].split())
            start = end
        return frozenset(found)

    def categories(self, text: str) -> frozenset[str]:
        """The names of the categories found in `text`."""
        return frozenset(names_of(self.mask(text), self.category_names))

    def count(self, text: str) -> int:
        """The number of occurrences of all terms; overlapping ones are all counted."""
        return sum(self.counts(text).values())

    def counts(self, text: str) -> dict[str, int]:
        """The number of occurrences of the terms of each category, if any may occur; overlapping ones are all counted."""
        lowered = text.lower()
        counts: dict[str, int] = {}
        for word in self._words_of_terms(lowered):
            for category, term, _, _ in self._by_word[word]:
                counts[category] = counts.get(category, 0) + len(_occurrences(lowered, term))
        return counts

    def matches(self, text: str) -> list[Match]:
        """Every occurrence of every term, sorted by start, end and category."""
        lowered = text.lower()
        words = self._words_of_terms(lowered)
        if not words:
            return []
        found = [
            Match(category, term, start, start + len(term))
            for word in words
            for category, term, _, _ in self._by_word[word]
            for start in _occurrences(lowered, term)
        ]
        if found and len(lowered) != len(text):
            origin = lower_offsets(text)
            found = [match._replace(start=origin[match.start], end=origin[match.end - 1] + 1) for match in found]
        found.sort(key=itemgetter(2, 3, 0))
        return found


def _spaced(lowered: str) -> str:
    """The text with spaces for all that no word is made of."""
    # Characters beyond ASCII become question marks. All word boundaries remain, so no term is lost, but new ones
    # appear beside letters beyond ASCII; so terms are then also looked for in the text itself.
    ascii_text = lowered if lowered.isascii() else lowered.encode("ascii", "replace").decode("ascii")
    return ascii_text.translate(_SPACES_BETWEEN_WORDS)


# A report is asked for the terms of one registry after another.
@lru_cache(maxsize=1)
def _words(lowered: str) -> list[str]:
    return _spaced(lowered).split()


def _occurrences(lowered: str, term: str) -> list[int]:
    """Where a term occurs."""
    found = []
    start = lowered.find(term)
    while start >= 0:
        if is_bounded(lowered, start, start + len(term)):
            found.append(start)
        start = lowered.find(term, start + 1)
    return found


def _occurs(lowered: str, term: str) -> bool:
    start = lowered.find(term)
    while start >= 0:
        if is_bounded(lowered, start, start + len(term)):
            return True
        start = lowered.find(term, start + 1)
    return False


_SPACES_BETWEEN_WORDS = {code: chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(128)}

# The words of a long text are taken in parts of this many characters, to bound the memory.
_CUT_AT_ONCE = 1 << 14
