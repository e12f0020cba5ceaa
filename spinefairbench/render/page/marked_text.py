"""Report texts as HTML, with each mention of a term marked and its assertion status after it."""

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from spinefairbench.metrics.mentions import Mention
from spinefairbench.render.html import Markup, element, escape

__all__ = ["LONGEST_TEXT", "MOST_MARKS", "marked_text"]

LONGEST_TEXT: Final = 6_000
"""Characters of a report that are shown; the whole text was scored."""
MOST_MARKS: Final = 150

_CLASSES: Final = {
    "affirmed": "af",
    "negated": "ne",
    "uncertain": "un",
    "recommended": "re",
    "descriptive": "de",
}


class _Mark(NamedTuple):
    start: int
    end: int
    mention: Mention


def marked_text(text: str, mentions: Sequence[Mention], only_in_this_report: Collection[str], moved: str) -> Markup:
    """The text with its marks. Those of a category in `only_in_this_report` have the class `moved` (`added` or `lost`).

    A long text is cut, and of very many mentions only the first are marked; a note below the text says so.
    """
    shown = text[:LONGEST_TEXT]
    within = [item for item in mentions if item.end <= len(shown)]
    marks = [_Mark(item.start, item.end, item) for item in within[:MOST_MARKS]]
    body = Markup("".join(_pieces(shown, _nested(marks), only_in_this_report, moved)))
    notes = []
    if len(text) > len(shown):
        notes.append(
            f"Cut here: {len(text) - len(shown):,} of {len(text):,} characters are not shown. All of them were scored."
        )
    if len(within) > len(marks):
        notes.append(f"Only the first {len(marks)} of {len(within):,} mentions are marked.")
    return Markup(
        element("div", {"class": "panel text", "dir": "auto"}, body)
        + "".join(element("p", {"class": "small muted cut"}, note) for note in notes)
    )


def _last_to_open_first(mark: _Mark) -> tuple[int, int]:
    return -mark.start, mark.end


def _nested(marks: Iterable[_Mark]) -> list[_Mark]:
    """The marks in opening order, each wholly inside or outside any other: one that crosses another is cut in two."""
    waiting = sorted(marks, key=_last_to_open_first)
    result: list[_Mark] = []
    open_ends: list[int] = []
    while waiting:
        mark = waiting.pop()
        while open_ends and open_ends[-1] <= mark.start:
            open_ends.pop()
        if open_ends and mark.end > open_ends[-1]:
            rest = mark._replace(start=open_ends[-1])
            mark = mark._replace(end=open_ends[-1])
            insort(waiting, rest, key=_last_to_open_first)
        result.append(mark)
        open_ends.append(mark.end)
    return result


def _pieces(text: str, marks: Sequence[_Mark], only_in_this_report: Collection[str], moved: str) -> Iterable[str]:
    position = 0
    open_marks: list[_Mark] = []
    for mark in marks:
        while open_marks and open_marks[-1].end <= mark.start:
            closed = open_marks.pop()
            yield escape(text[position : closed.end])
            yield "</mark>"
            position = closed.end
        yield escape(text[position : mark.start])
        yield _opening(mark.mention, only_in_this_report, moved)
        position = mark.start
        open_marks.append(mark)
    for closed in reversed(open_marks):
        yield escape(text[position : closed.end])
        yield "</mark>"
        position = closed.end
    yield escape(text[position:])


def _opening(mention: Mention, only_in_this_report: Collection[str], moved: str) -> str:
    classes = _CLASSES[mention.assertion_status]
    if mention.plural:
        classes += " plural"
    elif mention.category in only_in_this_report:
        classes += f" {moved}"
    title = f"{mention.category}: {mention.assertion_status}"
    if mention.cue is not None:
        title += f" ({mention.cue.text})"
    if mention.plural:
        title += ", not recognized by the frozen parser"
    return f'<mark class="{classes}" title="{escape(title)}">'
