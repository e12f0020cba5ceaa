"""How the word lists of the parser audit are written."""

import re
from itertools import product
from typing import Final

__all__ = ["phrase_list", "word_set"]

_ALTERNATIVES: Final = re.compile(r"\{([^{}]*)\}")


def phrase_list(text: str) -> tuple[str, ...]:
    """The phrases of a list separated by commas, each once; `{a|b}` stands for either, `{|b}` for b or nothing."""
    return tuple(dict.fromkeys(phrase for item in text.split(",") if item.strip() for phrase in _expanded(item)))


def _expanded(item: str) -> list[str]:
    parts = [part.split("|") if place % 2 else [part] for place, part in enumerate(_ALTERNATIVES.split(item))]
    return [" ".join("".join(choice).split()) for choice in product(*parts)]


def word_set(text: str) -> frozenset[str]:
    """The words of a list separated by white space."""
    return frozenset(text.split())
