"""Answers to labels and questions: a field, a row of a table, a sign in brackets, a question with its answer.

Examples: "Fracture: none", "| Fracture | No |", "Fracture (-)", "Fracture? No."
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.metrics import lexicon
from spinefairbench.metrics import phrase_kinds as kind_of
from spinefairbench.metrics.phrase_index import PhraseIndex
from spinefairbench.metrics.phrase_kinds import PHRASES

__all__ = ["PhraseSpan", "answer_to_label", "is_whole_answer"]


class PhraseSpan(NamedTuple):
    """A phrase that decides on what precedes: its kind, and its words from `first` up to `end`."""

    kind: int
    first: int
    end: int


# How many words and signs may stand between a label and its answer.
_OPENING_WORDS: Final = 6
# How far "no" may stand from what it says does not happen to what the label names.
_COMPLICATION_WORDS: Final = 4

_ANSWERS: Final = PhraseIndex(
    (lexicon.AFFIRMING_ANSWERS, kind_of.AFFIRMS), (lexicon.UNCERTAIN_ANSWERS, kind_of.UNCERTAIN)
)
_DENYING: Final = kind_of.NEGATES | kind_of.NEGATES_BACK
_LEAVING_OPEN: Final = kind_of.UNCERTAIN | kind_of.UNCERTAIN_BACK | kind_of.DOUBTS


def is_whole_answer(words: Sequence[str], end: int) -> bool:
    """Whether nothing follows in the clause or field of the word before `end`."""
    return end >= len(words) or words[end] in lexicon.CLOSING_SIGNS


def answer_to_label(words: Sequence[str], separator: int) -> PhraseSpan | None:
    """The answer that follows a colon, dash, bar, bracket or question mark at once, with that sign as its first word.

    None where what follows is no answer.
    """
    openers = lexicon.ANSWER_OPENERS
    sign = words[separator]
    if sign == "?":
        openers |= lexicon.REPLY_OPENERS
    for start in range(separator + 1, min(separator + 2 + _OPENING_WORDS, len(words))):
        end, kind = _answer_at(words, start)
        if kind:
            in_brackets = sign == "(" and not _fills_brackets(words, start, end)
            return None if in_brackets else PhraseSpan(kind, separator, end)
        if words[start] not in openers:
            return None
    return None


def _answer_at(words: Sequence[str], start: int) -> tuple[int, int]:
    """Where the answer that starts at `start` ends, and its kind; (start, 0) if there is none."""
    if words[start] in lexicon.WHOLE_ANSWERS and is_whole_answer(words, start + 1):
        return start + 1, kind_of.NEGATES
    end, kinds = PHRASES.longest(words, start)
    answer_end, answer_kind = _ANSWERS.longest(words, start)
    if answer_end >= end and answer_kind:
        return answer_end, answer_kind
    if kinds & kind_of.AFFIRMS_BACK:
        return end, kind_of.AFFIRMS
    if kinds & _DENYING and words[start] != "without":
        denies_label = lexicon.COMPLICATIONS.isdisjoint(words[end : end + _COMPLICATION_WORDS])
        return end, kind_of.NEGATES if denies_label else 0
    return end, kind_of.UNCERTAIN if kinds & _LEAVING_OPEN else 0


def _fills_brackets(words: Sequence[str], start: int, end: int) -> bool:
    """Whether an answer in brackets is all that they hold; "(not seen on this view)" is one with its place."""
    return is_whole_answer(words, end) or (end - start > 1 and words[end][0].isalpha())
