"""Texts in drawings that must fit: how wide they are, about, and what is left of one that is too wide."""

import unicodedata
from collections.abc import Iterable
from typing import Final

__all__ = ["fitted", "more_room", "text_width", "wrapped"]

# The mean width of a character, as a share of the size of the letters: enough for a sans-serif text with figures.
_CHARACTER: Final = 0.56
_MOST_MORE: Final = 150


def text_width(words: str, size: float = 12) -> float:
    """About how wide a text is; wide characters, such as those of Chinese, count twice."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in words)
    return (len(words) + wide) * _CHARACTER * size


def fitted(words: str, width: float, size: float = 12) -> str:
    """The text, cut where it would be wider than that."""
    if text_width(words, size) <= width:
        return words
    kept = words[: max(int(width / (_CHARACTER * size)) - 1, 1)]
    while len(kept) > 1 and text_width(kept + "\u2026", size) > width:
        kept = kept[:-1]
    return kept + "\u2026"


def wrapped(words: str, width: float, size: float = 12) -> list[str]:
    """The text in lines that are no wider than that, where no single word is."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def more_room(names: Iterable[str], width: int, size: float = 12) -> int:
    """How much wider than that the column of these names must be, within reason."""
    longest = max((text_width(each, size) for each in names), default=0.0)
    return min(max(int(longest - width) + 1, 0), _MOST_MORE)
