"""Whether a mention of a recommendation recommends: recommended, negated, or descriptive of something done or seen."""

import re
from functools import cached_property
from typing import Final, NamedTuple

from spinefairbench.metrics import advice_lexicon as lexicon
from spinefairbench.metrics.assertion import AssertionStatus, Decision, finding_status
from spinefairbench.metrics.fields import PhraseSpan
from spinefairbench.metrics.phrase_index import PhraseIndex
from spinefairbench.metrics.sentence import Sentence, Trigger

__all__ = ["AdviceSentence", "Section", "may_open_section", "recommendation_status", "section_at"]


# --- headings --------------------------------------------------------------------------------------------------

# A heading, or a label with a colon, at the start of a line or of a sentence. All repetitions are bounded.
_HEADING: Final = re.compile(
    r"\s{0,8}(?P<hashes>#{1,6}[ \t]{0,4})?(?P<item>[-*\u2022][ \t]{1,4})?"
    r"(?P<number>\d{1,2}[.)][ \t]{0,4})?(?P<bold>\*\*|__)?(?P<label>[a-z][^\n:.;*_#]{1,60}?)[ \t]{0,4}"
    r"(?P<closed>(?:\.?(?:\*\*|__))?)(?P<colon>:|$|(?<=\.\*\*))",
    re.MULTILINE,
)
_RECOMMENDING_HEADINGS: Final = PhraseIndex((lexicon.RECOMMENDING_HEADINGS, 1))
_CLOSING_HEADINGS: Final = PhraseIndex((lexicon.CLOSING_HEADINGS, 1))
# These need no mark of a heading where they stand alone on a line.
_BARE_HEADINGS: Final = frozenset(lexicon.RECOMMENDING_HEADINGS)


class Section(NamedTuple):
    """A section of a text: where it starts, and its heading if everything under that is recommended."""

    start: int
    recommending_heading: Trigger | None


def may_open_section(folded_sentence: str) -> bool:
    """Whether a sentence may begin with a heading; False is certain."""
    return (
        ":" in folded_sentence
        or "#" in folded_sentence
        or "**" in folded_sentence
        or folded_sentence.strip() in _BARE_HEADINGS
    )


def section_at(folded_line: str, start: int) -> Section | None:
    """The section that the sentence at `start` of a line opens, None if it has no heading.

    It is asked of sentences that `may_open_section`. What marks a heading may stand behind the end of the sentence.
    """
    heading = _HEADING.match(folded_line, start)
    if heading is None:
        return None
    label = heading["label"]
    words = label.replace("-", " ").split()
    is_title = bool(heading["hashes"]) or bool(heading["bold"] and heading["closed"])
    if not heading["colon"] and not is_title and label not in _BARE_HEADINGS:
        return None
    if _RECOMMENDING_HEADINGS.occurs_in(words):
        return Section(heading.start("label"), Trigger(label, *heading.span("label")))
    if _CLOSING_HEADINGS.occurs_in(words) or (is_title and not heading["item"] and not heading["number"]):
        return Section(heading.start("label"), None)
    return None


# --- cues in a sentence ----------------------------------------------------------------------------------------

_RECOMMENDS: Final = 1
_RECOMMENDS_BACK: Final = 2
_NEGATED_BACK: Final = 4
# How far a cue may stand from the negation before it that negates it.
_WORDS_TO_NEGATED_CUE: Final = 3
# How many words a time ahead has at most after "in".
_INTERVAL_WORDS: Final = 5

_CUES: Final = PhraseIndex(
    (lexicon.FORWARD_CUES, _RECOMMENDS),
    (lexicon.BACKWARD_CUES, _RECOMMENDS_BACK),
    modifiers=lexicon.CUE_MODIFIERS,
    most_modifiers=4,
)
_DESCRIBING_AFTER: Final = PhraseIndex((lexicon.DESCRIBING_AFTER, 1))
_DESCRIBING_BEFORE: Final = frozenset(tuple(phrase.split()) for phrase in lexicon.DESCRIBING_BEFORE)
_MOST_DESCRIBING_WORDS: Final = max(map(len, _DESCRIBING_BEFORE))


class _Cues(NamedTuple):
    """The recommending cues of a sentence.

    `forward` has, for each word, the words of the cue in force before it; `back` the cues that recommend what
    precedes.
    """

    forward: list[tuple[int, int] | None]
    back: list[PhraseSpan]


class AdviceSentence(Sentence):
    """A sentence with its recommending cues, which are found when they are first asked for."""

    @cached_property
    def first_word(self) -> int:
        """The first word of the sentence that starts with a letter."""
        return next((index for index, word in enumerate(self.words) if word[0].isalpha()), 0)

    def cue_before(self, index: int) -> Trigger | None:
        """The recommending cue in force before a word."""
        cue = self._cues.forward[index]
        return self.trigger(*cue) if cue else None

    def cue_after(self, first: int, last: int) -> Decision | None:
        """What the cue that reaches back to the mention whose words are `first` to `last` makes of it, if there is one.

        It is negated if the cue itself is ("is not felt to be needed").
        """
        span = self.first_reaching_back(first, last, self._cues.back, alone=False)
        if span is None:
            return None
        status: AssertionStatus = "negated" if span.kind == _NEGATED_BACK else "recommended"
        return Decision(status, self.trigger(span.first, span.end))

    @cached_property
    def _cues(self) -> _Cues:
        self.scan()
        cues = _Cues([], [])
        in_force: tuple[int, int] | None = None
        for index, word in enumerate(self.words):
            cues.forward.append(in_force)
            if in_force and index >= in_force[1] and self.ends_scope[index] and word[0].isalnum():
                in_force = None
            end, kinds = _CUES.longest(self.words, index)
            if index == self.first_word and word in lexicon.ACTION_VERBS:
                in_force = (index, index + 1)
            elif kinds & _RECOMMENDS:
                in_force = (index, end)
            negation = self.negation_before(index)
            negated = negation is not None and index - negation.end <= _WORDS_TO_NEGATED_CUE
            if negation and negated and (kinds & _RECOMMENDS_BACK or word in lexicon.ADVISING_WORDS):
                cues.back.append(PhraseSpan(_NEGATED_BACK, negation.first, max(end, index + 1)))
            elif not negated and (kinds & _RECOMMENDS_BACK or self._interval_end(index)):
                cues.back.append(PhraseSpan(_RECOMMENDS_BACK, index, end if kinds else self._interval_end(index)))
        cues.back.sort(key=lambda span: span.first)
        return cues

    def _interval_end(self, index: int) -> int:
        """Where a time ahead that starts at `index` ends ("in six to eight weeks"); 0 if none does."""
        if self.words[index] not in ("in", "within"):
            return 0
        for place in range(index + 1, min(index + 1 + _INTERVAL_WORDS, len(self.words))):
            word = self.words[place]
            if word in lexicon.TIME_UNITS:
                return place + 1 if self.words[place + 1 : place + 2] != ["ago"] else 0
            if not (word.isdecimal() or word in lexicon.NUMBERS):
                return 0
        return 0


# --- recommendations -------------------------------------------------------------------------------------------


def recommendation_status(
    sentence: AdviceSentence, term: str, start: int, end: int, *, under_heading: bool
) -> Decision:
    """How the recommendation at `start` to `end` of a sentence is meant: recommended, descriptive or negated.

    `under_heading`: a heading above says that everything is recommended; it is then the trigger that a recommended
    mention without a trigger of its own has.
    """
    first, last = sentence.index_of(start), sentence.index_of(end - 1)
    if term in lexicon.SELF_RECOMMENDING_TERMS:
        return Decision("recommended", Trigger(term, start, end))
    describing = _describing_words(sentence, first, last)
    if describing:
        return Decision("descriptive", describing)
    as_finding = finding_status(sentence, start, end)
    # Absent findings are listed with commas, but of things to do only "or" continues a negation
    # ("no further action, MRI").
    if as_finding.status == "negated" and not sentence.is_separate_item(first, as_finding.trigger):
        return as_finding
    after = sentence.cue_after(first, last) if sentence.negates or not under_heading else None
    if after and after.status == "negated":
        return after
    if under_heading:
        return Decision("recommended", None)
    if _is_imperative(sentence, term, first, last):
        return Decision("recommended", Trigger(term, start, end))
    before = sentence.cue_before(first)
    if before:
        return Decision("recommended", before)
    return after or Decision("descriptive", None)


def _describing_words(sentence: Sentence, first: int, last: int) -> Trigger | None:
    """The words directly around a mention that show it to be something done or seen."""
    words = sentence.words
    if last + 1 < len(words):
        end, kinds = _DESCRIBING_AFTER.longest(words, last + 1)
        if kinds:
            return sentence.trigger(last + 1, end)
    for length in range(_MOST_DESCRIBING_WORDS, 0, -1):
        if first >= length and tuple(words[first - length : first]) in _DESCRIBING_BEFORE:
            return sentence.trigger(first - length, first)
    return None


def _is_imperative(sentence: AdviceSentence, term: str, first: int, last: int) -> bool:
    """Whether a sentence that starts with the term says what to do ("Follow-up in six weeks", "Routine follow-up")."""
    words = sentence.words
    following = words[last + 1 :][:2]
    kinds_before = words[sentence.first_word : first]
    if term in lexicon.IMPERATIVE_NOUNS and lexicon.FOLLOW_UP_KINDS.issuperset(kinds_before):
        stands_alone = bool(kinds_before) and (not following or not following[0].isalnum())
        return stands_alone or (bool(following) and following[0] in lexicon.IMPERATIVE_GOES_ON)
    return term in lexicon.IMPERATIVES and not kinds_before and len(following) > 1
