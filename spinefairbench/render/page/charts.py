"""Charts of rows: a label, a strip with marks along one axis, and the value in figures.

A chart is drawn twice, for a wide and for a narrow screen, with the same marks; one of the two is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.axes import SHARE, Scale
from spinefairbench.render.page.drawing import (
    GRID,
    MUTED,
    drawing,
    label,
    segments,
    tick_label,
)
from spinefairbench.render.page.marks import Mark, estimate, interval_marks, painted
from spinefairbench.render.page.text_fit import fitted, more_room, text_width, wrapped
from spinefairbench.render.page.words import clipped
from spinefairbench.statistics.ranks import RankSet

__all__ = [
    "RANKS_MEAN",
    "ChartRow",
    "Key",
    "adjusted_key",
    "figure",
    "rank_chart",
    "row_chart",
]

RANKS_MEAN: Final = (
    "The rank intervals of an endpoint hold for all models at once, at 95%. A model whose interval includes rank 1 is not "
    "separated from the least change (or the most consistency), which does not show that it has it"
)
_STRIP_HEIGHT: Final = 22
_RANK_UNITS: Final = ByEndpoint.of(lambda endpoint: f"rank (1: {endpoint.first_rank})")
_TITLE_HEIGHT: Final = 24
_KEY_HEIGHT: Final = 17
_SWATCH: Final = 26
_AXIS_HEIGHT: Final = 36
_MOST_TICKS: Final = 12


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

    def above(self, row: "ChartRow") -> int:
        """The height of what stands above a strip: a line, or two where label and value have no room beside one another."""
        if self.value_x is not None:
            return 0
        return 16 if text_width(clipped(row.label)) + text_width(row.value) + 8 <= self.width else 30


_WIDE: Final = _Layout(620, (150, 270), 434)
_NARROW: Final = _Layout(343, (4, 335), None)


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


def adjusted_key(found: Iterable[Estimate]) -> list[Key]:
    """The key of the adjusted intervals, where one is drawn."""
    return [_ADJUSTED] if any(each.adjusted_ci95 is not None for each in found) else []


_ADJUSTED: Final = Key(
    "thin line with ends: adjusted 95% interval, where the percentile one may be too short",
    interval_marks(Estimate(None, (0.2, 0.8), (0.0, 1.0), "")),
)


def figure(title: str, *drawings: Markup) -> Markup:
    """The drawings of one figure, for wide and for narrow screens; `title` names it."""
    return element("figure", {"class": "figure", "aria-label": title}, *drawings)


def row_chart(
    name: str, title: str, unit: str, scale: Scale, rows: Sequence[ChartRow], keys: Sequence[Key] = ()
) -> Markup:
    """The chart as a figure: title, legend, rows, and the axis with its unit. `name` tells its file from others."""
    more = more_room((row.label for row in rows), _WIDE.strip[0] - 12)
    (left, width), value_x = _WIDE.strip, _WIDE.value_x or 0
    wide = _Layout(_WIDE.width + more, (left + more, width), value_x + more)
    return figure(title, *(_chart(layout, name, title, unit, scale, rows, keys) for layout in (wide, _NARROW)))


def rank_chart(endpoint: Endpoint, ranked: Iterable[tuple[str, RankSet]]) -> Markup:
    """The ranks of models by name, each with its interval; those whose interval includes rank 1 are set apart."""
    in_order = list(ranked)
    last = len(in_order)
    ticks = range(1, last + 1) if last <= _MOST_TICKS else (1, *range(5, last + 1, 5))
    scale = Scale(0.5, last + 0.5, tuple(ticks), 0)
    rows = [
        ChartRow(
            name,
            f"rank {ranks.rank} ({ranks.best_rank} to {ranks.worst_rank})",
            estimate(ranks.rank, (ranks.best_rank, ranks.worst_rank), thick=True),
            strong=ranks.not_separated_from_best,
        )
        for name, ranks in in_order
    ]
    keys = [Key("rank, with its 95% interval; bold: not separated from rank 1", estimate(0.5, (0.0, 1.0), thick=True))]
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
    marks: list[tuple[Mark, tuple[float, float]]] = []
    strips: list[tuple[float, float]] = []
    for row in rows:
        texts += _texts(layout, row, y)
        above = layout.above(row)
        lane = (y + above, row.strip_height)
        marks += [(mark, lane) for mark in row.marks]
        y += above + row.strip_height
        strips.append((lane[0], y))
    # Names that stand between the strips are not crossed by the lines of the axis.
    parts += [
        _grid(layout, scale, strips if layout.value_x is None else [(top, y)]),
        *painted(marks, scale, layout.strip),
        *texts,
    ]
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


def _grid(layout: _Layout, scale: Scale, spans: Sequence[tuple[float, float]]) -> Markup:
    left, width = layout.strip
    at = {tick: left + scale.share(tick) * width for tick in scale.ticks}
    grid = segments(((x, top, x, end) for top, end in spans for tick, x in at.items() if tick != scale.origin), GRID)
    if scale.origin is None:
        return element("g", None, grid)
    zero = left + scale.share(scale.origin) * width
    return element("g", None, grid, segments([(zero, top, zero, end) for top, end in spans], MUTED, 2))


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
        drawn += painted([(mark, (y, 14)) for mark in key.marks], SHARE, strip)
        for at, words in enumerate(lines):
            drawn.append(label(x + _SWATCH + 6, y + 11 + 13 * at, words, size=11, colour=MUTED))
        y += 13 * (len(lines) - 1)
        x += wide + 18
    return drawn, y + (_KEY_HEIGHT + 6 if keys else 0)


def _texts(layout: _Layout, row: ChartRow, y: float) -> Iterator[Markup]:
    """Label and value of a row whose upper edge is at `y`."""
    name = clipped(row.label)
    if layout.value_x is None:
        yield label(0, y + 13, fitted(name, layout.width), bold=row.strong, whole=name)
        yield label(layout.width, y + layout.above(row) - 3, row.value, anchor="end", bold=row.strong)
    else:
        middle = y + row.strip_height / 2 + 4
        yield label(0, middle, fitted(name, layout.strip[0] - 12), bold=row.strong, whole=name)
        yield label(layout.value_x, middle, row.value, bold=row.strong)
