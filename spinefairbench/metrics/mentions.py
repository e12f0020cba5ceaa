"""Every mention of a term in a report, with how it is meant: for the parser audit, never for a score.

How a mention is meant is decided in its sentence: that of a diagnostic term in `assertion`, that of a recommendation
in `advice`. Work is linear in the length of the text.
"""

from collections.abc import Iterable
from typing import NamedTuple

from spinefairbench.metrics.advice import AdviceSentence, recommendation_status
from spinefairbench.metrics.assertion import AssertionStatus, finding_status
from spinefairbench.metrics.mention_terms import FoundTerm, Kind
from spinefairbench.metrics.remembering import remembered
from spinefairbench.metrics.sentence import Trigger
from spinefairbench.metrics.sentences import fold_for_reading
from spinefairbench.metrics.term_sentences import sentences_with_terms

__all__ = ["Mention", "mentions_of", "read_mentions"]


class Mention(NamedTuple):
    """A term in a text and how it is meant.

    `assertion_status` is affirmed, negated, uncertain or descriptive for a diagnostic term; recommended, descriptive
    or negated for a recommendation; `cue` is the phrase that decided it. `plural`: only the plural-aware variants of
    the parser see the term, the frozen registry does not. A term within a longer one of its category is no mention of
    its own.
    """

    kind: Kind
    category: str
    term: str
    start: int
    end: int
    assertion_status: AssertionStatus
    plural: bool
    cue: Trigger | None


# --- sentences -------------------------------------------------------------------------------------------------


def mentions_of(sentence: str, terms: Iterable[FoundTerm], *, under_heading: bool) -> tuple[Mention, ...]:
    """The mentions of a sentence as `sentences_with_terms` gives it, with places in it.

    `under_heading`: a heading says that everything is recommended; a recommended mention without a cue is so by it.
    """
    read = AdviceSentence(fold_for_reading(sentence))
    mentions: list[Mention] = []
    for kind, category, term, start, end, plural in terms:
        if kind == "diagnostic":
            status, cue = finding_status(read, start, end, is_normality=category == "No finding")
        else:
            status, cue = recommendation_status(read, term, start, end, under_heading=under_heading)
        mentions.append(Mention(kind, category, term, start, end, status, plural, cue))
    return tuple(mentions)


# --- texts -----------------------------------------------------------------------------------------------------


# A model that decodes deterministically repeats its report on a source for each of the source's pairs.
@remembered(most=1024, longest=1 << 14)
def read_mentions(text: str) -> tuple[Mention, ...]:
    """Every mention of a term of either registry in `text`, sorted by place, longer ones first.

    Asking for the same text again costs next to nothing while it is among the last thousand or so.
    """
    mentions: list[Mention] = []
    for sentence, terms, origin, heading in sentences_with_terms(text):
        for mention in mentions_of(sentence, terms, under_heading=heading is not None):
            kind, category, term, start, end, status, plural, cue = mention
            if cue is not None:
                cue = cue.moved(origin)
            elif status == "recommended":
                cue = heading
            mentions.append(Mention(kind, category, term, start + origin, end + origin, status, plural, cue))
    return tuple(mentions)
