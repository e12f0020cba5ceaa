"""Charts of rows: a label, a strip with marks along one axis, and the value in figures.

Labels and values are text of the page, so they keep their size on a narrow screen. Only the strip is SVG; places
along its axis are percentages, so it takes whatever width is left.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.words import clipped
from spinefairbench.render.values import fixed_point
from spinefairbench.statistics.ranks import RankSet

__all__ = [
    "SHARE",
    "ChartRow",
    "Key",
    "Mark",
    "Scale",
    "adjusted_key",
    "band",
    "dot",
    "estimate",
    "interval_marks",
    "line",
    "rank_chart",
    "row_chart",
    "square",
]

_STRIP_HEIGHT: Final = 22
_AXIS_HEIGHT: Final = 34
_KEY_SIZE: Final = (26, 16)
_RANK_UNITS: Final = ByEndpoint.of(lambda endpoint: f"rank (1: {endpoint.first_rank})")
_CAP_HEIGHT: Final = 8.0
_DOT_RADIUS: Final = 5.0
_SQUARE_SIDE: Final = 9.0


class Scale(NamedTuple):
    """A linear axis with its ticks; `decimals` are those of the tick labels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int = 1

    def share(self, value: float) -> float:
        """Where a value lies along the axis, from 0 to 1; one outside the axis is put at its end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def at(self, value: float) -> str:
        """The place of a value along the strip, as a percentage."""
        return _percentage(self.share(value))


SHARE: Final = Scale(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
"""The axis of both endpoints."""


class Mark(NamedTuple):
    """A mark on a strip, at `low` or from `low` to `high`. `height`: its middle, as a share of the strip's height."""

    shape: Literal["dot", "square", "line", "whisker", "band"]
    low: float
    high: float
    classes: str
    height: float = 0.5


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


def dot(value: float, *, hollow: bool = False, series: str = "a", height: float = 0.5) -> Mark:
    """A round mark, filled or hollow."""
    return Mark("dot", value, value, _mark_classes(series, hollow), height)


def square(value: float, *, hollow: bool = False, series: str = "a", height: float = 0.5) -> Mark:
    """A square mark, filled or hollow."""
    return Mark("square", value, value, _mark_classes(series, hollow), height)


def _mark_classes(series: str, hollow: bool) -> str:
    return f"mark series-{series}" + (" hollow" if hollow else "")


def line(low: float, high: float, *, series: str = "a", thick: bool = False, height: float = 0.5) -> Mark:
    """A line between two values: an interval, or the distance from one mark to another."""
    return Mark("line", low, high, f"line series-{series}" + (" thick" if thick else ""), height)


def band(low: float, high: float, classes: str) -> Mark:
    """A filled part of the strip between two values."""
    return Mark("band", low, high, f"part {classes}")


def estimate(
    value: float | None, bounds: tuple[float, float] | None, *, hollow: bool = False, thick: bool = False
) -> list[Mark]:
    """A value with the line of its interval; what is None has no mark."""
    marks = [] if bounds is None else [line(*bounds, thick=thick)]
    return marks if value is None else [*marks, dot(value, hollow=hollow)]


def interval_marks(found: Estimate, *, series: str = "a", height: float = 0.5) -> list[Mark]:
    """The percentile interval as a line, and the adjusted one, where there is one, as a thin line with ends."""
    marks = [] if found.ci95 is None else [line(*found.ci95, series=series, height=height)]
    if found.adjusted_ci95 is not None:
        marks.append(Mark("whisker", *found.adjusted_ci95, f"whisker series-{series}", height))
    return marks


def adjusted_key(found: Iterable[Estimate]) -> list[Key]:
    """The key of the adjusted intervals, where one is drawn."""
    return [_ADJUSTED] if any(each.adjusted_ci95 is not None for each in found) else []


_ADJUSTED: Final = Key(
    "thin line with ends: adjusted 95% interval, where the percentile one may be too short",
    interval_marks(Estimate(None, (0.2, 0.8), (0.0, 1.0), "")),
)


def row_chart(title: str, unit: str, scale: Scale, rows: Sequence[ChartRow], keys: Sequence[Key] = ()) -> Markup:
    """The chart as a figure: title, legend, rows, and the axis with its unit."""
    return element(
        "figure",
        {"class": "chart"},
        element(
            "figcaption",
            {"class": "wrapping"},
            element("span", {"class": "chart-title"}, title),
            *map(_legend_entry, keys),
        ),
        element("ul", {"class": "plain"}, *(_chart_row(row, scale) for row in rows)),
        _axis(scale, unit),
    )


def rank_chart(endpoint: Endpoint, ranked: Iterable[tuple[str, RankSet]]) -> Markup:
    """The ranks of models by name, each with its interval; those whose interval includes rank 1 are set apart."""
    in_order = sorted(ranked, key=lambda each: (each[1].rank, each[0]))
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
    return row_chart(endpoint.title, _RANK_UNITS.at(endpoint), scale, rows, keys)


def _legend_entry(key: Key) -> Markup:
    width, height = _KEY_SIZE
    drawn = [_drawn(mark, SHARE, height) for mark in key.marks]
    return element("span", {"class": "key"}, _svg(drawn, width, height), key.text)


def _chart_row(row: ChartRow, scale: Scale) -> Markup:
    grid = [
        element("line", {"class": "grid", "x1": scale.at(tick), "x2": scale.at(tick), "y1": 0, "y2": row.strip_height})
        for tick in scale.ticks
    ]
    drawn = [_drawn(mark, scale, row.strip_height) for mark in row.marks]
    return element(
        "li",
        {"class": "chart-row strong" if row.strong else "chart-row"},
        element("span", {"class": "chart-label"}, clipped(row.label)),
        _strip([*grid, *drawn], row.strip_height),
        element("span", {"class": "chart-value"}, row.value),
    )


def _axis(scale: Scale, unit: str) -> Markup:
    labels = [
        element("text", {"x": scale.at(tick), "y": 14, "text-anchor": "middle"}, _tick_label(tick, scale))
        for tick in scale.ticks
    ]
    labels.append(element("text", {"x": "50%", "y": 30, "text-anchor": "middle"}, unit))
    return element(
        "div",
        {"class": "chart-row", "aria-hidden": "true"},
        element("span", {"class": "chart-label"}),
        _strip(labels, _AXIS_HEIGHT),
        element("span", {"class": "chart-value"}),
    )


def _tick_label(tick: float, scale: Scale) -> str:
    return fixed_point(tick, scale.decimals).replace("-", "\u2212")


def _strip(children: Sequence[Markup], height: int) -> Markup:
    return element("div", {"class": "plot"}, _svg(children, "100%", height))


def _svg(children: Sequence[Markup], width: int | str, height: int) -> Markup:
    return element("svg", {"width": width, "height": height, "aria-hidden": "true"}, *children)


def _drawn(mark: Mark, scale: Scale, strip_height: int) -> Markup:
    x, y = scale.at(mark.low), mark.height * strip_height
    if mark.shape == "dot":
        return element("circle", {"class": mark.classes, "cx": x, "cy": y, "r": _DOT_RADIUS})
    if mark.shape == "line":
        return element("line", {"class": mark.classes, "x1": x, "x2": scale.at(mark.high), "y1": y, "y2": y})
    if mark.shape == "whisker":
        end = scale.at(mark.high)
        ends = [(x, end, y, y), *((at, at, y - _CAP_HEIGHT / 2, y + _CAP_HEIGHT / 2) for at in (x, end))]
        lines = (element("line", {"x1": x1, "x2": x2, "y1": y1, "y2": y2}) for x1, x2, y1, y2 in ends)
        return element("g", {"class": mark.classes}, *lines)
    if mark.shape == "square":
        half = _SQUARE_SIDE / 2
        drawn = _rectangle(mark.classes, x, y - half, _SQUARE_SIDE, _SQUARE_SIDE)
        # A percentage cannot say "half a side to the left".
        return element("g", {"transform": f"translate({-half:g} 0)"}, drawn)
    width = _percentage(scale.share(mark.high) - scale.share(mark.low))
    return _rectangle(mark.classes, x, 0.2 * strip_height, width, 0.6 * strip_height)


def _rectangle(classes: str, x: str, y: float, width: str | float, height: float) -> Markup:
    return element("rect", {"class": classes, "x": x, "y": y, "width": width, "height": height})


def _percentage(share: float) -> str:
    return f"{round(100 * share, 2) + 0.0:g}%"
