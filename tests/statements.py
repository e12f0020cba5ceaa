"""Phrases that once stood on pages and in documents and are false, and what is true instead."""

from typing import Final

_NOT_THE_EFFECT: Final = "the excess is the symmetric form plus half of what the edit adds to the variation: it is not what comes from the edit"
_NOT_BEST: Final = "less change is not better: ranks are by the least change, or the most consistency"
_FALSE: Final = {
    "come from the edit": _NOT_THE_EFFECT,
    "what the edited image adds": _NOT_THE_EFFECT,
    "remains after subtracting": _NOT_THE_EFFECT,
    "what remains is due": _NOT_THE_EFFECT,
    "points remain": _NOT_THE_EFFECT,
    "variation explains": _NOT_THE_EFFECT,
    "change rate is run-to-run variation": _NOT_THE_EFFECT,
    "alone would give": "below 0, original and edit differ less often than two reports on the original",
    "may have changed nothing": "where the interval includes 0, no excess is shown",
    "cannot be told apart from run-to-run variation": "where the interval includes 0, no excess is shown",
    "another draw": "the method of an interval covers the true value in 95 of 100 samples",
    "it can be compared between models": "the largest symmetric form depends on how much a model varies",
    "separated from the best": _NOT_BEST,
    "separated from best": _NOT_BEST,
    "may be best": _NOT_BEST,
    "est is best": _NOT_BEST,
}
"""Phrases that must not be printed, and why."""


def said_falsely(text: str) -> list[str]:
    """The false phrases in a text."""
    plain = " ".join(text.lower().split())
    return [phrase for phrase in _FALSE if phrase in plain]
