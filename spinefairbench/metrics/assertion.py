"""How a concept is meant in its sentence: affirmed, negated or uncertain.

The phrases of the lexicon are found word by word in a sentence, and each decides on the concepts within its reach.
Work is linear in the length of the text.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from spinefairbench.metrics import lexicon
from spinefairbench.metrics.letters import fold_case
from spinefairbench.metrics.lexicon import PhraseIndex

__all__ = [
    "LINE_END",
    "AssertionStatus",
    "Decision",
    "PhraseSpan",
    "Sentence",
    "Trigger",
    "concept_status",
    "finding_status",
    "fold_for_reading",
    "sentence_starts",
]

AssertionStatus = Literal["affirmed", "negated", "uncertain", "recommended", "descriptive"]
"""How a mention is meant; the last two are of recommendations only."""


class Trigger(NamedTuple):
    """The phrase that decided how a mention is meant, at its place in the text."""

    text: str
    start: int
    end: int

    def moved(self, offset: int) -> "Trigger":
        """The same phrase in a longer text, in which the text it was found in starts at `offset`."""
        return Trigger(self.text, self.start + offset, self.end + offset)


class Decision(NamedTuple):
    """How a mention is meant, and the phrase that decided it, if any."""

    status: AssertionStatus
    trigger: Trigger | None


# --- sentences -------------------------------------------------------------------------------------------------

LINE_END: Final = r"\n(?![ \t]{0,8}[a-z])"
"""The end of a line, as a pattern; a line that starts in lower case continues the sentence of the line before."""
_SENTENCE_END: Final = re.compile(r"[.!?]++(?=[\s\"')\]*]|$)|;|" + LINE_END)
_ABBREVIATIONS: Final = ("e.g.", "i.e.", " vs.", " Dr.", " approx.", " cf.")
_ITEM_NUMBER: Final = re.compile(r"\s*[*_#-]{0,4}\s?\d{1,2}\.")
_LONGEST_ITEM_NUMBER: Final = 16
_TOKEN: Final = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def fold_for_reading(text: str) -> str:
    """`text` in lower case with straight apostrophes, its length unchanged."""
    return fold_case(text).replace("\u2019", "'")


def sentence_starts(text: str) -> list[int]:
    """Where each sentence starts, beginning with 0; the number of a list item belongs to the sentence that follows."""
    starts = [0]
    for stop in _SENTENCE_END.finditer(text):
        end = stop.end()
        if stop[0] == "." and (
            text.endswith(_ABBREVIATIONS, 0, end)
            or (end - starts[-1] <= _LONGEST_ITEM_NUMBER and _ITEM_NUMBER.fullmatch(text, starts[-1], end))
        ):
            continue
        starts.append(end)
    return starts


# --- phrases in a sentence -------------------------------------------------------------------------------------

# Kinds of phrase. Those that decide on what precedes are _BACK.
_NEGATES: Final = 1
_NEGATES_BACK: Final = 2
_AFFIRMS: Final = 4
_UNCERTAIN: Final = 8
_UNCERTAIN_BACK: Final = 16
_HEDGES: Final = 32
_LOSES: Final = 64
_ENDS: Final = 128

_PHRASES: Final = PhraseIndex(
    (lexicon.NEGATORS, _NEGATES),
    (lexicon.NEGATORS_AFTER, _NEGATES_BACK),
    (lexicon.AFFIRMING_PHRASES, _AFFIRMS),
    (lexicon.UNCERTAIN_BEFORE, _UNCERTAIN),
    (lexicon.UNCERTAIN_AFTER, _UNCERTAIN_BACK),
    (lexicon.HEDGES, _HEDGES),
    (lexicon.LOSS_OF_NORMAL, _LOSES),
    (lexicon.TERMINATORS, _ENDS),
)
# A sentence without any of these has no phrase that decides anything, and most sentences have none.
_TELLTALE_WORDS: Final = _PHRASES.telltale_words(except_kind=_ENDS)

# Verbs this close to a phrase that decides on what precedes belong to it ("is not seen").
_OWN_VERB_WORDS: Final = 3
# How far such a phrase reaches.
_BACKWARD_REACH: Final = lexicon.SCOPE_WORDS + 4
# How many words may stand between the colon after a label and its answer.
_ANSWER_WORDS: Final = 4


class PhraseSpan(NamedTuple):
    """A phrase that decides on what precedes: its kind, and its words from `first` up to `end`."""

    kind: int
    first: int
    end: int


class _Scope(NamedTuple):
    """What is in force at a word: the kind of the phrase that put it in force, and that phrase's words.

    `distance` counts the words since the phrase or since the last comma or conjunction, `listed` says whether there
    was one.
    """

    kind: int
    first: int
    end: int
    distance: int
    listed: bool


class Sentence:
    """The words of a sentence, and what its phrases say of a mention that starts at each of them.

    `folded` is the sentence as `fold_for_reading` returns it; all places are those in it.
    """

    def __init__(self, folded: str) -> None:
        tokens = list(_TOKEN.finditer(folded))
        self.words: list[str] = [token[0] for token in tokens]
        count = len(self.words)
        self.ends_scope = bytearray(count)
        """For each word, whether the reach of any phrase ends there."""
        self._starts = [token.start() for token in tokens]
        self._folded = folded
        self._before: list[_Scope | None] = [None] * count
        self._opens_phrase = bytearray(count)
        self._back: list[PhraseSpan] = []
        self._last_or = -1
        self._scanned = False
        if not _TELLTALE_WORDS.isdisjoint(self.words):
            self.scan()

    def index_of(self, position: int) -> int:
        """The word that contains a place in the sentence."""
        return max(bisect_right(self._starts, position) - 1, 0)

    def trigger(self, first: int, end: int) -> Trigger:
        """The words from `first` up to `end` as a trigger."""
        start, stop = self._starts[first], self._end_of(end - 1)
        return Trigger(self._folded[start:stop], start, stop)

    def scope_before(self, index: int) -> _Scope | None:
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

    def _end_of(self, index: int) -> int:
        return self._starts[index] + len(self.words[index])

    def scan(self) -> None:
        """Find the phrases and what is in force at each word.

        Done at once where a phrase may decide something. Elsewhere only `ends_scope` remains to be found, by whoever
        needs it.
        """
        if self._scanned:
            return
        self._scanned = True
        words = self.words
        count = len(words)
        self._last_or = max((index for index, word in enumerate(words) if word in ("or", "nor")), default=-1)
        scope: _Scope | None = None
        outside_brackets: list[_Scope | None] = []
        index = 0
        while index < count:
            self._before[index] = scope
            end, kinds = _PHRASES.longest(words, index)
            if kinds:
                scope = self._scope_after_phrase(scope, kinds, index, end)
                for inner in range(index + 1, end):
                    self._before[inner] = scope
                index = end
                continue
            word = words[index]
            if word == "(":
                outside_brackets.append(scope)
            elif word == ")":
                if outside_brackets:
                    scope = outside_brackets.pop()
            elif (word == ":" and index and words[index - 1] != "following") or self._is_dash(index):
                self.ends_scope[index] = 1
                scope = None
            elif scope is not None:
                scope = self._scope_after_word(scope, index)
            index += 1
        self._find_answers_to_labels()
        self._back.sort(key=_first_word)

    def _scope_after_phrase(self, scope: _Scope | None, kinds: int, index: int, end: int) -> _Scope | None:
        """What is in force after a phrase; a phrase that decides on what precedes is kept."""
        kinds = self._in_one_direction(kinds, index, end)
        back = kinds & (_NEGATES_BACK | _UNCERTAIN_BACK)
        if back:
            self._back.append(PhraseSpan(_NEGATES if back & _NEGATES_BACK else _UNCERTAIN, index, end))
        forward = kinds & (_NEGATES | _UNCERTAIN | _AFFIRMS)
        if back or forward:
            self._opens_phrase[index] = 1
            return _Scope(forward, index, end, 0, False) if forward else None
        in_force = scope.kind if scope else 0
        if kinds & _HEDGES and not in_force & (_NEGATES | _AFFIRMS):
            return _Scope(_UNCERTAIN, index, end, 0, False)
        if kinds & _LOSES and not in_force:
            return _Scope(_LOSES, index, end, 0, False)
        if kinds & _ENDS:
            self.ends_scope[index] = 1
            return None
        return scope

    def _scope_after_word(self, scope: _Scope, index: int) -> _Scope | None:
        """What remains in force after a word that is of no phrase."""
        kind, first, end, distance, listed = scope
        word = self.words[index]
        if word == ",":
            following = self.words[index + 1] if index + 1 < len(self.words) else ""
            if following in lexicon.NEW_STATEMENT_WORDS and self._last_or < index:
                return None
            return _Scope(kind, first, end, 0, True)
        if word in lexicon.CONJUNCTIONS:
            return _Scope(kind, first, end, 0, True)
        return _Scope(kind, first, end, distance + 1, listed) if distance < lexicon.SCOPE_WORDS else None

    def _in_one_direction(self, kinds: int, index: int, end: int) -> int:
        """The kinds of a phrase without the direction that does not apply here.

        A single word negates what precedes only after a verb or where its clause ends: "absent" and the like negate
        what precedes in "fracture is absent" and what follows in "absent fracture".
        """
        if not kinds & _NEGATES_BACK or (end - index > 1 and not kinds & _NEGATES):
            return kinds
        after = self.words[end] if end < len(self.words) else "."
        before = self.words[index - 1] if index else "."
        ends_clause = not after[0].isalnum() or after in lexicon.CLAUSE_GOES_ON
        preceded = before[0].isalnum() or not kinds & _NEGATES
        backward = before in lexicon.AUXILIARIES or (preceded and ends_clause)
        return kinds & ~(_NEGATES if backward else _NEGATES_BACK)

    def _is_dash(self, index: int) -> bool:
        if self.words[index] not in ("-", "\u2013", "\u2014"):
            return False
        start, end = self._starts[index], self._end_of(index)
        return (start == 0 or self._folded[start - 1].isspace()) and self._folded[end : end + 1].isspace()

    def _find_answers_to_labels(self) -> None:
        """Let what follows a colon or dash at once decide on the label before it ("Fracture: none")."""
        words = self.words
        for index, ends in enumerate(self.ends_scope):
            if not ends or words[index][0].isalnum():
                continue
            answer = index + 1
            while answer < len(words) and answer <= index + _ANSWER_WORDS and words[answer] in lexicon.SENTENCE_OPENERS:
                answer += 1
            if answer < len(words):
                end, kinds = _PHRASES.longest(words, answer)
                if kinds & (_NEGATES | _NEGATES_BACK):
                    self._back.append(PhraseSpan(_NEGATES, index, end))
                elif kinds & (_UNCERTAIN | _UNCERTAIN_BACK):
                    self._back.append(PhraseSpan(_UNCERTAIN, index, end))

    def decided_after(self, last: int, *, alone: bool) -> PhraseSpan | None:
        """The first phrase of this module that reaches back to the mention whose last word is `last`."""
        return self.first_reaching_back(last, self._back, alone=alone)

    def first_reaching_back(self, last: int, spans: Sequence[PhraseSpan], *, alone: bool) -> PhraseSpan | None:
        """The first of `spans`, sorted by place, that reaches back to the mention whose last word is `last`.

        A comma is crossed only inside a list, a second verb never. `alone`: no comma or conjunction is crossed.
        """
        for position in range(bisect_right(spans, last, key=_first_word), len(spans)):
            span = spans[position]
            if span.first - last > _BACKWARD_REACH:
                return None
            if self._reaches_back(span, last, alone):
                return span
        return None

    def _reaches_back(self, span: PhraseSpan, last: int, alone: bool) -> bool:
        listed = False
        for gap, index in enumerate(range(span.first - 1, last, -1), 1):
            word = self.words[index]
            if word in lexicon.CONJUNCTIONS:
                if alone:
                    return False
                listed = True
            elif (
                self.ends_scope[index]
                or self._opens_phrase[index]
                or (word == "," and (alone or not (listed or gap == 1)))
                or (word in lexicon.AUXILIARIES and gap > _OWN_VERB_WORDS)
            ):
                return False
        return True


def _first_word(span: PhraseSpan) -> int:
    return span.first


# --- concepts --------------------------------------------------------------------------------------------------

_STATUS: Final[dict[int, AssertionStatus]] = {_NEGATES: "negated", _UNCERTAIN: "uncertain", _LOSES: "negated"}
# A phrase decides on a word for normality only from this close.
_NORMALITY_REACH: Final = 3


def finding_status(sentence: Sentence, start: int, end: int, *, is_normality: bool = False) -> Decision:
    """How the finding at `start` to `end` of a sentence is meant: affirmed, negated or uncertain.

    `is_normality`: the finding is a word for normality, which is not a member of a list of what is absent
    ("no fracture, normal alignment") and of which a loss can be stated.
    """
    first, last = sentence.index_of(start), sentence.index_of(end - 1)
    scope = sentence.scope_before(first)
    if scope and is_normality and (scope.listed or scope.distance > _NORMALITY_REACH):
        scope = None
    if scope and scope.kind == _LOSES and not is_normality:
        scope = None
    if scope and scope.kind == _AFFIRMS and first < scope.end:
        # The term is the very change that there is none of ("no endplate changes").
        scope = scope._replace(kind=_NEGATES)
    trigger = sentence.trigger(scope.first, scope.end) if scope else None
    if scope and scope.kind == _NEGATES:
        return Decision("negated", trigger)
    after = sentence.decided_after(last, alone=is_normality)
    if after:
        return Decision(_STATUS[after.kind], sentence.trigger(after.first, after.end))
    return Decision(_STATUS.get(scope.kind, "affirmed") if scope else "affirmed", trigger)


def concept_status(text: str, start: int, end: int) -> AssertionStatus:
    """How the concept at `text[start:end]`, of whatever kind, is meant: affirmed, negated or uncertain.

    Of a text of several sentences, the one that contains the concept is read.
    """
    folded = fold_for_reading(text)
    starts = sentence_starts(text)
    following = bisect_right(starts, start)
    stop = next((place for place in starts[following:] if place >= end), len(text))
    origin = starts[following - 1]
    return finding_status(Sentence(folded[origin:stop]), start - origin, end - origin).status
