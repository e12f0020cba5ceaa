"""Every mention of a term in a report, with how it is meant: for the parser audit, never for a score.

How a mention is meant is decided in its sentence: that of a diagnostic term in `assertion`, that of a recommendation
in `advice`. Work is linear in the length of the text.
"""

from bisect import bisect_right
from typing import Final, Literal, NamedTuple

from spinefairbench.metrics.advice import AdviceSentence, Section, may_hold_heading, recommendation_status, sections
from spinefairbench.metrics.assertion import AssertionStatus, finding_status
from spinefairbench.metrics.lexicon import OTHER_NUMBER_TERMS
from spinefairbench.metrics.matcher import Match, TermMatcher
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS, Registry
from spinefairbench.metrics.remembering import remembered
from spinefairbench.metrics.sentence import Trigger
from spinefairbench.metrics.sentences import fold_for_reading, line_ends, sentence_starts

__all__ = ["Mention", "read_mentions"]


class Mention(NamedTuple):
    """A term in a text and how it is meant.

    `assertion_status` is affirmed, negated, uncertain or descriptive for a diagnostic term; recommended, descriptive
    or negated for a recommendation; `cue` is the phrase that decided it. `plural`: only the plural-aware variants of
    the parser see the term, the frozen registry does not. A term within a longer one of its category is no mention of
    its own.
    """

    kind: Literal["diagnostic", "recommendation"]
    category: str
    term: str
    start: int
    end: int
    assertion_status: AssertionStatus
    plural: bool
    cue: Trigger | None


# Models say the same of one picture after another, and a model that decodes deterministically repeats its report on
# a source for each of the source's pairs. So texts, lines and sentences are remembered.
_remembered_text: Final = remembered(most=1024, longest=1 << 14)
_remembered_part: Final = remembered(most=4096, longest=400)


# --- terms -----------------------------------------------------------------------------------------------------


def _with_other_number(registry: Registry) -> dict[str, tuple[str, ...]]:
    return {name: (*terms, *OTHER_NUMBER_TERMS.get(name, ())) for name, terms in registry.items()}


_MATCHER: Final = TermMatcher({**_with_other_number(DIAGNOSTIC_TERMS), **_with_other_number(RECOMMENDATION_TERMS)})
_FROZEN_TERMS: Final = frozenset(
    (category, term)
    for registry in (DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS)
    for category, terms in registry.items()
    for term in terms
)


def _find_terms(text: str) -> list[tuple[Match, bool]]:
    """(term, whether it is plural as in `Mention`) of a text; of those of one category within one another, the longest."""
    longest: list[tuple[Match, bool]] = []
    last_of: dict[str, int] = {}
    for match in sorted(_MATCHER.matches(text), key=lambda match: (match.start, -match.end)):
        category, term, _, end = match
        plural = (category, term) not in _FROZEN_TERMS
        position = last_of.get(category)
        if position is not None and end <= longest[position][0].end:
            # The frozen registry may see a shorter term within one that it does not see.
            outer, outer_is_plural = longest[position]
            longest[position] = (outer, outer_is_plural and plural)
            continue
        last_of[category] = len(longest)
        longest.append((match, plural))
    return longest


# --- lines -----------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    """What one line says, with places in it.

    A recommended mention without a cue is one under the heading in force before the line. `last_section` is the last
    one opened in the line, None if none is.
    """

    mentions: tuple[Mention, ...]
    last_section: Section | None


_EMPTY_LINE: Final = _Line((), None)


@_remembered_part
def _read_line(line: str, under_heading: bool) -> _Line:
    """Read a line; `under_heading`: a recommending heading is in force before it."""
    found = _find_terms(line)
    folded = fold_for_reading(line)
    if not found and not may_hold_heading(folded):
        return _EMPTY_LINE
    starts = sentence_starts(line)
    own_sections = sections(folded, starts)
    section_starts = [section.start for section in own_sections]
    mentions: list[Mention] = []
    sentence: AdviceSentence | None = None
    origin = sentence_end = 0
    for (category, term, start, end), plural in found:
        if sentence is None or start >= sentence_end:
            following = bisect_right(starts, start)
            origin = starts[following - 1]
            sentence_end = starts[following] if following < len(starts) else len(line)
            sentence = _sentence(folded[origin:sentence_end])
        kind: Literal["diagnostic", "recommendation"]
        heading: Trigger | None = None
        if category in DIAGNOSTIC_TERMS:
            kind = "diagnostic"
            is_normality = category == "No finding"
            status, trigger = finding_status(sentence, start - origin, end - origin, is_normality=is_normality)
        else:
            kind = "recommendation"
            section = bisect_right(section_starts, start)
            heading = own_sections[section - 1].recommending_heading if section else None
            status, trigger = recommendation_status(
                sentence,
                term,
                start - origin,
                end - origin,
                under_heading=heading is not None if section else under_heading,
            )
        cue = _cue(status, trigger, origin, heading)
        mentions.append(Mention(kind, category, term, start, end, status, plural, cue))
    return _Line(tuple(mentions), own_sections[-1] if own_sections else None)


def _cue(status: AssertionStatus, trigger: Trigger | None, origin: int, heading: Trigger | None) -> Trigger | None:
    """The phrase that decided, moved to its place; without one, the heading that a recommended mention is under."""
    if trigger is not None:
        return trigger.moved(origin)
    return heading if status == "recommended" else None


@_remembered_part
def _sentence(folded: str) -> AdviceSentence:
    return AdviceSentence(folded)


# --- texts -----------------------------------------------------------------------------------------------------


@_remembered_text
def read_mentions(text: str) -> tuple[Mention, ...]:
    """Every mention of a term of either registry in `text`, sorted by place, longer ones first.

    Asking for the same text again costs next to nothing while it is among the last thousand or so.
    """
    mentions: list[Mention] = []
    heading: Trigger | None = None
    origin = 0
    # Only the heading above a line matters to it: no term, sentence or heading continues on the next line.
    for line_end in line_ends(text):
        line = text[origin:line_end]
        found, last_section = _read_line(line, heading is not None)
        for kind, category, term, start, end, status, plural, trigger in found:
            cue = _cue(status, trigger, origin, heading)
            mentions.append(Mention(kind, category, term, start + origin, end + origin, status, plural, cue))
        if last_section is not None:
            opened = last_section.recommending_heading
            heading = opened.moved(origin) if opened else None
        origin = line_end
    return tuple(mentions)
