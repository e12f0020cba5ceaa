"""The sentences of a text that may name a term, each with the heading that it stands under.

No term, sentence or heading goes on in the next line, so that a text is read line by line. Work is linear in the
length of the text.
"""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from spinefairbench.metrics.advice import Section, may_hold_heading, sections
from spinefairbench.metrics.mention_terms import FoundTerm, find_terms
from spinefairbench.metrics.sentence import Trigger
from spinefairbench.metrics.sentences import fold_for_reading, lines_of, sentence_starts

__all__ = ["LineSentence", "TermLine", "TermSentence", "read_line", "sentences_with_terms"]


class LineSentence(NamedTuple):
    """A sentence of a line that names terms: where it starts in the line, and the terms at their places in it.

    `section` is the last one that the line opens before the sentence ends, None if the sections above go on.
    """

    text: str
    terms: tuple[FoundTerm, ...]
    start: int
    section: Section | None

    @property
    def recommends(self) -> bool:
        """Whether it names a recommendation; to nothing else does it matter what stands above."""
        return any(term.kind == "recommendation" for term in self.terms)


class TermLine(NamedTuple):
    """The sentences of a line that name terms, and the last section that the line opens, None if it opens none."""

    sentences: tuple[LineSentence, ...]
    section: Section | None


class TermSentence(NamedTuple):
    """A sentence of a text that names terms: where it starts, and the terms at their places in it.

    `heading` is the one in force, at its place in the text, that says that everything is recommended; it is not looked
    for where no recommendation is named.
    """

    text: str
    terms: tuple[FoundTerm, ...]
    start: int
    heading: Trigger | None


def read_line(line: str) -> TermLine:
    """The sentences with terms and the sections of a line of a text."""
    terms = find_terms(line)
    folded = fold_for_reading(line)
    may_open = may_hold_heading(folded)
    if not (terms or may_open):
        return _NOTHING
    starts = sentence_starts(line)
    opened = sections(folded, starts) if may_open else []
    found: list[LineSentence] = []
    at = 0
    while at < len(terms):
        following = bisect_right(starts, terms[at].start)
        start = starts[following - 1]
        end = starts[following] if following < len(starts) else len(line)
        own: list[FoundTerm] = []
        while at < len(terms) and terms[at].start < end:
            kind, category, term, term_start, term_end, plural = terms[at]
            own.append(FoundTerm(kind, category, term, term_start - start, term_end - start, plural))
            at += 1
        # A heading is the beginning of its sentence, so that its section has all the terms of that.
        above = bisect_left(opened, end, key=_start)
        found.append(LineSentence(line[start:end], tuple(own), start, opened[above - 1] if above else None))
    return TermLine(tuple(found), opened[-1] if opened else None)


_NOTHING = TermLine((), None)


def sentences_with_terms(text: str) -> list[TermSentence]:
    """The sentences of a text that name a term of either registry, in order."""
    found: list[TermSentence] = []
    heading: Trigger | None = None
    origin = 0
    for line in lines_of(text):
        sentences, last = read_line(line)
        for sentence in sentences:
            above = heading if sentence.section is None else _heading(sentence.section, origin)
            found.append(
                TermSentence(
                    sentence.text, sentence.terms, sentence.start + origin, above if sentence.recommends else None
                )
            )
        if last is not None:
            heading = _heading(last, origin)
        origin += len(line) + 1
    return found


def _heading(section: Section, origin: int) -> Trigger | None:
    """The recommending heading of a section in a line that starts at `origin`, at its place in the text."""
    heading = section.recommending_heading
    return heading.moved(origin) if heading else None


def _start(section: Section) -> int:
    return section.start
