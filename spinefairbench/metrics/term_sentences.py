"""The sentences of a text that may name a term, each with the heading that it stands under.

No term, sentence or heading goes on in the next line, so that a text is read line by line. Work is linear in the
length of the text.
"""

from typing import Final, NamedTuple

from spinefairbench.metrics.advice import Section, may_open_section, section_at
from spinefairbench.metrics.mention_terms import FoundTerm, find_terms
from spinefairbench.metrics.remembering import RememberedTexts
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


class _ReadSentence(NamedTuple):
    """What a sentence says by itself: its terms at their places in it, and whether it may open a section."""

    terms: tuple[FoundTerm, ...]
    may_open: bool


def _read_sentence(sentence: str) -> _ReadSentence:
    return _ReadSentence(tuple(find_terms(sentence)), may_open_section(fold_for_reading(sentence)))


# Long lines are mostly new, but made of sentences that come again.
_SENTENCES: Final = RememberedTexts(_read_sentence, most=1 << 14, longest=400)


def terms_of(sentence: str) -> tuple[FoundTerm, ...]:
    """The terms of a sentence of `read_line`, at their places in it; what was found of it before is known."""
    return _SENTENCES[sentence].terms


def read_line(line: str) -> TermLine:
    """The sentences with terms and the sections of a line of a text."""
    # No term reaches beyond the end of a sentence, and what stands beside it is no part of a word.
    starts = sentence_starts(line)
    found: list[LineSentence] = []
    section: Section | None = None
    folded = ""
    for start, end in zip(starts, (*starts[1:], len(line)), strict=True):
        sentence = line[start:end]
        terms, may_open = _SENTENCES[sentence]
        if may_open:
            folded = folded or fold_for_reading(line)
            section = section_at(folded, start) or section
        if terms:
            found.append(LineSentence(sentence, terms, start, section))
    return TermLine(tuple(found), section)


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
