"""Charts of rows: a label, a strip with marks along one axis, and the value in figures.

A chart is drawn twice, for a wide and for a narrow screen, with the same marks; one of the two is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.axes import SHARE, Scale
from spinefairbench.render.page.drawing import (
    GRID,
    INK,
    MUTED,
    VALUE,
    circle,
    drawing,
    fitted,
    label,
    rectangle,
    segment,
    segments,
    text_width,
    tick_label,
    wrapped,
)
from spinefairbench.render.page.words import clipped
from spinefairbench.statistics.ranks import RankSet

__all__ = [
    "ChartRow",
    "Key",
    "Mark",
    "adjusted_key",
    "band",
    "dot",
    "estimate",
    "figure",
    "interval_marks",
    "line",
    "rank_chart",
    "row_chart",
    "square",
]

_STRIP_HEIGHT: Final = 22
_RANK_UNITS: Final = ByEndpoint.of(lambda endpoint: f"rank (1: {endpoint.first_rank})")
_RADIUS: Final = 2.8
_CAP: Final = 8.0
_TICK: Final = 13.0
_TITLE_HEIGHT: Final = 24
_KEY_HEIGHT: Final = 17
_SWATCH: Final = 26
_AXIS_HEIGHT: Final = 36


class _Layout(NamedTuple):
    """Where things stand: the width of a chart, the left end and width of its strips, and where values stand.

    `value_x` None: label and value have a line of their own above the strip.
    """

    width: int
    strip: tuple[int, int]
    value_x: int | None

    @property
    def unit_width(self) -> float:
        """The room for a text below the middle of the strips."""
        middle = self.strip[0] + self.strip[1] / 2
        return 2 * min(middle, self.width - middle)

    @property
    def above(self) -> int:
        """The height of what stands above a strip."""
        return 16 if self.value_x is None else 0


_WIDE: Final = _Layout(620, (150, 270), 434)
_NARROW: Final = _Layout(343, (4, 335), None)


class Mark(NamedTuple):
    """A mark on a strip, at `low` or from `low` to `high`. `height`: its middle, as a share of the strip's height."""

    shape: Literal["dot", "square", "tick", "line", "whisker", "band", "outline"]
    low: float
    high: float
    colour: str = VALUE
    height: float = 0.5
    hollow: bool = False
    thick: bool = False


class Key(NamedTuple):
    """One entry of a chart's legend: what the marks stand for, and the marks at 0 to 1 of its width."""

    text: str
    marks: Sequence[Mark]


class ChartRow(NamedTuple):
    """One row of a chart; `strip_height` in pixels; `strong` sets the row apart from the others."""

    label: str
    value: str
    marks: Sequence[Mark]
    strip_height: int = _STRIP_HEIGHT
    strong: bool = False


def dot(value: float, *, hollow: bool = False, colour: str = VALUE, height: float = 0.5) -> Mark:
    """A round mark, filled or hollow."""
    return Mark("dot", value, value, colour, height, hollow)


def square(value: float, *, hollow: bool = False, colour: str = VALUE, height: float = 0.5) -> Mark:
    """A square mark, filled or hollow."""
    return Mark("square", value, value, colour, height, hollow)


def line(low: float, high: float, *, colour: str = VALUE, thick: bool = False, height: float = 0.5) -> Mark:
    """A line between two values: an interval, or the distance from one mark to another."""
    return Mark("line", low, high, colour, height, thick=thick)


def band(low: float, high: float, colour: str) -> Mark:
    """A filled part of the strip between two values."""
    return Mark("band", low, high, colour)


def estimate(
    value: float | None, bounds: tuple[float, float] | None, *, hollow: bool = False, thick: bool = False
) -> list[Mark]:
    """A value with the line of its interval; what is None has no mark.

    A value is a stroke across its interval, which is too thin to hide it, or a hollow dot.
    """
    marks = [] if bounds is None else [line(*bounds, thick=thick)]
    if value is None:
        return marks
    return [*marks, dot(value, hollow=True) if hollow else Mark("tick", value, value)]


def interval_marks(found: Estimate, *, colour: str = VALUE, height: float = 0.5) -> list[Mark]:
    """The percentile interval as a line, and the adjusted one, where there is one, as a thin line with ends."""
    marks = [] if found.ci95 is None else [line(*found.ci95, colour=colour, height=height)]
    if found.adjusted_ci95 is not None:
        marks.append(Mark("whisker", *found.adjusted_ci95, colour, height))
    return marks


def adjusted_key(found: Iterable[Estimate]) -> list[Key]:
    """The key of the adjusted intervals, where one is drawn."""
    return [_ADJUSTED] if any(each.adjusted_ci95 is not None for each in found) else []


_ADJUSTED: Final = Key(
    "thin line with ends: adjusted 95% interval, where the percentile one may be too short",
    interval_marks(Estimate(None, (0.2, 0.8), (0.0, 1.0), "")),
)


# --- charts ----------------------------------------------------------------------------------------------------


def figure(*drawings: Markup) -> Markup:
    """The drawings of one figure, for wide and for narrow screens."""
    return element("figure", {"class": "figure"}, *drawings)


def row_chart(
    name: str, title: str, unit: str, scale: Scale, rows: Sequence[ChartRow], keys: Sequence[Key] = ()
) -> Markup:
    """The chart as a figure: title, legend, rows, and the axis with its unit. `name` tells its file from others."""
    return figure(*(_chart(layout, name, title, unit, scale, rows, keys) for layout in (_WIDE, _NARROW)))


def rank_chart(endpoint: Endpoint, ranked: Iterable[tuple[str, RankSet]]) -> Markup:
    """The ranks of models by name, each with its interval; those whose interval includes rank 1 are set apart."""
    in_order = list(ranked)
    scale = Scale(0.5, len(in_order) + 0.5, tuple(range(1, len(in_order) + 1)), 0)
    rows = [
        ChartRow(
            name,
            f"rank {ranks.rank} ({ranks.best_rank} to {ranks.worst_rank})",
            estimate(ranks.rank, (ranks.best_rank, ranks.worst_rank), thick=True),
            strong=ranks.not_separated_from_best,
        )
        for name, ranks in in_order
    ]
    keys = [Key("rank, with its 95% interval", estimate(0.5, (0.0, 1.0), thick=True))]
    name = f"ranks-{endpoint.short_name}"
    return row_chart(name, endpoint.title, _RANK_UNITS.at(endpoint), scale, rows, keys)


def _chart(
    layout: _Layout, name: str, title: str, unit: str, scale: Scale, rows: Sequence[ChartRow], keys: Sequence[Key]
) -> Markup:
    left, width = layout.strip
    keys_drawn, top = _keys(keys, layout.width)
    parts: list[Markup | None] = [label(0, 16, title, size=14, bold=True), *keys_drawn]
    y = top
    texts: list[Markup] = []
    shapes: list[_Shape] = []
    for row in rows:
        texts += _texts(layout, row, y)
        lane = (y + layout.above, row.strip_height)
        shapes += [shape for mark in row.marks for shape in _shapes(mark, scale, layout.strip, lane)]
        y += layout.above + row.strip_height
    parts += [_grid(layout, scale, top, y), *_painted(shapes), *texts]
    parts += [
        tick_label(left + scale.share(tick) * width, y + 15, scale.tick_label(tick), layout.width)
        for tick in scale.ticks
    ]
    lines = wrapped(unit, layout.unit_width, 11)
    parts += [
        label(left + width / 2, y + 31 + 13 * number, words, size=11, colour=MUTED, anchor="middle")
        for number, words in enumerate(lines)
    ]
    size = (layout.width, y + _AXIS_HEIGHT + 13 * (len(lines) - 1))
    return drawing(name, f"{title}, {unit}", size, parts, narrow=layout is _NARROW)


def _grid(layout: _Layout, scale: Scale, top: float, bottom: float) -> Markup:
    left, width = layout.strip
    at = {tick: left + scale.share(tick) * width for tick in scale.ticks}
    grid = segments(((x, top, x, bottom) for tick, x in at.items() if tick != scale.origin), GRID)
    if scale.origin is None:
        return element("g", None, grid)
    zero = left + scale.share(scale.origin) * width
    return element("g", None, grid, segment(zero, top, zero, bottom, MUTED, 2))


def _keys(keys: Sequence[Key], width: int) -> tuple[list[Markup | None], float]:
    """The legend as it flows into this width, and where it ends."""
    drawn: list[Markup | None] = []
    x, y = 0.0, float(_TITLE_HEIGHT)
    for key in keys:
        lines = wrapped(key.text, width - _SWATCH - 6, 11)
        wide = _SWATCH + 6 + max(text_width(each, 11) for each in lines)
        if x and x + wide > width:
            x, y = 0.0, y + _KEY_HEIGHT
        strip = (x + 4, _SWATCH - 8)
        drawn += _painted(shape for mark in key.marks for shape in _shapes(mark, SHARE, strip, (y, 14)))
        for at, words in enumerate(lines):
            drawn.append(label(x + _SWATCH + 6, y + 11 + 13 * at, words, size=11, colour=MUTED))
        y += 13 * (len(lines) - 1)
        x += wide + 18
    return drawn, y + (_KEY_HEIGHT + 6 if keys else 0)


def _texts(layout: _Layout, row: ChartRow, y: float) -> Iterator[Markup]:
    """Label and value of a row whose upper edge is at `y`."""
    name = clipped(row.label)
    if layout.value_x is None:
        value_width = text_width(row.value)
        yield label(0, y + 13, fitted(name, layout.width - value_width - 8), bold=row.strong, whole=name)
        yield label(layout.width, y + 13, row.value, anchor="end", bold=row.strong)
    else:
        middle = y + row.strip_height / 2 + 4
        yield label(0, middle, fitted(name, layout.strip[0] - 12), bold=row.strong, whole=name)
        yield label(layout.value_x, middle, row.value, bold=row.strong)


class _Stroke(NamedTuple):
    """A line from x1, y1 to x2, y2."""

    place: tuple[float, float, float, float]
    colour: str
    width: float


_Shape = _Stroke | Markup


def _painted(shapes: Iterable[_Shape]) -> Iterator[Markup | None]:
    """The shapes, lines of one kind as one path: wide ones first, and all below what is no line."""
    strokes: dict[tuple[float, str], list[tuple[float, float, float, float]]] = {}
    others = []
    for shape in shapes:
        if isinstance(shape, _Stroke):
            strokes.setdefault((-shape.width, shape.colour), []).append(shape.place)
        else:
            others.append(shape)
    for (width, colour), places in sorted(strokes.items()):
        yield segments(places, colour, -width)
    yield from others


def _shapes(mark: Mark, scale: Scale, strip: tuple[float, float], lane: tuple[float, float]) -> Iterator[_Shape]:
    """The shapes of a mark on the strip with this left end and width, in the lane with this upper edge and height."""
    (left, width), (top, tall) = strip, lane
    x, end = sorted(left + scale.share(value) * width for value in (mark.low, mark.high))
    y = top + mark.height * tall
    if mark.shape == "dot":
        yield circle(x, y, _RADIUS, mark.colour, hollow=mark.hollow)
    elif mark.shape == "square":
        yield rectangle(x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS, mark.colour, hollow=mark.hollow)
    elif mark.shape == "tick":
        yield _Stroke((x, y - _TICK / 2, x, y + _TICK / 2), mark.colour, 1.5)
    elif mark.shape == "line":
        yield _Stroke((x, y, end, y), mark.colour, 6 if mark.thick else 4)
    elif mark.shape == "whisker":
        yield _Stroke((x, y, end, y), mark.colour, 1)
        for at in (x, end):
            yield _Stroke((at, y - _CAP / 2, at, y + _CAP / 2), mark.colour, 1)
    elif mark.shape == "outline":
        yield rectangle(x, top + 0.62 * tall, end - x, 0.2 * tall, INK, hollow=True)
    else:
        # A gap of the page's colour tells two parts side by side from one another.
        yield rectangle(x, top + 0.2 * tall, end - x - 1.5, 0.6 * tall, mark.colour)
