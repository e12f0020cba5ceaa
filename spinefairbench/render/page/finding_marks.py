"""One row of the figure of the finding: its texts, its bar and its interval."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from spinefairbench.render.html import Markup
from spinefairbench.render.page.axes import Scale
from spinefairbench.render.page.drawing import ANYWAY, MUTED, PAPER, VALUE, circle, label, rectangle, segment, segments
from spinefairbench.render.page.finding_rows import FindingRow, Told
from spinefairbench.render.page.finding_words import range_words
from spinefairbench.render.page.marks import DOT_RADIUS
from spinefairbench.render.page.text_fit import fitted, text_width, wrapped
from spinefairbench.render.page.words import clipped, per_hundred, signed

__all__ = ["Layout", "excess_label", "row_height", "row_marks"]

_NOT_COMPARABLE: Final = "never varies on one image: not comparable"


class Layout(NamedTuple):
    """Where the two sides of the figure stand: their left ends and widths, the height of a row, and the sizes of texts.

    `values_x`: where the figures of the excess stand; None: names and figures have a line of their own.
    """

    width: int
    name_width: int
    left: tuple[int, int]
    right: tuple[int, int]
    values_x: int | None
    row: int
    size: int
    head: int

    @property
    def narrow(self) -> bool:
        """Whether it is for a narrow screen."""
        return self.values_x is None

    @property
    def bar(self) -> tuple[float, float]:
        """The upper edge of a bar within its row, and its height."""
        return (16, 10) if self.narrow else (5, self.row - 12)


def row_height(layout: Layout, row: FindingRow) -> float:
    """The height of a row, with what stands below its name."""
    return layout.row + _note_height(layout, row)


def _note_height(layout: Layout, row: FindingRow) -> float:
    """The height of what stands below a name: that the model never varies, and the figures that have no room beside it."""
    note = 0 if row.varies else 13 if layout.narrow else 12
    return note + (13 if layout.narrow and _is_long(layout, row) else 0)


def _is_long(layout: Layout, row: FindingRow) -> bool:
    return text_width(clipped(row.model)) + text_width(excess_label(row)) + 12 > layout.width


def row_marks(layout: Layout, row: FindingRow, y: float, left: Scale, right: Scale) -> Iterator[Markup]:
    """The texts, the bar and the interval of the row whose upper edge is at `y`."""
    yield from _texts(layout, row, y)
    below = y + _note_height(layout, row) * (1 if layout.narrow else 0.5)
    yield from _bar(layout, row, below, left)
    yield from _interval(layout, row, below, right)


def _texts(layout: Layout, row: FindingRow, y: float) -> Iterator[Markup]:
    name, told = clipped(row.model), row.is_told
    shares = f"{per_hundred(row.repeated)} \u2192 {per_hundred(row.changed)}"
    excess, colour = excess_label(row), VALUE if told else MUTED
    if layout.values_x is None:
        yield label(0, y + 12, fitted(name, layout.width), bold=row.strong, whole=name)
        line = y + 12 + 13 * _is_long(layout, row)
        yield label(layout.width, line, excess, colour=colour, anchor="end", bold=told)
        below = y + _note_height(layout, row) + layout.bar[0] + layout.bar[1] - 1
        yield label(layout.right[0] - 10, below, shares, size=11, anchor="end")
        if not row.varies:
            yield label(0, line + 13, _NOT_COMPARABLE, size=11, colour=MUTED)
        return
    lines = [] if row.varies else wrapped(_NOT_COMPARABLE, layout.name_width, 10)
    first = y + (15 if lines else layout.row / 2 + 3)
    yield label(0, first, fitted(name, layout.name_width, layout.size), size=layout.size, bold=row.strong, whole=name)
    for number, words in enumerate(lines, 1):
        yield label(0, first + 11 * number, words, size=10, colour=MUTED)
    middle = y + row_height(layout, row) / 2 + 3
    yield label(layout.left[0] + layout.left[1] + 8, middle, shares, size=layout.size)
    yield label(layout.values_x, middle, excess, size=layout.size, colour=colour, bold=told)


def excess_label(row: FindingRow) -> str:
    """The excess with the interval that is judged by, per 100 pairs."""
    return f"{signed(100 * (row.excess.value or 0.0), 1)} ({range_words(row.excess)})"


def _bar(layout: Layout, row: FindingRow, y: float, scale: Scale) -> Iterator[Markup]:
    """Grey for what differs anyway, and beside it what the edit has more: solid where that is told from noise.

    Where the edit has less, what is missing of the grey is an outline.
    """
    start, width = layout.left
    down, tall = layout.bar
    anyway, changed = (start + scale.share(100 * value) * width for value in (row.repeated, row.changed))
    solid = row.told is Told.MORE
    yield rectangle(start, y + down, min(anyway, changed) - start, tall, ANYWAY)
    low, high = sorted((anyway, changed))
    if high - low < 0.1:
        return
    if solid:
        yield segment(low, y + down, low, y + down + tall, PAPER, 1.5)
        yield rectangle(low + 0.75, y + down, high - low - 0.75, tall, VALUE)
    else:
        colour = VALUE if row.told is Told.LESS else MUTED
        yield rectangle(low + 1.5, y + down + 0.75, high - low - 2, tall - 1.5, colour, hollow=True)


def _interval(layout: Layout, row: FindingRow, y: float, scale: Scale) -> Iterator[Markup]:
    start, width = layout.right
    down, tall = layout.bar
    middle, told = y + down + tall / 2, row.is_told
    colour = VALUE if told else MUTED

    def at(value: float) -> float:
        return start + scale.share(100 * value) * width

    found = row.excess
    if found.adjusted_ci95 is not None:
        low, high = map(at, found.adjusted_ci95)
        ends = segments([(x, middle - 5, x, middle + 5) for x in (low, high)] + [(low, middle, high, middle)], colour)
        assert ends is not None
        yield ends
    if found.ci95 is not None:
        yield segment(at(found.ci95[0]), middle, at(found.ci95[1]), middle, colour, 3)
    yield circle(at(found.value or 0.0), middle, DOT_RADIUS, colour, hollow=not told)
