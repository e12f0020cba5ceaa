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
    VALUE,
    drawing,
    label,
    rectangle,
    segment,
    segments,
    tick_label,
)
from spinefairbench.render.page.finding_marks import Layout, excess_label, row_height, row_marks
from spinefairbench.render.page.finding_rows import FindingRow
from spinefairbench.render.page.marks import interval_ends
from spinefairbench.render.page.text_fit import more_room, text_width
from spinefairbench.render.page.words import clipped, per_hundred

__all__ = ["finding_figure"]


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


_WIDE: Final = Layout(960, 142, (150, 232), (522, 268), 804, 29, 12, 44)
_NARROW: Final = Layout(343, 343, (2, 92), (184, 155), None, 30, 12, 48)


def finding_figure(rows: Sequence[FindingRow], endpoint: Endpoint, name: str, *, first: bool = False) -> Markup:
    """The figure of at least one row, in the order given.

    The `first` figure of a page shows its citation, and its rows are grouped by what is told.
    """
    layouts = (_wide(rows), _NARROW)
    return figure(_WORDS.at(endpoint).left, *(_drawn(rows, endpoint, name, layout, first=first) for layout in layouts))


def _wide(rows: Sequence[FindingRow]) -> Layout:
    """The layout for a wide screen, with more room for long names."""
    more = more_room((row.model for row in rows), _WIDE.name_width, _WIDE.size)
    (left, left_width), (right, right_width) = _WIDE.left, _WIDE.right
    return _WIDE._replace(
        width=_WIDE.width + more,
        name_width=_WIDE.name_width + more,
        left=(left + more, left_width),
        right=(right + more, right_width),
        values_x=(_WIDE.values_x or 0) + more,
    )


def _drawn(rows: Sequence[FindingRow], endpoint: Endpoint, name: str, layout: Layout, *, first: bool) -> Markup:
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
            body += row_marks(layout, row, y, left, right)
            y += row_height(layout, row)
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
        f"{excess_label(row)}"
        for row in rows
    )
    return drawing(name, says, (layout.width, y + 22), parts, narrow=layout.narrow, shows_citation=first)


def _reaches(rows: Sequence[FindingRow]) -> list[float]:
    ends = interval_ends(row.excess for row in rows)
    return [100 * (row.excess.value or 0.0) for row in rows] + [100 * end for end in ends]


def _head(layout: Layout, words: _Words, adjusted: bool) -> Iterator[Markup]:
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
    layout: Layout, side: tuple[int, int], scale: Scale, spans: Sequence[tuple[float, float]]
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
