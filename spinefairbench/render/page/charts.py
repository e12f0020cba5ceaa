"""Charts of rows: a label, a strip with marks along one axis, the value in figures.

Labels and values are text of the page, so they keep their size on a narrow screen; only the strip is SVG, and its
places along the axis are percentages, so it takes whatever width is left.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.render.html import Markup, element, join

__all__ = ["ChartRow", "Key", "Scale", "band", "dot", "row_chart", "square", "whisker"]

_STRIP_HEIGHT: Final = 22
_AXIS_HEIGHT: Final = 34
_DOT: Final = 5.0


class Scale(NamedTuple):
    """A linear axis with its ticks; `decimals` of the tick labels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int = 1

    def at(self, value: float) -> str:
        """The place of a value along the strip; one outside the axis is put at its end."""
        share = (value - self.low) / (self.high - self.low)
        return f"{round(100 * min(max(share, 0.0), 1.0), 2) + 0.0:g}%"


class Key(NamedTuple):
    """One entry of a chart's legend: the mark as it is drawn, and what it stands for."""

    mark: Markup
    text: str


class ChartRow(NamedTuple):
    """`marks` are SVG on the strip; `height` in pixels; `strong` sets the row apart from the others."""

    label: str
    value: str
    marks: tuple[Markup, ...]
    height: int = _STRIP_HEIGHT
    strong: bool = False


def dot(
    scale: Scale, value: float, *, hollow: bool = False, series: str = "a", height: float = _STRIP_HEIGHT
) -> Markup:
    """A round mark, filled or hollow, at the middle of a strip of this height."""
    classes = f"mark series-{series}" + (" hollow" if hollow else "")
    return element("circle", {"class": classes, "cx": scale.at(value), "cy": height / 2, "r": _DOT})


def square(
    scale: Scale, value: float, *, hollow: bool = False, series: str = "a", height: float = _STRIP_HEIGHT
) -> Markup:
    """A square mark; it is moved by half its side, which a percentage cannot say."""
    classes = f"mark series-{series}" + (" hollow" if hollow else "")
    side = 2 * _DOT - 1
    shape = element(
        "rect", {"class": classes, "x": scale.at(value), "y": (height - side) / 2, "width": side, "height": side}
    )
    return element("g", {"transform": f"translate({-side / 2:g} 0)"}, shape)


def whisker(
    scale: Scale, low: float, high: float, *, series: str = "a", height: float = _STRIP_HEIGHT, thick: bool = False
) -> Markup:
    """A line between two values: an interval, or the way from one mark to another."""
    classes = f"whisker series-{series}" + (" thick" if thick else "")
    return element(
        "line", {"class": classes, "x1": scale.at(low), "x2": scale.at(high), "y1": height / 2, "y2": height / 2}
    )


def band(scale: Scale, low: float, high: float, classes: str, *, height: float = _STRIP_HEIGHT) -> Markup:
    """A filled part of the strip from one value to another."""
    start = max(min((low - scale.low) / (scale.high - scale.low), 1.0), 0.0)
    end = max(min((high - scale.low) / (scale.high - scale.low), 1.0), 0.0)
    return element(
        "rect",
        {
            "class": classes, "x": f"{100 * start:.3f}%", "width": f"{100 * (end - start):.3f}%",
            "y": 4, "height": height - 8,
        },
    )  # fmt: skip


def _gridlines(scale: Scale, height: float) -> list[Markup]:
    return [
        element("line", {"class": "grid", "x1": scale.at(tick), "x2": scale.at(tick), "y1": 0, "y2": height})
        for tick in scale.ticks
    ]


def _strip(children: Sequence[Markup], height: int) -> Markup:
    inner = element("svg", {"class": "strip", "width": "100%", "height": height, "focusable": "false"}, *children)
    return element("div", {"class": "plot", "aria-hidden": "true"}, inner)


def _axis(scale: Scale, unit: str) -> Markup:
    labels = []
    for tick in scale.ticks:
        text = f"{tick + 0.0:.{scale.decimals}f}"
        labels.append(element("text", {"x": scale.at(tick), "y": 14, "text-anchor": "middle"}, text))
    labels.append(element("text", {"x": "50%", "y": 30, "text-anchor": "middle", "class": "unit"}, unit))
    return element(
        "div",
        {"class": "chart-row axis", "aria-hidden": "true"},
        element("span", {"class": "chart-label"}),
        _strip(labels, _AXIS_HEIGHT),
        element("span", {"class": "chart-value"}),
    )


def _chart_row(row: ChartRow, scale: Scale) -> Markup:
    return element(
        "li",
        {"class": "chart-row strong" if row.strong else "chart-row"},
        element("span", {"class": "chart-label"}, row.label),
        _strip([*_gridlines(scale, row.height), *row.marks], row.height),
        element("span", {"class": "chart-value"}, row.value),
    )


def row_chart(title: str, unit: str, scale: Scale, rows: Sequence[ChartRow], keys: Sequence[Key] = ()) -> Markup:
    """The chart as a figure: title, legend, rows, axis with its unit."""
    legend = [
        element(
            "span", {"class": "key"},
            element("svg", {"width": 26, "height": 16, "aria-hidden": "true", "focusable": "false"}, key.mark), key.text,
        )
        for key in keys
    ]  # fmt: skip
    return element(
        "figure",
        {"class": "chart"},
        element("figcaption", None, element("span", {"class": "chart-title"}, title), *legend),
        element("ul", {"class": "chart-rows"}, join(_chart_row(row, scale) for row in rows)),
        _axis(scale, unit),
    )
