"""Report texts as HTML, each mention of a term marked at its place with its reading."""

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


def marked_text(text: str, mentions: Sequence[Mention], due_to_this_model_alone: Collection[str], moved: str) -> Markup:
    """The text with its marks. Those of a category in `due_to_this_model_alone` carry the class `moved` (`added` or `lost`).

    A long text is cut, and a text with very many mentions is marked up to a point; both are said below it.
    """
    shown = text[:LONGEST_TEXT]
    within = [item for item in mentions if item.end <= len(shown)]
    marks = [_Mark(item.start, item.end, item) for item in within[:MOST_MARKS]]
    body = Markup("".join(_pieces(shown, 0, len(shown), _nested(marks), due_to_this_model_alone, moved)))
    notes = []
    if len(text) > len(shown):
        notes.append(
            f"Cut here: {len(text) - len(shown):,} of {len(text):,} characters are not shown. All were scored."
        )
    if len(within) > len(marks):
        notes.append(f"Only the first {len(marks)} of {len(within):,} mentions are marked.")
    return Markup(
        element("div", {"class": "text", "dir": "auto"}, body)
        + "".join(element("p", {"class": "cut"}, note) for note in notes)
    )


def _nested(marks: Iterable[_Mark]) -> list[_Mark]:
    """In the order of opening, each mark whole inside or whole outside any other: one that crosses is cut in two."""
    waiting = sorted(marks, key=lambda mark: (mark.start, -mark.end), reverse=True)
    result: list[_Mark] = []
    open_ends: list[int] = []
    while waiting:
        mark = waiting.pop()
        while open_ends and open_ends[-1] <= mark.start:
            open_ends.pop()
        if open_ends and mark.end > open_ends[-1]:
            rest = mark._replace(start=open_ends[-1])
            mark = mark._replace(end=open_ends[-1])
            position = len(waiting)
            while position and (waiting[position - 1].start, -waiting[position - 1].end) < (rest.start, -rest.end):
                position -= 1
            waiting.insert(position, rest)
        result.append(mark)
        open_ends.append(mark.end)
    return result


def _pieces(
    text: str, start: int, end: int, marks: Sequence[_Mark], due_to_this_model_alone: Collection[str], moved: str
) -> Iterable[str]:
    position = start
    open_marks: list[_Mark] = []
    for mark in marks:
        while open_marks and open_marks[-1].end <= mark.start:
            closed = open_marks.pop()
            yield escape(text[position : closed.end])
            yield "</mark>"
            position = closed.end
        yield escape(text[position : mark.start])
        yield _opening(mark.mention, due_to_this_model_alone, moved)
        position = mark.start
        open_marks.append(mark)
    for closed in reversed(open_marks):
        yield escape(text[position : closed.end])
        yield "</mark>"
        position = closed.end
    yield escape(text[position:end])


def _opening(mention: Mention, due_to_this_model_alone: Collection[str], moved: str) -> str:
    classes = _CLASSES[mention.assertion_status]
    if mention.plural:
        classes += " plural"
    elif mention.category in due_to_this_model_alone:
        classes += f" {moved}"
    title = f"{mention.category}: {mention.assertion_status}"
    if mention.cue is not None:
        title += f" ({mention.cue.text})"
    if mention.plural:
        title += ", not seen by the frozen parser"
    return f'<mark class="{classes}" title="{escape(title)}">'
