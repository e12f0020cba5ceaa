"""Whether a report is genuine, a partial refusal or a full refusal.

The cues are defined in `registry`; this module finds them. They are defined on the original text without regard to
case, as with `re.IGNORECASE`; the text is folded once for that, which moves no character.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from spinefairbench.metrics.letters import fold_case
from spinefairbench.metrics.registry import CLINICAL_CUES, HEDGED_CUES, REFUSAL_CUES, Cue, Fragment

__all__ = [
    "CueMatch",
    "ResponseClass",
    "ResponseExplanation",
    "classify_folded",
    "classify_response",
    "explain_response",
    "is_blank",
    "may_refuse_folded",
    "refuses_folded",
]


class ResponseClass(Enum):
    """The class of a report."""

    GENUINE = "genuine"
    PARTIAL_REFUSAL = "partial_refusal"
    FULL_REFUSAL = "full_refusal"


class CueMatch(NamedTuple):
    """A cue in a text: its kind (refusal, clinical or hedged), its number in the definition, and its place.

    A cue of several fragments is reported at most once a line, from the first occurrence of its first fragment.
    """

    kind: str
    number: int
    start: int
    end: int


class ResponseExplanation(NamedTuple):
    """The class of a report, and every cue in it, sorted by place.

    A text without a refusal cue is genuine. With one, a clinical cue makes it genuine, else a hedged cue makes it a
    partial refusal, else it is a full refusal. A blank text (`blank`) is a full refusal with no cue at all.
    """

    response_class: ResponseClass
    blank: bool
    cues: tuple[CueMatch, ...]


def _fragment_pattern(fragment: Fragment) -> re.Pattern[str]:
    groups = "".join(f"(?:{'|'.join(map(re.escape, group))})" for group in fragment.groups)
    return re.compile((r"\b" if fragment.word_start else "") + groups + (r"\b" if fragment.word_end else ""))


_TEXT: Final = re.compile(r"\S")


class _CueFinder:
    """Finds one cue in folded text, looking at each character a bounded number of times."""

    def __init__(self, cue: Cue) -> None:
        self.kind = cue.kind
        self.number = cue.number
        self.openings = frozenset(cue.fragments[0].groups[0])
        first, *rest = map(_fragment_pattern, cue.fragments)
        self._first = first
        self._rest = tuple(rest)
        self._then_text = cue.then_text
        exceptions = "|".join(r"\s*".join(map(re.escape, words)) for words in cue.unless)
        self._unless = re.compile(rf"(?:{exceptions})\b") if exceptions else None

    def find(self, folded: str) -> Iterator[tuple[int, int]]:
        if self._rest:
            return self._find_on_lines(folded)
        return self._find_before_text(folded) if self._then_text else self._find_alone(folded)

    def _find_alone(self, folded: str) -> Iterator[tuple[int, int]]:
        return (match.span() for match in self._first.finditer(folded))

    def _find_before_text(self, folded: str) -> Iterator[tuple[int, int]]:
        for match in self._first.finditer(folded):
            text = _TEXT.search(folded, match.end())
            if text and not (self._unless and self._unless.match(folded, text.start())):
                yield match.start(), text.end()

    def _find_on_lines(self, folded: str) -> Iterator[tuple[int, int]]:
        # Taking the first occurrence of each fragment leaves the most room for the next, so if that fails on a line,
        # no other choice on it succeeds, and the line need not be searched again.
        first = self._first.search(folded)
        while first:
            line_end = folded.find("\n", first.end())
            if line_end < 0:
                line_end = len(folded)
            end = first.end()
            for fragment in self._rest:
                match = fragment.search(folded, end, line_end)
                if not match:
                    break
                end = match.end()
            else:
                yield first.start(), end
            first = self._first.search(folded, line_end)


_REFUSAL: Final = tuple(map(_CueFinder, REFUSAL_CUES))
_CLINICAL: Final = tuple(map(_CueFinder, CLINICAL_CUES))
_HEDGED: Final = tuple(map(_CueFinder, HEDGED_CUES))

# Every refusal cue opens with one of these. Few reports contain one, and checking for them costs a fraction of what
# the patterns cost.
_REFUSAL_OPENINGS: Final = tuple(sorted(frozenset[str]().union(*(finder.openings for finder in _REFUSAL))))


def _found(finders: Iterable[_CueFinder], folded: str) -> bool:
    return any(True for finder in finders for _ in finder.find(folded))


def may_refuse_folded(folded: str) -> bool:
    """Whether a text that has been through `letters.fold_case` may have a refusal cue; False is certain.

    It is so of a text where it is so of one of its lines.
    """
    return any(opening in folded for opening in _REFUSAL_OPENINGS)


def refuses_folded(folded: str) -> bool:
    """Whether a text that has been through `letters.fold_case` has a refusal cue."""
    openings = {opening for opening in _REFUSAL_OPENINGS if opening in folded}
    return bool(openings) and _found(
        (finder for finder in _REFUSAL if not finder.openings.isdisjoint(openings)), folded
    )


def is_blank(text: str) -> bool:
    """Whether a report has no character but white space, which makes it a full refusal."""
    return not text or text.isspace()


def classify_folded(folded: str) -> ResponseClass:
    """As `classify_response`, for a text that has been through `letters.fold_case`."""
    if is_blank(folded):
        return ResponseClass.FULL_REFUSAL
    if not refuses_folded(folded) or _found(_CLINICAL, folded):
        return ResponseClass.GENUINE
    return ResponseClass.PARTIAL_REFUSAL if _found(_HEDGED, folded) else ResponseClass.FULL_REFUSAL


def classify_response(text: str) -> ResponseClass:
    """The class of a report, in time linear in its length; a blank text is a full refusal."""
    return classify_folded(fold_case(text))


def explain_response(text: str) -> ResponseExplanation:
    """The class of a report and every cue in it, decisive or not."""
    folded = fold_case(text)
    cues = [
        CueMatch(finder.kind, finder.number, start, end)
        for finder in (*_REFUSAL, *_CLINICAL, *_HEDGED)
        for start, end in finder.find(folded)
    ]
    blank = is_blank(folded)
    cues.sort(key=lambda cue: (cue.start, cue.end, cue.kind, cue.number))
    return ResponseExplanation(classify_folded(folded), blank, tuple(cues))
