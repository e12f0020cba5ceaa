"""How a finding is meant in its sentence: affirmed, negated, uncertain, or spoken of in general."""

from bisect import bisect_right
from typing import Final, Literal, NamedTuple

from spinefairbench.metrics import lexicon
from spinefairbench.metrics import phrase_kinds as kind_of
from spinefairbench.metrics.sentence import Sentence, Trigger
from spinefairbench.metrics.sentences import fold_for_reading, sentence_starts

__all__ = ["AssertionStatus", "Decision", "concept_status", "finding_status"]

AssertionStatus = Literal["affirmed", "negated", "uncertain", "recommended", "descriptive"]
"""How a mention is meant.

Affirmed and uncertain are of findings only, recommended of recommendations only. Descriptive is a recommendation that
names something done or seen, and a finding that is spoken of in general or of a relative.
"""


class Decision(NamedTuple):
    """How a mention is meant, and the phrase that decided it, if any."""

    status: AssertionStatus
    trigger: Trigger | None


_STATUS: Final[dict[int, AssertionStatus]] = {
    kind_of.NEGATES: "negated",
    kind_of.LOSES: "negated",
    kind_of.UNCERTAIN: "uncertain",
    kind_of.CONDITION: "uncertain",
    kind_of.DOUBTS: "uncertain",
    kind_of.DISPUTES: "negated",
    kind_of.AFFIRMS: "affirmed",
    kind_of.GENERAL: "descriptive",
    kind_of.DEFINES_BACK: "descriptive",
}
_AFFIRMED: Final = Decision("affirmed", None)
# What precedes a mention decides with these whatever follows it.
_DECISIVE: Final = kind_of.NEGATES | kind_of.DOUBTS | kind_of.DISPUTES | kind_of.GENERAL
# A phrase decides on a word for normality only from this close.
_NORMALITY_REACH: Final = 3


def finding_status(sentence: Sentence, start: int, end: int, *, is_normality: bool = False) -> Decision:
    """How the finding at `start` to `end` of a sentence is meant.

    `is_normality`: the finding is a word for normality, which is not a member of a list of what is absent
    ("no fracture, normal alignment") and of which a loss can be stated.
    """
    if sentence.is_plain:
        return _AFFIRMED
    first, last = sentence.index_of(start), sentence.index_of(end - 1)
    scope = sentence.scope_before(first)
    if scope and is_normality and (scope.listed or scope.distance > _NORMALITY_REACH):
        scope = None
    if scope and scope.kind == kind_of.LOSES and not is_normality:
        scope = None
    if scope and scope.kind == kind_of.AFFIRMS and first < scope.end:
        # The term is the very change that there is none of ("no endplate changes").
        scope = scope._replace(kind=kind_of.NEGATES)
    trigger = sentence.trigger(scope.first, scope.end) if scope else None
    if scope and scope.kind & _DECISIVE:
        return Decision(_STATUS[scope.kind], trigger)
    if last + 1 < len(sentence.words) and sentence.words[last + 1] in lexicon.GENERAL_NOUNS:
        return Decision("descriptive", sentence.trigger(last + 1, last + 2))
    after = sentence.decided_after(first, last, alone=is_normality)
    if after:
        return Decision(_STATUS[after.kind], sentence.trigger(after.first, after.end))
    return Decision(_STATUS[scope.kind] if scope else "affirmed", trigger)


def concept_status(text: str, start: int, end: int) -> AssertionStatus:
    """How the concept at `text[start:end]`, of whatever kind, is meant.

    Of a text of several sentences, the one that contains the concept is read.
    """
    folded = fold_for_reading(text)
    starts = sentence_starts(text)
    following = bisect_right(starts, start)
    stop = next((place for place in starts[following:] if place >= end), len(text))
    origin = starts[following - 1]
    return finding_status(Sentence(folded[origin:stop]), start - origin, end - origin).status
