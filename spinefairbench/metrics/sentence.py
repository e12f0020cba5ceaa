"""The words of a sentence, and what its phrases say of a mention at each of them.

The phrases of the lexicon are found word by word, and each decides on the concepts within its reach. Work is linear in
the length of the sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from spinefairbench.metrics import lexicon
from spinefairbench.metrics import phrase_kinds as kind_of
from spinefairbench.metrics.clauses import (
    Scope,
    defines,
    is_named_as_kind,
    is_particular,
    says_what_it_is,
    starts_statement,
)
from spinefairbench.metrics.fields import PhraseSpan, answer_to_label, is_whole_answer
from spinefairbench.metrics.phrase_kinds import PHRASES, TELLTALE_WORDS

__all__ = ["Sentence", "Trigger"]

_TOKEN: Final = re.compile(r"\w+(?:'\w+)?|\.{2,}|[^\w\s]")

# Verbs this close to a phrase that decides on what precedes belong to it ("is not seen").
_OWN_VERB_WORDS: Final = 3
# How far such a phrase reaches.
_BACKWARD_REACH: Final = lexicon.SCOPE_WORDS + 4
# Within how many words a negation denies an absence ("no level is free of"), and a doubt covers a negation.
_DOUBLE_REACH: Final = 3
_DOUBT_REACH: Final = 6
_WORDS_AFTER_KIND: Final = 6

_FORWARD: Final = (
    kind_of.NEGATES
    | kind_of.UNCERTAIN
    | kind_of.AFFIRMS
    | kind_of.CONDITION
    | kind_of.DOUBTS
    | kind_of.DISPUTES
    | kind_of.GENERAL
)
_ONE_WAY_BACK: Final = (
    (kind_of.NEGATES_BACK, kind_of.NEGATES),
    (kind_of.UNCERTAIN_BACK, kind_of.UNCERTAIN),
    (kind_of.AFFIRMS_BACK, kind_of.AFFIRMS),
    (kind_of.GENERAL_BACK, kind_of.GENERAL),
    (kind_of.DEFINES_BACK, kind_of.DEFINES_BACK),
)
_BACK: Final = sum(kind for kind, _ in _ONE_WAY_BACK)
# What these are said of may be a negation.
_COVERING: Final = kind_of.DOUBTS | kind_of.DISPUTES
_VERBS_TO_BE: Final = frozenset({"is", "are"})
_OR: Final = frozenset({"or", "nor"})
# No other word puts anything in force.
_ACTIVE_WORDS: Final = PHRASES.first_words | _VERBS_TO_BE
_DEFINING_VERBS: Final = (" is a", " are a", " is the ")
_OPENS: Final = 1
_OPENS_ASIDE: Final = 2


class Trigger(NamedTuple):
    """The phrase that decided how a mention is meant, at its place in the text; its white space is single spaces."""

    text: str
    start: int
    end: int

    def moved(self, offset: int) -> "Trigger":
        """The same phrase in a longer text, in which the text it was found in starts at `offset`."""
        return Trigger(self.text, self.start + offset, self.end + offset)


class Sentence:
    """The words of a sentence, and what its phrases say of a mention that starts at each of them.

    `folded` is the sentence as `fold_for_reading` returns it; all places are those in it.
    """

    def __init__(self, folded: str) -> None:
        self.words: list[str] = _TOKEN.findall(folded)
        count = len(self.words)
        self.ends_scope = bytearray(count)
        """For each word, whether the reach of any phrase ends there."""
        self._folded = folded
        self._triggers: dict[tuple[int, int], Trigger] = {}
        self._before: list[Scope | None] = [None] * count
        self._opens_phrase = bytearray(count)
        self._back: list[PhraseSpan] = []
        self._last_or = -1
        self._clause_start = 0
        self._is_particular: bool | None = None
        self.negates = False
        """Whether a phrase negates what follows it."""
        self._scanned = False
        decides = not TELLTALE_WORDS.isdisjoint(self.words) or any(verb in folded for verb in _DEFINING_VERBS)
        self.is_plain = not decides and lexicon.GENERAL_NOUNS.isdisjoint(self.words)
        """Whether no phrase was looked for, and none is needed: nothing decides how a finding is meant."""
        if decides:
            self.scan()

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start() for token in _TOKEN.finditer(self._folded)]

    def index_of(self, position: int) -> int:
        """The word that contains a place in the sentence."""
        return max(bisect_right(self._starts, position) - 1, 0)

    def trigger(self, first: int, end: int) -> Trigger:
        """The words from `first` up to `end` as a trigger, the same object each time."""
        trigger = self._triggers.get((first, end))
        if trigger is None:
            start, stop = self._starts[first], self._end_of(end - 1)
            trigger = Trigger(" ".join(self._folded[start:stop].split()), start, stop)
            self._triggers[first, end] = trigger
        return trigger

    def scope_before(self, index: int) -> Scope | None:
        """What is in force at a word, unless a phrase begins with it ("no abnormality" does not negate itself)."""
        return None if self._opens_phrase[index] else self._before[index]

    def is_separate_item(self, index: int, trigger: Trigger | None) -> bool:
        """Whether `trigger` reaches a word only across a list, with no "or" to join its items ("no MRI, surgery")."""
        scope = self._before[index]
        return (
            scope is not None
            and scope.listed
            and self.trigger(scope.first, scope.end) == trigger
            and self._last_or < scope.first
        )

    def negation_before(self, index: int) -> Scope | None:
        """The negation of a verb that is in force at a word ("not felt to be indicated")."""
        scope = self._before[index]
        negates_verb = (
            scope is not None
            and scope.kind == kind_of.NEGATES
            and not scope.listed
            and self.words[scope.first] in lexicon.VERBAL_NEGATORS
        )
        return scope if negates_verb else None

    def _end_of(self, index: int) -> int:
        return self._starts[index] + len(self.words[index])

    # --- phrases -------------------------------------------------------------------------------------------

    def scan(self) -> None:
        """Find the phrases and what is in force at each word.

        Done at once where a phrase may decide something. Elsewhere only `ends_scope` remains to be found, by whoever
        needs it.
        """
        if self._scanned:
            return
        self._scanned = True
        self.is_plain = False
        words = self.words
        count = len(words)
        self._last_or = -1 if _OR.isdisjoint(words) else max(at for at, word in enumerate(words) if word in _OR)
        scope: Scope | None = None
        outside_brackets: list[Scope | None] = []
        index = 0
        while index < count:
            word = words[index]
            if scope is None and word not in _ACTIVE_WORDS and word[0].isalnum():
                index += 1
                continue
            self._before[index] = scope
            answer = answer_to_label(words, index) if word in "?([" else None
            if word in PHRASES.first_words and not answer:
                end, kinds = PHRASES.longest(words, index)
                if kinds:
                    scope = self._scope_after_phrase(scope, kinds, index, end)
                    for inner in range(index + 1, end):
                        self._before[inner] = scope
                    index = end
                    continue
            if word[0].isalnum():
                scope = scope and self._scope_after_word(scope, index)
                if word in _VERBS_TO_BE and defines(words, index) and self._follows_kind(index):
                    self._back.append(PhraseSpan(kind_of.DEFINES_BACK, index, index + 1))
                    scope = Scope(kind_of.GENERAL, index, index + 1) if says_what_it_is(words, index) else scope
            else:
                if word == "(":
                    outside_brackets.append(scope)
                elif word == ")":
                    scope = outside_brackets.pop() if outside_brackets else scope
                elif answer or self._separates(index):
                    answer = answer or answer_to_label(words, index)
                    self._end_scope(index)
                    scope = None
                else:
                    scope = scope and self._scope_after_word(scope, index)
                if answer:
                    self._back.append(answer)
            index += 1
        self._back.sort(key=_first_word)

    def _end_scope(self, index: int) -> None:
        self.ends_scope[index] = 1
        self._clause_start = index + 1

    def _separates(self, index: int) -> bool:
        """Whether the sign at `index` ends a label or a cell."""
        word = self.words[index]
        if word == ":":
            return index > 0 and self.words[index - 1] != "following"
        return word in "|=\u2192" or word.startswith("..") or self._is_dash(index)

    def _is_dash(self, index: int) -> bool:
        if self.words[index] not in ("-", "\u2013", "\u2014"):
            return False
        start, end = self._starts[index], self._end_of(index)
        return (start == 0 or self._folded[start - 1].isspace()) and self._folded[end : end + 1].isspace()

    def _scope_after_phrase(self, scope: Scope | None, kinds: int, index: int, end: int) -> Scope | None:
        """What is in force after a phrase; a phrase that decides on what precedes is kept."""
        kinds = self._in_one_direction(kinds, index, end)
        for back, kind in _ONE_WAY_BACK:
            if kinds & back:
                self._back.append(PhraseSpan(kind, index, end))
                break
        forward = kinds & _FORWARD
        self.negates |= bool(forward & kind_of.NEGATES)
        if forward or kinds & _BACK:
            self._opens_phrase[index] = _OPENS_ASIDE if kinds & kind_of.PASSED else _OPENS
            if forward:
                return self._nested(scope, kinds, index, end)
            defines = kinds & kind_of.DEFINES_BACK and self._follows_kind(index)
            return Scope(kind_of.GENERAL, index, end) if defines else None
        in_force = scope.kind if scope else 0
        if kinds & kind_of.HEDGES and not in_force & ~(kind_of.UNCERTAIN | kind_of.LOSES | kind_of.CONDITION):
            return Scope(kind_of.UNCERTAIN, index, end)
        if kinds & kind_of.LOSES and not in_force:
            return Scope(kind_of.LOSES, index, end)
        if kinds & kind_of.ENDS and not (
            in_force & _COVERING and scope and not scope.listed and scope.distance < _DOUBT_REACH
        ):
            self._end_scope(index)
            return None
        return scope

    def _nested(self, scope: Scope | None, kinds: int, index: int, end: int) -> Scope:
        """What is in force after a phrase that decides on what follows, given what was in force before it."""
        if scope and not scope.listed and kinds & kind_of.NEGATES:
            if scope.kind == kind_of.DOUBTS and scope.distance <= _DOUBT_REACH:
                return scope._replace(distance=0)
            if scope.kind == kind_of.DISPUTES and scope.distance <= _DOUBT_REACH:
                return Scope(kind_of.AFFIRMS, scope.first, end)
            if scope.kind == kind_of.NEGATES and kinds & kind_of.ABSENT and scope.distance <= _DOUBLE_REACH:
                return Scope(kind_of.AFFIRMS, scope.first, end)
        forward = kinds & _FORWARD
        if scope and forward == kind_of.GENERAL and scope.kind in (kind_of.NEGATES, kind_of.DOUBTS):
            return scope._replace(distance=0)
        # A phrase of several kinds is of the strongest: its lowest bit.
        return Scope(forward & -forward, index, end)

    def _in_one_direction(self, kinds: int, index: int, end: int) -> int:
        """The kinds of a phrase without the direction that does not apply here.

        A single word negates what precedes only after a verb or where its clause ends: "absent" and the like negate
        what precedes in "fracture is absent" and what follows in "absent fracture".
        """
        backward = kinds & _BACK
        if not backward or self.words[index] in lexicon.BOTH_WAYS:
            return kinds
        after = self.words[end] if end < len(self.words) else "."
        before = self.words[index - 1] if index else "."
        ends_clause = not after[0].isalnum() or after in lexicon.CLAUSE_GOES_ON
        if self.words[end - 1] in lexicon.SHORT_ANSWERS:
            if end - index == 1:
                if is_whole_answer(self.words, end):
                    return backward if before[0].isalnum() else 0
                return kinds & ~_BACK
            if not ends_clause:
                # "The lesion is likely old" leaves open what it is, not whether it is.
                return kind_of.HEDGES if kinds & kind_of.UNCERTAIN_BACK else kinds
        forward = kinds & _FORWARD
        if (end - index > 1 and not forward) or kinds & (kind_of.GENERAL_BACK | kind_of.DEFINES_BACK):
            return kinds
        is_back = before in lexicon.AUXILIARIES or (ends_clause and (before[0].isalnum() or not after[0].isalnum()))
        return kinds & ~(_FORWARD if is_back else _BACK)

    def _scope_after_word(self, scope: Scope, index: int) -> Scope | None:
        """What remains in force after a word that is of no phrase."""
        word = self.words[index]
        if word == "," or word in lexicon.CONJUNCTIONS:
            if (word == "," and scope.kind == kind_of.CONDITION) or starts_statement(
                self.words, index, scope, self._clause_start, self._last_or
            ):
                self._clause_start = index + 1
                return None
            return scope._replace(distance=0, listed=True, commas=scope.commas + (word not in ("or", "nor")))
        kind, first, end, distance, listed, commas = scope
        return Scope(kind, first, end, distance + 1, listed, commas) if distance < lexicon.SCOPE_WORDS else None

    # --- looking back --------------------------------------------------------------------------------------

    def decided_after(self, first: int, last: int, *, alone: bool) -> PhraseSpan | None:
        """The first phrase that decides on the mention before it whose words are `first` to `last`."""
        return self.first_reaching_back(first, last, self._back, alone=alone)

    def first_reaching_back(
        self, first: int, last: int, spans: Sequence[PhraseSpan], *, alone: bool
    ) -> PhraseSpan | None:
        """The first of `spans`, sorted by place, that reaches back to the mention whose words are `first` to `last`.

        A comma is crossed only inside a list, a second verb never. `alone`: no comma or conjunction is crossed. What
        defines something decides only where nothing else does.
        """
        definition: PhraseSpan | None = None
        for position in range(bisect_right(spans, last, key=_first_word), len(spans)):
            span = spans[position]
            distance = span.first - last
            if distance > _BACKWARD_REACH:
                break
            if not self._reaches_back(span, last, alone):
                continue
            if span.kind != kind_of.DEFINES_BACK:
                return span
            if distance <= _WORDS_AFTER_KIND and self._names_kind(first):
                definition = definition or span
        return definition

    def _reaches_back(self, span: PhraseSpan, last: int, alone: bool) -> bool:
        if self.words[span.first] == "?":
            return not any(self.ends_scope[last + 1 : span.first])
        if self.words[span.first] in lexicon.BOTH_WAYS and span.first - last > _WORDS_AFTER_KIND:
            return False
        listed = False
        for gap, index in enumerate(range(span.first - 1, last, -1), 1):
            word = self.words[index]
            if word in lexicon.CONJUNCTIONS:
                if alone:
                    return False
                listed = True
            elif (
                self.ends_scope[index]
                or self._opens_phrase[index] == _OPENS
                or (word == "," and (alone or not (listed or gap == 1)))
                or (word in lexicon.AUXILIARIES and gap > _OWN_VERB_WORDS)
            ):
                return False
        return True

    def _follows_kind(self, verb: int) -> bool:
        """Whether a verb has something before it in its clause, and that is named as a kind."""
        return (
            verb > 0 and (self.words[verb - 1][0].isalnum() or self.words[verb - 1] == ",") and self._names_kind(verb)
        )

    def _names_kind(self, first: int) -> bool:
        if self._is_particular is None:
            self._is_particular = is_particular(self.words)
        return not self._is_particular and is_named_as_kind(self.words, first)


def _first_word(span: PhraseSpan) -> int:
    return span.first
