"""Which words of a sentence make a clause, and which say something of this patient and not in general."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.metrics import lexicon

__all__ = ["Scope", "defines", "is_named_as_kind", "is_particular", "says_what_it_is", "starts_statement"]

# A clause after a conjunction, and the one before it, has its verb within this many words.
_CLAUSE_WORDS: Final = 14
# A noun after "are" says what something is from this close ("are bony outgrowths").
_DEFINING_REACH: Final = 5
# What a finding that is named as a kind may have before it, and how far after it its definition may start.
_WORDS_BEFORE_KIND: Final = 4
_LEVEL: Final = re.compile(r"[ctls]\d{1,2}")
_PRONOUNS: Final = frozenset({"i", "we", "it", "he", "she", "they"})
_ARTICLES: Final = frozenset({"a", "an", "the"})


class Scope(NamedTuple):
    """What is in force at a word: the kind of the phrase that put it in force, and that phrase's words.

    `distance` counts the words since the phrase or since the last comma or conjunction. `listed` says whether there
    was one, `commas` how many but for "or".
    """

    kind: int
    first: int
    end: int
    distance: int = 0
    listed: bool = False
    commas: int = 0


# --- statements ------------------------------------------------------------------------------------------------


def starts_statement(words: Sequence[str], index: int, scope: Scope, clause_start: int, last_or: int) -> bool:
    """Whether what follows the comma or conjunction at `index` is a statement of its own, not a member of a list.

    `scope` is in force there, the clause started at `clause_start`, and the last "or" of the sentence is at `last_or`.
    """
    following = words[index + 1 : index + 3]
    if words[index] in ("or", "nor") or not following:
        return False
    before = words[index - 1] if index else "."
    if before in lexicon.MODIFIERS or before in lexicon.NEW_STATEMENT_WORDS:
        # An adjective: what follows is another one or their noun.
        return False
    closes_list = scope.first < last_or < index
    if last_or < index and (
        following[0] in lexicon.NEW_STATEMENT_WORDS
        or following[0] in _PRONOUNS
        or (closes_list and words[index] == "and")
        or following[0] in lexicon.NEW_CLAUSE_VERBS
        or (following[0] in lexicon.CLAUSE_OPENERS and following[-1] in lexicon.NEW_CLAUSE_VERBS)
    ):
        return True
    verb = _verb_after(words, index)
    if not verb:
        return False
    clause = words[max(clause_start, index - _CLAUSE_WORDS) : index]
    if not lexicon.CLAUSE_VERBS.isdisjoint(clause):
        return True
    goes_on = words[verb + 1] if verb + 1 < len(words) else "."
    if before == "," or (words[index] == "," and goes_on not in lexicon.LOOKED_FOR):
        # The comma of a list of three is in the list, the only comma is after it.
        first_comma = scope.commas == (words[index] != ",")
        return first_comma or closes_list
    return goes_on not in lexicon.LOOKED_FOR and (goes_on != "present" or words[verb] in ("is", "was"))


def _verb_after(words: Sequence[str], index: int) -> int:
    """Where the verb of the clause that starts after `index` is, behind its subject; 0 if none follows."""
    for position in range(index + 1, min(index + 1 + _CLAUSE_WORDS, len(words))):
        word = words[position]
        if word in lexicon.FINITE_VERBS:
            return position if position > index + 1 else 0
        if word in lexicon.CONJUNCTIONS or word in lexicon.CLAUSE_STOPS:
            return 0
    return 0


# --- statements in general -------------------------------------------------------------------------------------


def says_what_it_is(words: Sequence[str], verb: int) -> bool:
    """Whether a noun soon after "is" or "are" says what kind of thing something is ("are bony outgrowths")."""
    return not lexicon.DEFINING_NOUNS.isdisjoint(_predicate(words, verb))


def defines(words: Sequence[str], verb: int) -> bool:
    """Whether "is" or "are" says what something is: so, with an article or as a habit ("is a slip of", "are often")."""
    predicate = _predicate(words, verb)
    if not predicate:
        return False
    says_with_article = predicate[0] in _ARTICLES and lexicon.PARTICULAR_NOUNS.isdisjoint(predicate)
    is_habitual = predicate[0] in lexicon.HABITUAL_ADVERBS
    return says_with_article or is_habitual or not lexicon.DEFINING_NOUNS.isdisjoint(predicate)


def _predicate(words: Sequence[str], verb: int) -> Sequence[str]:
    """The words soon after a verb, up to the first sign."""
    predicate = words[verb + 1 : verb + 1 + _DEFINING_REACH]
    return predicate[: next((place for place, word in enumerate(predicate) if not word[0].isalnum()), None)]


def is_particular(words: Sequence[str]) -> bool:
    """Whether a word of the sentence, or a level of the spine, shows that it is about this patient."""
    return any(word in lexicon.PARTICULAR_WORDS or _LEVEL.fullmatch(word) for word in words)


def is_named_as_kind(words: Sequence[str], first: int) -> bool:
    """Whether nothing before the word `first` points to a certain one."""
    for index in range(first - 1, max(first - 1 - _WORDS_BEFORE_KIND, -1), -1):
        word = words[index]
        if not word[0].isalnum():
            return True
        if word in lexicon.POINTING_WORDS or any(map(str.isdigit, word)):
            return False
    return True
