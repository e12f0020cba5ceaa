"""The sentences of a text that may name a term, each with the heading that it stands under.

No term, sentence or heading goes on in the next line. Work is linear in the length of the text.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from spinefairbench.metrics.advice import Section, may_hold_heading, sections
from spinefairbench.metrics.mention_terms import FoundTerm, find_terms
from spinefairbench.metrics.remembering import remembered
from spinefairbench.metrics.sentence import Trigger
from spinefairbench.metrics.sentences import fold_for_reading, line_ends, sentence_starts

__all__ = ["TermSentence", "sentences_with_terms"]


class TermSentence(NamedTuple):
    """A sentence of a text that names terms: where it starts, and the terms at their places in it.

    `heading` is the one in force, at its place in the text, that says that everything is recommended; it is not looked
    for where no recommendation is named.
    """

    text: str
    terms: tuple[FoundTerm, ...]
    start: int
    heading: Trigger | None


def sentences_with_terms(text: str) -> list[TermSentence]:
    """The sentences of a text that name a term of either registry, in order."""
    terms = find_terms(text)
    if not terms:
        return []
    ends = line_ends(text)
    headings = _Headings(text, ends)
    found: list[TermSentence] = []
    line = line_start = line_end = 0
    starts: list[int] = []
    at = 0
    while at < len(terms):
        place = terms[at].start
        if place >= line_end:
            line = bisect_right(ends, place)
            line_start, line_end = ends[line - 1] if line else 0, ends[line]
            starts = _sentence_starts(text[line_start:line_end])
        following = bisect_right(starts, place - line_start)
        start = line_start + starts[following - 1]
        end = line_start + starts[following] if following < len(starts) else line_end
        own: list[FoundTerm] = []
        recommends = False
        while at < len(terms) and terms[at].start < end:
            kind, category, term, term_start, term_end, plural = terms[at]
            own.append(FoundTerm(kind, category, term, term_start - start, term_end - start, plural))
            recommends |= kind == "recommendation"
            at += 1
        heading = headings.above(line, end) if recommends else None
        found.append(TermSentence(text[start:end], tuple(own), start, heading))
    return found


class _Headings:
    """The recommending headings of a text, asked for from its beginning to its end; each line is looked at once."""

    def __init__(self, text: str, ends: list[int]) -> None:
        self._folded = fold_for_reading(text)
        self._ends = ends
        self._known_before = 0
        self._heading: Trigger | None = None
        self._line = -1
        self._sections: tuple[Section, ...] = ()

    def above(self, line: int, sentence_end: int) -> Trigger | None:
        """The heading in force in the sentence of a line that ends at `sentence_end`."""
        origin = self._start_of(line)
        if line != self._line:
            self._line, self._sections = line, self._sections_of(line)
        # A heading is the beginning of its sentence, so that its section has all the terms of that.
        opened = bisect_left(self._sections, sentence_end - origin, key=_start) if self._sections else 0
        if opened:
            heading = self._sections[opened - 1].recommending_heading
            return heading.moved(origin) if heading else None
        return self._before(line)

    def _before(self, line: int) -> Trigger | None:
        """The heading in force where a line begins."""
        for earlier in range(line - 1, self._known_before - 1, -1):
            opened = self._sections_of(earlier)
            if opened:
                heading = opened[-1].recommending_heading
                self._heading = heading.moved(self._start_of(earlier)) if heading else None
                break
        self._known_before = max(line, self._known_before)
        return self._heading

    def _start_of(self, line: int) -> int:
        return self._ends[line - 1] if line else 0

    def _sections_of(self, line: int) -> tuple[Section, ...]:
        folded = self._folded[self._start_of(line) : self._ends[line]]
        return _sections(folded) if may_hold_heading(folded) else ()


def _start(section: Section) -> int:
    return section.start


# Lines, and headings above all, are the same in one report after another.
_remembered_line = remembered(most=4096, longest=400)


@_remembered_line
def _sentence_starts(line: str) -> list[int]:
    return sentence_starts(line)


@_remembered_line
def _sections(folded_line: str) -> tuple[Section, ...]:
    return tuple(sections(folded_line, sentence_starts(folded_line)))
