"""Marks on the strip of a chart: values, intervals and parts of a whole."""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.html import Markup
from spinefairbench.render.page.axes import Scale
from spinefairbench.render.page.drawing import INK, VALUE, circle, rectangle, segments

__all__ = [
    "DOT_RADIUS",
    "Mark",
    "band",
    "dot",
    "estimate",
    "interval_ends",
    "interval_marks",
    "line",
    "painted",
    "square",
]

DOT_RADIUS: Final = 2.8
_CAP: Final = 8.0
_TICK: Final = 13.0


class Mark(NamedTuple):
    """A mark on a strip, at `low` or from `low` to `high`. `height`: its middle, as a share of the strip's height."""

    shape: Literal["dot", "square", "tick", "line", "whisker", "band", "outline"]
    low: float
    high: float
    colour: str = VALUE
    height: float = 0.5
    hollow: bool = False
    thick: bool = False


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


def interval_ends(found: Iterable[Estimate]) -> list[float]:
    """The ends of all intervals of some estimates, which their axis must hold."""
    return [end for each in found for bounds in (each.ci95, each.adjusted_ci95) if bounds is not None for end in bounds]


# --- drawn ---------------------------------------------------------------------------------------------------------


class _Stroke(NamedTuple):
    """A line from x1, y1 to x2, y2."""

    place: tuple[float, float, float, float]
    colour: str
    width: float


_Shape = _Stroke | Markup


def painted(
    placed: Iterable[tuple[Mark, tuple[float, float]]], scale: Scale, strip: tuple[float, float]
) -> Iterator[Markup | None]:
    """The marks on strips with this left end and width, each in the lane with this upper edge and height.

    Lines of one kind are one path, wide ones first, and all of them below what is no line.
    """
    shapes = [shape for mark, lane in placed for shape in _shapes(mark, scale, strip, lane)]
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
        yield circle(x, y, DOT_RADIUS, mark.colour, hollow=mark.hollow)
    elif mark.shape == "square":
        yield rectangle(x - DOT_RADIUS, y - DOT_RADIUS, 2 * DOT_RADIUS, 2 * DOT_RADIUS, mark.colour, hollow=mark.hollow)
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
