"""How each mention of a term is meant: the reading of the parser audit, never of a score.

A text is cut into sentences; in a sentence with a mention the phrases of `mention_rules` are found word by word,
and each decides on the mentions in its reach. Work is linear in the length of the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from spinefairbench.metrics import mention_rules as rules
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.letters import fold_case
from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.registry import (
    DIAGNOSTIC_TERMS,
    RECOMMENDATION_TERMS,
    STRICT_DIAGNOSTIC_TERMS,
    Registry,
)

__all__ = [
    "AuditFeatures",
    "Mention",
    "Reading",
    "ReadingMasks",
    "Trigger",
    "audit_features",
    "concept_is_negated",
    "features_of_mentions",
    "read_mentions",
]

Reading = Literal["affirmed", "negated", "uncertain", "recommended", "descriptive"]


class Trigger(NamedTuple):
    """The phrase that decided on a reading, at its place in the text."""

    text: str
    start: int
    end: int


class Mention(NamedTuple):
    """A term in a text and how it is meant.

    `reading` is affirmed, negated or uncertain of a diagnostic term; recommended, descriptive or negated of a
    recommendation. `plural`: the frozen registry does not see it, the number-aware one does. A term inside a longer
    one of its category is no mention of its own.
    """

    kind: Literal["diagnostic", "recommendation"]
    category: str
    term: str
    start: int
    end: int
    reading: Reading
    plural: bool
    cue: Trigger | None


class ReadingMasks(NamedTuple):
    """Categories as bits in their frozen order, as in `features.ReportFeatures`."""

    labels: int
    recommendations: int


class AuditFeatures(NamedTuple):
    """The categories of one report under each reading.

    `frozen` is what is scored. `plural_aware` adds the other grammatical number of each term. `negation_aware` keeps
    a diagnostic category with a mention that is affirmed or uncertain, and a recommendation that is recommended;
    where it keeps no finding and one is denied, that is No finding. `both` does both. `strict` is the frozen
    reading with `fracture` as the only term of Fracture.
    """

    frozen: ReadingMasks
    plural_aware: ReadingMasks
    negation_aware: ReadingMasks
    both: ReadingMasks
    strict: ReadingMasks


# --- phrases ---------------------------------------------------------------------------------------------------

_NEGATES: Final = 1
_NEGATES_BACK: Final = 2
_AFFIRMS: Final = 4
_UNCERTAIN: Final = 8
_UNCERTAIN_BACK: Final = 16
_HEDGES: Final = 32
_LOSES: Final = 64
_ENDS: Final = 128
_RECOMMENDS: Final = 1
_RECOMMENDS_BACK: Final = 2

_LONGEST_MODIFICATION: Final = 3
_ADJOINING_VERBS: Final = 3


class _Lexicon:
    """Phrases by their first word, longest first, each with the bits of the lists that it stands in."""

    def __init__(self, lists: Iterable[tuple[Iterable[str], int]]) -> None:
        kinds: dict[tuple[str, ...], int] = {}
        for phrases, kind in lists:
            for phrase in phrases:
                words = tuple(phrase.split())
                kinds[words] = kinds.get(words, 0) | kind
        self._by_first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for words in sorted(kinds, key=len, reverse=True):
            self._by_first.setdefault(words[0], []).append((words[1:], kinds[words]))
        self._deciding_words = frozenset(max(words, key=len) for words, kind in kinds.items() if kind != _ENDS)

    def is_silent_on(self, words: Iterable[str]) -> bool:
        """Whether there can be no phrase among the words but such as end the reach of another."""
        return self._deciding_words.isdisjoint(words)

    def longest(self, words: Sequence[str], index: int) -> tuple[int, int]:
        """The end of the longest phrase that starts at `index`, and its kinds; (index, 0) if there is none."""
        best, best_kinds = index, 0
        phrases = self._by_first.get(words[index])
        if phrases is None:
            return index, 0
        for rest, kinds in phrases:
            end = _phrase_end(words, index + 1, rest)
            if end > best:
                best, best_kinds = end, kinds
        return best, best_kinds


def _phrase_end(words: Sequence[str], index: int, rest: tuple[str, ...]) -> int:
    """Where the rest of a phrase ends that is looked for from `index` on; 0 if it is not there."""
    for position, wanted in enumerate(rest):
        if wanted == "~":
            end = _phrase_end(words, index, rest[position + 1 :])
            skipped = 0
            # The words skipped and the word wanted next may be the same ("not evident").
            while (
                not end and skipped < _LONGEST_MODIFICATION and index < len(words) and words[index] in rules.MODIFIERS
            ):
                index, skipped = index + 1, skipped + 1
                end = _phrase_end(words, index, rest[position + 1 :])
            return end
        if index >= len(words) or words[index] != wanted:
            return 0
        index += 1
    return index


_NEGATION: Final = _Lexicon(
    (
        (rules.NEGATORS, _NEGATES),
        (rules.NEGATORS_AFTER, _NEGATES_BACK),
        (rules.AFFIRMING_PHRASES, _AFFIRMS),
        (rules.UNCERTAIN_BEFORE, _UNCERTAIN),
        (rules.UNCERTAIN_AFTER, _UNCERTAIN_BACK),
        (rules.HEDGES, _HEDGES),
        (rules.LOSS_OF_NORMAL, _LOSES),
        (rules.TERMINATORS, _ENDS),
    )
)
_ADVICE: Final = _Lexicon(((rules.FORWARD_CUES, _RECOMMENDS), (rules.BACKWARD_CUES, _RECOMMENDS_BACK)))
_DESCRIBING_AFTER: Final = _Lexicon(((rules.DESCRIBING_AFTER, 1),))
_DESCRIBING_BEFORE: Final = frozenset(tuple(phrase.split()) for phrase in rules.DESCRIBING_BEFORE)


_Reach = tuple[int, tuple[int, int]]
"""What a phrase says, and the words that it takes."""


def _reach_start(reach: _Reach) -> int:
    return reach[1][0]


# --- sentences -------------------------------------------------------------------------------------------------

# A line that starts in lower case goes on the sentence of the line before.
_LINE_END: Final = r"\n(?![ \t]{0,8}[a-z])"
_LINE_STOP: Final = re.compile(_LINE_END)
_STOP: Final = re.compile(r"[.!?]++(?=[\s\"')\]*]|$)|;|" + _LINE_END)
_ABBREVIATIONS: Final = ("e.g.", "i.e.", " vs.", " Dr.", " approx.", " cf.")
_ITEM_NUMBER: Final = re.compile(r"\s*[*_#-]{0,4}\s?\d{1,2}\.")
_LONGEST_ITEM_NUMBER: Final = 16
_TOKEN: Final = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def _line_ends(text: str) -> list[int]:
    ends = [stop.end() for stop in _LINE_STOP.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def _sentence_starts(text: str) -> list[int]:
    """Where each sentence starts, beginning with 0; an item's number belongs to what follows it."""
    starts = [0]
    for stop in _STOP.finditer(text):
        end = stop.end()
        if stop[0] == "." and (
            text.endswith(_ABBREVIATIONS, 0, end)
            or (end - starts[-1] <= _LONGEST_ITEM_NUMBER and _ITEM_NUMBER.fullmatch(text, starts[-1], end))
        ):
            continue
        starts.append(end)
    return starts


class _Sentence:
    """The words of a sentence, and what the phrases in it say of a mention that starts at each of them.

    Places are those in the sentence.
    """

    def __init__(self, folded: str) -> None:
        self.words: list[str] = _TOKEN.findall(folded)
        self.starts = [token.start() for token in _TOKEN.finditer(folded)]
        self._folded = folded
        self._advice: _Advice | None = None
        count = len(self.words)
        # For each word: the reading in force before it, the phrase that put it in force, the words since, and
        # whether a comma or conjunction lies between.
        self.before: list[tuple[int, tuple[int, int], int, bool] | None] = [None] * count
        self.opens_phrase = bytearray(count)
        self.ends_scope = bytearray(count)
        self.back: list[_Reach] = []
        self.last_or = -1
        self._scanned = False
        if not _NEGATION.is_silent_on(self.words):
            self.scan()

    def index_of(self, position: int) -> int:
        """The word in which a place of the sentence lies."""
        return max(bisect_right(self.starts, position) - 1, 0)

    def trigger(self, span: tuple[int, int]) -> Trigger:
        start, end = self.starts[span[0]], self._end_of(span[1] - 1)
        return Trigger(self._folded[start:end], start, end)

    @property
    def advice(self) -> "_Advice":
        if self._advice is None:
            self._advice = _Advice(self)
        return self._advice

    def _end_of(self, index: int) -> int:
        return self.starts[index] + len(self.words[index])

    def scan(self) -> None:
        """Fill in what the phrases say; where there are none, only the ends of their reach are left to find."""
        if self._scanned:
            return
        self._scanned = True
        words = self.words
        count = len(words)
        self.last_or = max((index for index, word in enumerate(words) if word in ("or", "nor")), default=-1)
        kind, span, distance, crossed = 0, (0, 0), 0, False
        outer: list[tuple[int, tuple[int, int], int, bool]] = []
        index = 0
        while index < count:
            word = words[index]
            self.before[index] = (kind, span, distance, crossed) if kind else None
            end, kinds = _NEGATION.longest(words, index)
            if kinds:
                kinds = self._direction(kinds, index, end)
                if kinds & (_NEGATES_BACK | _UNCERTAIN_BACK):
                    self.back.append((_NEGATES if kinds & _NEGATES_BACK else _UNCERTAIN, (index, end)))
                new = kinds & (_NEGATES | _UNCERTAIN | _AFFIRMS)
                if kinds & (_NEGATES | _UNCERTAIN | _AFFIRMS | _NEGATES_BACK | _UNCERTAIN_BACK):
                    self.opens_phrase[index] = 1
                    kind, span, distance, crossed = new, (index, end), 0, False
                elif kinds & _HEDGES and not kind & (_NEGATES | _AFFIRMS):
                    kind, span, distance, crossed = _UNCERTAIN, (index, end), 0, False
                elif kinds & _LOSES and not kind:
                    kind, span, distance, crossed = _LOSES, (index, end), 0, False
                elif kinds & _ENDS:
                    self.ends_scope[index] = 1
                    kind = 0
                for inner in range(index + 1, end):
                    self.before[inner] = (kind, span, distance, crossed) if kind else None
                index = end
                continue
            if word == ",":
                distance, crossed = 0, True
                if index + 1 < count and words[index + 1] in rules.NEW_STATEMENT_WORDS and self.last_or < index:
                    kind = 0
            elif word in rules.CONJUNCTIONS:
                distance, crossed = 0, True
            elif word == "(":
                outer.append((kind, span, distance, crossed))
            elif word == ")":
                if outer:
                    kind, span, distance, crossed = outer.pop()
            elif (word == ":" and index and words[index - 1] != "following") or self._is_dash(index):
                self.ends_scope[index] = 1
                kind = 0
            else:
                distance += 1
                if distance > rules.SCOPE_WORDS:
                    kind = 0
            index += 1
        self._answer_labels()
        self.back.sort(key=_reach_start)

    def _direction(self, kinds: int, index: int, end: int) -> int:
        """What a phrase that looks back does here: a single word does so only where its clause ends or after a verb.

        "Absent" and its like deny what precedes in "fracture is absent" and what follows in "absent fracture".
        """
        if not kinds & _NEGATES_BACK or (end - index > 1 and not kinds & _NEGATES):
            return kinds
        after = self.words[end] if end < len(self.words) else "."
        before = self.words[index - 1] if index else "."
        ends_clause = not after[0].isalnum() or after in rules.CLAUSE_GOES_ON
        preceded = before[0].isalnum() or not kinds & _NEGATES
        backward = before in rules.AUXILIARIES or (preceded and ends_clause)
        return kinds & ~(_NEGATES if backward else _NEGATES_BACK)

    def _is_dash(self, index: int) -> bool:
        if self.words[index] not in ("-", "\u2013", "\u2014"):
            return False
        start, end = self.starts[index], self._end_of(index)
        return (start == 0 or self._folded[start - 1].isspace()) and self._folded[end : end + 1].isspace()

    def _answer_labels(self) -> None:
        """A label before a colon or dash is denied by what follows at once ("Fracture: none")."""
        words = self.words
        for index, ends in enumerate(self.ends_scope):
            if not ends or words[index][0].isalnum():
                continue
            answer = index + 1
            while answer < len(words) and answer < index + 5 and words[answer] in rules.SENTENCE_OPENERS:
                answer += 1
            if answer < len(words):
                end, kinds = _NEGATION.longest(words, answer)
                if kinds & (_NEGATES | _NEGATES_BACK):
                    self.back.append((_NEGATES, (index, end)))
                elif kinds & (_UNCERTAIN | _UNCERTAIN_BACK):
                    self.back.append((_UNCERTAIN, (index, end)))

    def said_after(self, last: int, spans: Sequence[_Reach], alone: bool) -> _Reach | None:
        """The first of the phrases that reach back to the mention whose last word is `last`.

        A comma is crossed only inside a list, and a second verb never; `alone`: no comma or conjunction is.
        """
        for position in range(bisect_right(spans, last, key=_reach_start), len(spans)):
            kind, span = spans[position]
            if span[0] - last > rules.SCOPE_WORDS + 4:
                return None
            listed = False
            for gap, index in enumerate(range(span[0] - 1, last, -1), 1):
                word = self.words[index]
                if word in rules.CONJUNCTIONS and not alone:
                    listed = True
                elif (
                    word in rules.CONJUNCTIONS
                    or self.ends_scope[index]
                    or self.opens_phrase[index]
                    or (word == "," and (alone or not (listed or gap == 1)))
                    or (word in rules.AUXILIARIES and gap > _ADJOINING_VERBS)
                ):
                    break
            else:
                return kind, span
        return None


# --- diagnostic terms ------------------------------------------------------------------------------------------

_NO_FINDING: Final = "No finding"
_NEXT_WORDS: Final = 3
_SAYS: Final[dict[int, Reading]] = {_NEGATES: "negated", _UNCERTAIN: "uncertain", _LOSES: "negated"}


def _read_diagnostic(sentence: _Sentence, start: int, end: int, normality: bool) -> tuple[Reading, Trigger | None]:
    first, last = sentence.index_of(start), sentence.index_of(end - 1)
    # A trigger with which the term itself begins ("no abnormality") says nothing about the term.
    before = None if sentence.opens_phrase[first] else sentence.before[first]
    after = sentence.said_after(last, sentence.back, alone=normality)
    if before and normality and (before[3] or before[2] > _NEXT_WORDS):
        # Words for normality are no members of a list of what is absent: "no fracture, normal alignment".
        before = None
    if before and before[0] == _LOSES and not normality:
        before = None
    if before and before[0] == _AFFIRMS and first < before[1][1]:
        # The term is the change that there is none of ("no endplate changes").
        before = (_NEGATES, *before[1:])
    if before and before[0] == _NEGATES:
        return "negated", sentence.trigger(before[1])
    if after:
        return _SAYS[after[0]], sentence.trigger(after[1])
    if before and before[0] in _SAYS:
        return _SAYS[before[0]], sentence.trigger(before[1])
    return "affirmed", sentence.trigger(before[1]) if before else None


# --- recommendations -------------------------------------------------------------------------------------------

# A heading, or a label with a colon, at the start of a line or of a sentence. All repetitions are bounded.
_HEADING: Final = re.compile(
    r"\s{0,8}(?P<hashes>#{1,6}[ \t]{0,4})?(?P<item>[-*\u2022][ \t]{1,4})?"
    r"(?P<number>\d{1,2}[.)][ \t]{0,4})?(?P<bold>\*\*|__)?(?P<label>[a-z][^\n:.;*_#]{1,60}?)[ \t]{0,4}"
    r"(?P<closed>(?:\*\*|__)?)(?P<colon>:|$)",
    re.MULTILINE,
)


def _has_phrase(lexicon: _Lexicon, words: Sequence[str]) -> bool:
    return any(lexicon.longest(words, index)[1] for index in range(len(words)))


_BARE_HEADINGS: Final = frozenset(rules.RECOMMENDING_HEADINGS)
_RECOMMENDING: Final = _Lexicon(((rules.RECOMMENDING_HEADINGS, 1),))
_CLOSING: Final = _Lexicon(((rules.CLOSING_HEADINGS, 1),))


_ANY_BARE_HEADING: Final = tuple(rules.RECOMMENDING_HEADINGS)


def _is_marked(sentence: str) -> bool:
    return ":" in sentence or "#" in sentence or "**" in sentence


def _may_hold_heading(line: str) -> bool:
    """Whether a sentence of the line may be a heading; a bare one is only where the line ends."""
    return _is_marked(line) or line.rstrip().endswith(_ANY_BARE_HEADING)


def _sections(folded: str, starts: Sequence[int]) -> list[tuple[int, Trigger | None]]:
    """Where each part of the text starts, with its heading if that is a recommending one."""
    sections: list[tuple[int, Trigger | None]] = []
    for start, end in zip(starts, (*starts[1:], len(folded)), strict=True):
        sentence = folded[start:end]
        if not (_is_marked(sentence) or sentence.strip() in _BARE_HEADINGS):
            continue
        heading = _HEADING.match(folded, start)
        if heading is None:
            continue
        label = heading["label"]
        words = label.replace("-", " ").split()
        titled = bool(heading["hashes"]) or bool(heading["bold"] and heading["closed"])
        if not heading["colon"] and not titled and label not in _BARE_HEADINGS:
            continue
        if _has_phrase(_RECOMMENDING, words):
            sections.append((heading.start("label"), Trigger(label, *heading.span("label"))))
        elif _has_phrase(_CLOSING, words) or (titled and not heading["item"] and not heading["number"]):
            sections.append((heading.start("label"), None))
    return sections


class _Advice:
    """The recommending cues of one sentence."""

    def __init__(self, sentence: _Sentence) -> None:
        sentence.scan()
        words = sentence.words
        self.forward: list[tuple[int, int] | None] = []
        self.back: list[_Reach] = []
        self.first_word = next((index for index, word in enumerate(words) if word[0].isalpha()), 0)
        cue: tuple[int, int] | None = None
        for index, word in enumerate(words):
            self.forward.append(cue)
            if sentence.ends_scope[index] and word[0].isalnum():
                cue = None
            end, kinds = _ADVICE.longest(words, index)
            if index == self.first_word and word in rules.ACTION_VERBS:
                cue = (index, index + 1)
            elif kinds & _RECOMMENDS:
                cue = (index, end)
            if kinds & _RECOMMENDS_BACK:
                self.back.append((_RECOMMENDS_BACK, (index, end)))


def _describes(sentence: _Sentence, first: int, last: int) -> Trigger | None:
    """The words directly around a mention that say it is a thing done or looked at."""
    words = sentence.words
    if last + 1 < len(words):
        end, kinds = _DESCRIBING_AFTER.longest(words, last + 1)
        if kinds:
            return sentence.trigger((last + 1, end))
    for length in (3, 2, 1):
        if first >= length and tuple(words[first - length : first]) in _DESCRIBING_BEFORE:
            return sentence.trigger((first - length, first))
    return None


def _is_imperative(term: str, following: Sequence[str]) -> bool:
    if term in rules.IMPERATIVE_NOUNS:
        return bool(following) and following[0] in rules.IMPERATIVE_GOES_ON
    return term in rules.IMPERATIVES and len(following) > 1


def _starts_an_item(sentence: _Sentence, first: int, denial: Trigger | None) -> bool:
    """Whether a denial before a comma leaves the mention alone ("no further action, MRI").

    Findings that are absent are listed by commas, but what to do is: only "or" carries the denial on.
    """
    before = sentence.before[first]
    return (
        before is not None and before[3] and sentence.trigger(before[1]) == denial and sentence.last_or < before[1][0]
    )


def _read_recommendation(
    sentence: _Sentence, under_heading: bool, term: str, start: int, end: int
) -> tuple[Reading, Trigger | None]:
    first, last = sentence.index_of(start), sentence.index_of(end - 1)
    own = Trigger(term, start, end)
    advice = sentence.advice
    if term in rules.SELF_RECOMMENDING_TERMS:
        return "recommended", own
    described = _describes(sentence, first, last)
    if described:
        return "descriptive", described
    reading, trigger = _read_diagnostic(sentence, start, end, False)
    if reading == "negated" and not _starts_an_item(sentence, first, trigger):
        return reading, trigger
    if under_heading:
        return "recommended", None
    if first == advice.first_word and _is_imperative(term, sentence.words[last + 1 :]):
        return "recommended", own
    forward = advice.forward[first]
    if forward:
        return "recommended", sentence.trigger(forward)
    back = sentence.said_after(last, advice.back, alone=False)
    return ("recommended", sentence.trigger(back[1])) if back else ("descriptive", None)


# Reports say the same of one picture after another, and repeated reports say everything again.
_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 400
_remembered_sentence: Final = lru_cache(maxsize=_REMEMBERED)(_Sentence)


def _sentence(folded: str) -> _Sentence:
    return _remembered_sentence(folded) if len(folded) <= _LONGEST_REMEMBERED else _Sentence(folded)


# --- the whole text --------------------------------------------------------------------------------------------


def _with_other_number(registry: Registry) -> dict[str, tuple[str, ...]]:
    return {name: (*terms, *rules.OTHER_NUMBER_TERMS.get(name, ())) for name, terms in registry.items()}


_MATCHER: Final = TermMatcher({**_with_other_number(DIAGNOSTIC_TERMS), **_with_other_number(RECOMMENDATION_TERMS)})
_FROZEN_TERMS: Final = frozenset(
    (category, term)
    for registry in (DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS)
    for category, terms in registry.items()
    for term in terms
)


class _Found(NamedTuple):
    category: str
    term: str
    start: int
    end: int
    plural: bool


def _found(text: str) -> list[_Found]:
    """The mentions: of terms of one category inside one another, the longest."""
    longest: list[_Found] = []
    last_of: dict[str, int] = {}
    for category, term, start, end in sorted(_MATCHER.matches(text), key=lambda match: (match.start, -match.end)):
        plural = (category, term) not in _FROZEN_TERMS
        position = last_of.get(category)
        if position is not None and end <= longest[position].end:
            # The longer term holds one that the frozen registry sees.
            longest[position] = longest[position]._replace(plural=longest[position].plural and plural)
            continue
        last_of[category] = len(longest)
        longest.append(_Found(category, term, start, end, plural))
    return longest


class _Line(NamedTuple):
    """What a part of the text says, with places in it.

    A cue None of a recommended mention is the heading in force before the part. `heading`: that in force after it;
    `sets_heading`: whether a heading in the part decided on that.
    """

    mentions: tuple[Mention, ...]
    sets_heading: bool
    heading: Trigger | None


def _read_line(text: str, under_heading: bool) -> _Line:
    found = _found(text)
    folded = fold_case(text).replace("\u2019", "'")
    if not found and not _may_hold_heading(folded):
        return _NOTHING
    starts = _sentence_starts(text)
    sections = _sections(folded, starts)
    section_starts = [start for start, _ in sections]
    mentions: list[Mention] = []
    sentence: _Sentence | None = None
    origin = sentence_end = 0
    for category, term, start, end, plural in found:
        if sentence is None or start >= sentence_end:
            following = bisect_right(starts, start)
            origin = starts[following - 1]
            sentence_end = starts[following] if following < len(starts) else len(text)
            sentence = _sentence(folded[origin:sentence_end])
        cue: Trigger | None
        if category in DIAGNOSTIC_TERMS:
            reading, cue = _read_diagnostic(sentence, start - origin, end - origin, category == _NO_FINDING)
            heading = None
        else:
            section = bisect_right(section_starts, start)
            heading = sections[section - 1][1] if section else None
            recommends = heading is not None if section else under_heading
            reading, cue = _read_recommendation(sentence, recommends, term, start - origin, end - origin)
        if cue:
            cue = Trigger(cue.text, cue.start + origin, cue.end + origin)
        elif reading == "recommended":
            cue = heading
        kind: Literal["diagnostic", "recommendation"] = (
            "diagnostic" if category in DIAGNOSTIC_TERMS else "recommendation"
        )
        mentions.append(Mention(kind, category, term, start, end, reading, plural, cue))
    return _Line(tuple(mentions), bool(sections), sections[-1][1] if sections else None)


_NOTHING: Final = _Line((), False, None)
_remembered_line: Final = lru_cache(maxsize=_REMEMBERED)(_read_line)


def read_mentions(text: str) -> list[Mention]:
    """Every mention of a term of either registry in `text`, in the order of the text, with its reading."""
    mentions: list[Mention] = []
    heading: Trigger | None = None
    start = 0
    # A line is read by itself but for the heading above it: no term, sentence or heading goes on in the next.
    for end in _line_ends(text):
        line = text[start:end]
        read = _remembered_line if len(line) <= _LONGEST_REMEMBERED else _read_line
        found, sets_heading, its_heading = read(line, heading is not None)
        for kind, category, term, its_start, its_end, reading, plural, cue in found:
            if cue is not None:
                cue = Trigger(cue[0], cue[1] + start, cue[2] + start)
            elif reading == "recommended":
                cue = heading
            mentions.append(Mention(kind, category, term, its_start + start, its_end + start, reading, plural, cue))
        if sets_heading:
            heading = its_heading and Trigger(its_heading.text, its_heading.start + start, its_heading.end + start)
        start = end
    return mentions


def concept_is_negated(sentence: str, start: int, end: int) -> Reading:
    """How the concept at `sentence[start:end]` is meant: affirmed, negated or uncertain.

    The rules for a diagnostic term, on a concept of any kind; of several sentences, that of the concept is read.
    """
    folded = fold_case(sentence).replace("\u2019", "'")
    starts = _sentence_starts(sentence)
    following = bisect_right(starts, start)
    stop = next((place for place in starts[following:] if place >= end), len(sentence))
    origin = starts[following - 1]
    return _read_diagnostic(_Sentence(folded[origin:stop]), start - origin, end - origin, False)[0]


_STRICT_FRACTURE: Final = frozenset(STRICT_DIAGNOSTIC_TERMS["Fracture"])
_LABEL_BIT: Final = {name: 1 << bit for bit, name in enumerate(DIAGNOSTIC_CATEGORIES)}
_ADVICE_BIT: Final = {name: 1 << bit for bit, name in enumerate(RECOMMENDATION_CATEGORIES)}


class _Tally:
    """The categories kept by one reading."""

    def __init__(self) -> None:
        self.labels = 0
        self.recommendations = 0
        self.denied = False

    def add(self, mention: Mention) -> None:
        if mention.kind == "diagnostic":
            self.labels |= _LABEL_BIT[mention.category]
        else:
            self.recommendations |= _ADVICE_BIT[mention.category]

    def add_as_meant(self, mention: Mention) -> None:
        if mention.reading == "negated" or mention.reading == "descriptive":
            self.denied = self.denied or (mention.kind == "diagnostic" and mention.category != _NO_FINDING)
        else:
            self.add(mention)

    def masks(self) -> ReadingMasks:
        labels = _LABEL_BIT[_NO_FINDING] if self.denied and not self.labels else self.labels
        return ReadingMasks(labels, self.recommendations)


def features_of_mentions(mentions: Iterable[Mention]) -> AuditFeatures:
    """The categories of a report under each reading, from its mentions."""
    frozen, plural_aware, negation_aware, both, strict = (_Tally() for _ in range(5))
    for mention in mentions:
        plural_aware.add(mention)
        both.add_as_meant(mention)
        if mention.plural:
            continue
        frozen.add(mention)
        negation_aware.add_as_meant(mention)
        if mention.category != "Fracture" or mention.term in _STRICT_FRACTURE:
            strict.add(mention)
    return AuditFeatures(frozen.masks(), plural_aware.masks(), negation_aware.masks(), both.masks(), strict.masks())


def audit_features(text: str) -> AuditFeatures:
    """The categories of a report under each reading, its text read once."""
    return features_of_mentions(read_mentions(text))
