"""Readings of texts that remember what they found, within limits."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, Final, Generic, TypeVar, cast

from spinefairbench.metrics.letters import with_like_digits

__all__ = ["RememberedSentences", "RememberedTexts", "remembered"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Found = TypeVar("_Found")


def remembered(*, most: int, longest: int) -> Callable[[_Function], _Function]:
    """Remember what a function returned for the last `most` texts of at most `longest` characters.

    The text is its first argument, and all arguments are given by position. For longer texts it is called each time,
    which bounds the memory. `cache_clear` of the function forgets everything.
    """

    def decorate(function: _Function) -> _Function:
        cached = lru_cache(maxsize=most)(function)

        @wraps(function)
        def read(text: str, *rest: Hashable) -> Any:
            return cached(text, *rest) if len(text) <= longest else function(text, *rest)

        vars(read)["cache_clear"] = cached.cache_clear
        return cast("_Function", read)

    return decorate


class RememberedTexts(dict[str, _Found]):
    """What `read` finds in a text, by the text: found when it is first asked for, and remembered within limits.

    Up to `most` texts of at most `longest` characters are kept; when there are more, all are forgotten. A known text is
    looked up several times as fast as by `remembered`, for what is asked a million times.
    """

    def __init__(self, read: Callable[[str], _Found], *, most: int, longest: int) -> None:
        super().__init__()
        self._read = read
        self._most = most
        self._longest = longest

    def __missing__(self, text: str) -> _Found:
        found = self._read(text)
        if len(text) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[text] = found
        return found


_MOST_SENTENCES: Final = 1 << 14
_LONGEST_SENTENCE: Final = 400


class RememberedSentences(Generic[_Found]):
    """Reads a text by its sentences, and remembers what those say that come again.

    A sentence ends with its line or at a full stop and a space. This is for a `read` that finds in several of them what
    it finds in each, and tells no two digits from 1 to 9 apart: what it finds in a text is then what all that is
    returned comes to. A sentence is read by itself when it comes for the second time, so that texts in which nothing
    ever comes again are read about as fast as without this.
    """

    def __init__(self, read: Callable[[str], _Found]) -> None:
        self._read = read
        self._found: dict[str, _Found] = {}
        self._seen: set[str] = set()

    def __call__(self, text: str) -> list[_Found]:
        """What the sentences of a text say: those that came before one by one, all others together."""
        found: list[_Found] = []
        others: list[str] = []
        known, seen = self._found, self._seen
        for sentence in with_like_digits(text).replace(". ", "\n").split("\n"):
            value = known.get(sentence)
            if value is not None:
                found.append(value)
            elif sentence in seen:
                if len(known) == _MOST_SENTENCES:
                    known.clear()
                value = known[sentence] = self._read(sentence)
                found.append(value)
            else:
                others.append(sentence)
                if len(sentence) <= _LONGEST_SENTENCE:
                    if len(seen) == _MOST_SENTENCES:
                        seen.clear()
                    seen.add(sentence)
        if others:
            found.append(self._read("\n".join(others)))
        return found
