"""The figure of the finding: what would change anyway and what changes more with the edit, and the excess on its own scale.

Both sides have the same rows. It is drawn for a wide and for a narrow screen, notice and signature inside it.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.render.html import Markup
from spinefairbench.render.page.axes import Scale, round_scale
from spinefairbench.render.page.charts import figure
from spinefairbench.render.page.drawing import (
    ANYWAY,
    GRID,
    INK,
    MUTED,
    PAPER,
    VALUE,
    circle,
    drawing,
    label,
    rectangle,
    segment,
    segments,
    tick_label,
)
from spinefairbench.render.page.finding_rows import FindingRow, Told
from spinefairbench.render.page.finding_words import range_words
from spinefairbench.render.page.marks import DOT_RADIUS, interval_ends
from spinefairbench.render.page.text_fit import fitted, text_width, wrapped
from spinefairbench.render.page.words import clipped, per_hundred, signed

__all__ = ["finding_figure"]

_NOT_COMPARABLE: Final = "never varies on one image: not comparable"


class _Words(NamedTuple):
    """What the two sides show, in long and in short."""

    left: str
    anyway: str
    more: str
    right: str
    left_short: str
    right_short: str


_WORDS: Final = ByEndpoint(
    _Words(
        "Of 100 pairs, how many change their advice",
        "would change anyway (F)",
        "more with the edit",
        "How many more with the edit, per 100 pairs",
        "changed of 100 pairs",
        "more with the edit",
    ),
    _Words(
        "How far diagnostic labels lie apart, of 100",
        "lie apart anyway (F)",
        "farther with the edit",
        "How much farther with the edit, of 100",
        "label distance of 100",
        "farther with the edit",
    ),
)


class _Layout(NamedTuple):
    """Where the two sides stand: their left ends and widths, the height of a row, and the sizes of texts.

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
        return self.values_x is None

    @property
    def bar(self) -> tuple[float, float]:
        """The upper edge of a bar within its row, and its height."""
        return (16, 10) if self.narrow else (5, self.row - 12)


_WIDE: Final = _Layout(960, 142, (150, 232), (522, 268), 804, 29, 12, 44)
_NARROW: Final = _Layout(343, 343, (2, 150), (176, 163), None, 30, 12, 48)


def finding_figure(rows: Sequence[FindingRow], endpoint: Endpoint, name: str, *, first: bool = False) -> Markup:
    """The figure of at least one row, in the order given.

    The `first` figure of a page shows its citation, and its rows are grouped by what is told.
    """
    return figure(
        _WORDS.at(endpoint).left, *(_drawn(rows, endpoint, name, layout, first=first) for layout in (_WIDE, _NARROW))
    )


def _drawn(rows: Sequence[FindingRow], endpoint: Endpoint, name: str, layout: _Layout, *, first: bool) -> Markup:
    words = _WORDS.at(endpoint)
    shares = [100 * value for row in rows for value in (row.changed, row.repeated)]
    left, right = round_scale(shares, least=1.0), round_scale(_reaches(rows), least=0.5)
    body: list[Markup | None] = []
    y, spans = float(layout.head), list[tuple[float, float]]()
    for number, (told, group) in enumerate(groupby(rows, key=lambda row: row.told if first else None)):
        if number:
            y += 4
            body.append(segment(0, y, layout.width, y, INK, 1, "5 4"))
            y += 2
        if told is not None:
            body.append(label(0, y + 11, told.value, size=11, colour=MUTED))
        y += 15
        top = y
        for row in group:
            body += _row(layout, row, y, left, right)
            y += _height(layout, row)
            if layout.narrow:
                # Names and figures stand between the bars: the lines of the axes leave them alone.
                spans.append((y - layout.row + layout.bar[0] - 1, y - 2))
        if not layout.narrow:
            spans.append((top, y))
    parts = [
        *_head(layout, words, any(row.excess.adjusted_ci95 is not None for row in rows)),
        *_axis(layout, layout.left, left, spans),
        *_axis(layout, layout.right, right, spans),
        *body,
    ]
    says = f"{words.left}, and {words.right[0].lower()}{words.right[1:]}, with 95% intervals: " + "; ".join(
        f"{clipped(row.model)} {per_hundred(row.changed)}, of which {per_hundred(row.repeated)} anyway, excess "
        f"{_excess_words(row)}"
        for row in rows
    )
    return drawing(name, says, (layout.width, y + 22), parts, narrow=layout.narrow, shows_citation=first)


def _reaches(rows: Sequence[FindingRow]) -> list[float]:
    ends = interval_ends(row.excess for row in rows)
    return [100 * (row.excess.value or 0.0) for row in rows] + [100 * end for end in ends]


def _height(layout: _Layout, row: FindingRow) -> float:
    return layout.row + _note_height(layout, row)


def _note_height(layout: _Layout, row: FindingRow) -> float:
    """The height of what stands below the name of a model that never varies."""
    return 0 if row.varies else 13 if layout.narrow else 8


def _head(layout: _Layout, words: _Words, adjusted: bool) -> Iterator[Markup]:
    """What each side is, and what is drawn in it."""
    left, right = layout.left[0], layout.right[0]
    swatches: tuple[tuple[float, float], tuple[float, float]]
    if layout.narrow:
        yield label(left, 12, words.left_short, bold=True)
        yield label(right, 12, words.right_short, bold=True)
        swatches, size = ((left, 20), (left, 33)), 11
        yield label(right, 29, "dot, line: estimate, interval", size=11, colour=MUTED)
        if adjusted:
            yield label(right, 42, "thin line: adjusted interval", size=11, colour=MUTED)
    else:
        yield label(left, 14, words.left, size=13, bold=True)
        yield label(right, 14, words.right, size=13, bold=True)
        swatches, size = ((left, 23), (left + 36 + text_width(words.anyway, 11), 23)), 11
        # They stand in the line of the first heading of a group.
        assert layout.values_x is not None
        yield label(left + layout.left[1] + 8, layout.head + 11, "anyway \u2192 with edit", size=11, colour=MUTED)
        yield label(layout.values_x, layout.head + 11, "excess (95% interval)", size=11, colour=MUTED)
        drawn = "estimate with its 95% interval" + ("; thin: the adjusted one" if adjusted else "")
        yield label(right, 33, drawn, size=11, colour=MUTED)
    for (x, y), colour, text in zip(swatches, (ANYWAY, VALUE), (words.anyway, words.more), strict=True):
        yield rectangle(x, y, 14, 11, colour)
        yield label(x + 19, y + 10, text, size=size, colour=MUTED)


def _axis(
    layout: _Layout, side: tuple[int, int], scale: Scale, spans: Sequence[tuple[float, float]]
) -> Iterator[Markup | None]:
    """The lines of an axis along these spans of rows, and the numbers of its ticks below the last."""
    start, width = side
    bottom = spans[-1][1]
    places = [(tick, start + scale.share(tick) * width) for tick in scale.ticks]
    yield segments([(x, top, x, end) for top, end in spans for tick, x in places if tick], GRID)
    zero = start + scale.share(0.0) * width
    yield segments([(zero, top, zero, end) for top, end in spans], INK, 2.5)
    # Where ticks are close, every other one has its number, counted from zero.
    step = 1 if width / len(places) > 26 else 2
    origin = [tick for tick, _ in places].index(0.0)
    for number, (tick, x) in enumerate(places):
        if (number - origin) % step == 0:
            yield tick_label(x, bottom + 15, scale.tick_label(tick), layout.width)


def _row(layout: _Layout, row: FindingRow, y: float, left: Scale, right: Scale) -> Iterator[Markup]:
    yield from _texts(layout, row, y)
    below = y + _note_height(layout, row) * (1 if layout.narrow else 0.5)
    yield from _bar(layout, row, below, left)
    yield from _interval(layout, row, below, right)


def _texts(layout: _Layout, row: FindingRow, y: float) -> Iterator[Markup]:
    name, told = clipped(row.model), row.is_told
    shares = f"{per_hundred(row.repeated)} \u2192 {per_hundred(row.changed)}"
    excess, colour = _excess_words(row), VALUE if told else MUTED
    if layout.values_x is None:
        room = layout.right[0] - text_width(shares) - 12
        yield label(0, y + 12, fitted(name, room), bold=row.strong, whole=name)
        yield label(layout.right[0] - 8, y + 12, shares, anchor="end")
        yield label(layout.width, y + 12, excess, colour=colour, anchor="end", bold=told)
        if not row.varies:
            yield label(0, y + 25, _NOT_COMPARABLE, size=11, colour=MUTED)
        return
    lines = [] if row.varies else wrapped(_NOT_COMPARABLE, layout.name_width, 10)
    first = y + layout.row / 2 + 3 - 5 * bool(lines)
    yield label(0, first, fitted(name, layout.name_width, layout.size), size=layout.size, bold=row.strong, whole=name)
    for number, words in enumerate(lines, 1):
        yield label(0, first + 11 * number, words, size=10, colour=MUTED)
    middle = y + _height(layout, row) / 2 + 3
    yield label(layout.left[0] + layout.left[1] + 8, middle, shares, size=layout.size)
    yield label(layout.values_x, middle, excess, size=layout.size, colour=colour, bold=told)


def _excess_words(row: FindingRow) -> str:
    return f"{signed(100 * (row.excess.value or 0.0), 1)} ({range_words(row.excess)})"


def _bar(layout: _Layout, row: FindingRow, y: float, scale: Scale) -> Iterator[Markup]:
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


def _interval(layout: _Layout, row: FindingRow, y: float, scale: Scale) -> Iterator[Markup]:
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
