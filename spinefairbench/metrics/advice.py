"""Whether a mention of a recommendation recommends: recommended, negated, or descriptive of something done or seen."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from spinefairbench.metrics import lexicon
from spinefairbench.metrics.assertion import Decision, PhraseSpan, Sentence, Trigger, finding_status
from spinefairbench.metrics.lexicon import PhraseIndex

__all__ = ["AdviceSentence", "Section", "may_hold_heading", "recommendation_status", "sections"]


# --- headings --------------------------------------------------------------------------------------------------

# A heading, or a label with a colon, at the start of a line or of a sentence. All repetitions are bounded.
_HEADING: Final = re.compile(
    r"\s{0,8}(?P<hashes>#{1,6}[ \t]{0,4})?(?P<item>[-*\u2022][ \t]{1,4})?"
    r"(?P<number>\d{1,2}[.)][ \t]{0,4})?(?P<bold>\*\*|__)?(?P<label>[a-z][^\n:.;*_#]{1,60}?)[ \t]{0,4}"
    r"(?P<closed>(?:\*\*|__)?)(?P<colon>:|$)",
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


def may_hold_heading(folded_line: str) -> bool:
    """Whether a line may hold a heading; False is certain."""
    return _is_marked(folded_line) or folded_line.rstrip().endswith(lexicon.RECOMMENDING_HEADINGS)


def _is_marked(sentence: str) -> bool:
    return ":" in sentence or "#" in sentence or "**" in sentence


def sections(folded: str, starts: Sequence[int]) -> list[Section]:
    """The sections that the headings of a text open, in order; `starts` are those of its sentences."""
    found: list[Section] = []
    for start, end in zip(starts, (*starts[1:], len(folded)), strict=True):
        sentence = folded[start:end]
        if not (_is_marked(sentence) or sentence.strip() in _BARE_HEADINGS):
            continue
        heading = _HEADING.match(folded, start)
        if heading is None:
            continue
        label = heading["label"]
        words = label.replace("-", " ").split()
        is_title = bool(heading["hashes"]) or bool(heading["bold"] and heading["closed"])
        if not heading["colon"] and not is_title and label not in _BARE_HEADINGS:
            continue
        if _RECOMMENDING_HEADINGS.occurs_in(words):
            found.append(Section(heading.start("label"), Trigger(label, *heading.span("label"))))
        elif _CLOSING_HEADINGS.occurs_in(words) or (is_title and not heading["item"] and not heading["number"]):
            found.append(Section(heading.start("label"), None))
    return found


# --- cues in a sentence ----------------------------------------------------------------------------------------

_RECOMMENDS: Final = 1
_RECOMMENDS_BACK: Final = 2

_CUES: Final = PhraseIndex((lexicon.FORWARD_CUES, _RECOMMENDS), (lexicon.BACKWARD_CUES, _RECOMMENDS_BACK))
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

    def cue_after(self, last: int) -> Trigger | None:
        """The recommending cue that reaches back to the mention whose last word is `last`."""
        span = self.first_reaching_back(last, self._cues.back, alone=False)
        return self.trigger(span.first, span.end) if span else None

    @cached_property
    def _cues(self) -> _Cues:
        self.scan()
        cues = _Cues([], [])
        in_force: tuple[int, int] | None = None
        for index, word in enumerate(self.words):
            cues.forward.append(in_force)
            if self.ends_scope[index] and word[0].isalnum():
                in_force = None
            end, kinds = _CUES.longest(self.words, index)
            if index == self.first_word and word in lexicon.ACTION_VERBS:
                in_force = (index, index + 1)
            elif kinds & _RECOMMENDS:
                in_force = (index, end)
            if kinds & _RECOMMENDS_BACK:
                cues.back.append(PhraseSpan(_RECOMMENDS_BACK, index, end))
        return cues


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
    if under_heading:
        return Decision("recommended", None)
    if first == sentence.first_word and _is_imperative(term, sentence.words[last + 1 :]):
        return Decision("recommended", Trigger(term, start, end))
    cue = sentence.cue_before(first) or sentence.cue_after(last)
    return Decision("recommended" if cue else "descriptive", cue)


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


def _is_imperative(term: str, following: Sequence[str]) -> bool:
    if term in lexicon.IMPERATIVE_NOUNS:
        return bool(following) and following[0] in lexicon.IMPERATIVE_GOES_ON
    return term in lexicon.IMPERATIVES and len(following) > 1
