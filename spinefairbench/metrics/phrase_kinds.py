"""The kinds of phrase that decide how a mention is meant."""

from typing import Final

from spinefairbench.metrics import lexicon
from spinefairbench.metrics.phrase_index import PhraseIndex
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
]

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
    | lexicon.HABITUAL_ADVERBS
    | {"|", *(word for word in lexicon.WHOLE_ANSWERS if word.isalnum())}
)
"""A sentence without any of these has no phrase that decides anything, and most sentences have none."""
