"""Drawings: shapes and texts with coordinates of their own, in an SVG that stands alone when it is taken out of the page.

Colours are attributes, so that a drawing needs no style sheet; the page's own style sheet replaces each of them in a
dark scheme. Numbers are pixels of the drawing.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.text_fit import text_width

__all__ = [
    "AGE",
    "ANYWAY",
    "BOTH",
    "GRID",
    "INK",
    "MUTED",
    "PALETTE",
    "PAPER",
    "PARTIAL",
    "REFUSED",
    "SEX",
    "USABLE",
    "VALUE",
    "circle",
    "cited",
    "coordinate",
    "dots",
    "drawing",
    "group",
    "label",
    "rectangle",
    "segment",
    "segments",
    "tick_label",
]

INK: Final = "#1b2128"
"""Text, and what a figure is about where it has no colour of its own."""
MUTED: Final = "#55606b"
"""Text in the second place, the line of zero, and what cannot be told."""
GRID: Final = "#d3d9e0"
PAPER: Final = "#ffffff"
VALUE: Final = "#0a6097"
"""What was measured: a value, its interval, and the change with the edit."""
ANYWAY: Final = "#808a95"
"""What differs without an edit, too."""
USABLE: Final = "#6f8f2a"
PARTIAL: Final = "#2b1a0c"
REFUSED: Final = "#c4553a"
"""What became of a pair: each stands out from the page, and from its neighbour, by 3 to 1."""
AGE: Final = "#0b7468"
SEX: Final = "#a12a72"
BOTH: Final = "#5b4a9c"
"""Of a contrast: by age, by sex, and whether one depends on the other."""
PALETTE: Final = (INK, MUTED, GRID, PAPER, VALUE, ANYWAY, USABLE, PARTIAL, REFUSED, AGE, SEX, BOTH)
"""Every colour of a drawing."""

_PLACE_OF_CITATION: Final = re.compile(r'<g class="citation" data-width="(\d+)"></g>')
_MOST_CITATION: Final = 56
_FONT: Final = "Helvetica, Arial, sans-serif"
_SIZE: Final = 12
_TICK_SIZE: Final = 11
_CITATION_SIZE: Final = 8
_CITATION_CHARACTER: Final = 0.6


# --- shapes ----------------------------------------------------------------------------------------------------


def segment(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dash: str | None = None
) -> Markup:
    """A straight line."""
    return element(
        "line",
        {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": colour, "stroke-width": width, "stroke-dasharray": dash},
    )


def segments(lines: Iterable[tuple[float, float, float, float]], colour: str, width: float = 1.0) -> Markup | None:
    """Many lines of one kind as one path, each from x1, y1 to x2, y2; None without any."""
    path = "".join(
        f"M{coordinate(x1)} {coordinate(y1)}"
        + (f"H{coordinate(x2)}" if y1 == y2 else f"L{coordinate(x2)} {coordinate(y2)}")
        for x1, y1, x2, y2 in lines
    )
    return element("path", {"d": path, "stroke": colour, "stroke-width": width}) if path else None


def dots(points: Iterable[tuple[float, float]], colour: str, diameter: float) -> Markup | None:
    """Many discs of one kind as one path, each at x, y; None without any."""
    # A line without a length has round ends only.
    path = "".join(f"M{coordinate(x)} {coordinate(y)}h0" for x, y in points)
    if not path:
        return None
    return element("path", {"d": path, "stroke": colour, "stroke-width": diameter, "stroke-linecap": "round"})


def rectangle(x: float, y: float, width: float, height: float, colour: str, *, hollow: bool = False) -> Markup:
    """A filled rectangle, or its outline."""
    paint: dict[str, str | float] = (
        {"fill": PAPER, "stroke": colour, "stroke-width": 1.5} if hollow else {"fill": colour}
    )
    return element("rect", {"x": x, "y": y, "width": max(width, 0.0), "height": height, **paint})


def circle(x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> Markup:
    """A filled disc, or its outline."""
    paint: dict[str, str | float] = (
        {"fill": PAPER, "stroke": colour, "stroke-width": 1.5} if hollow else {"fill": colour}
    )
    return element("circle", {"cx": x, "cy": y, "r": radius, **paint})


def label(
    x: float,
    y: float,
    words: str,
    *,
    size: float = _SIZE,
    colour: str = INK,
    anchor: str | None = None,
    bold: bool = False,
    whole: str | None = None,
) -> Markup:
    """A line of text, its base line at `y`; `anchor` is middle or end. `whole` is what was shortened, shown on hovering."""
    attributes: dict[str, str | float | None] = {
        "x": x,
        "y": y,
        "font-size": None if size == _SIZE else size,
        "fill": None if colour == INK else colour,
        "text-anchor": anchor,
        "font-weight": 700 if bold else None,
    }
    hover = element("title", None, whole) if whole is not None and whole != words else None
    return element("text", attributes, words, hover)


def tick_label(x: float, y: float, words: str, width: float) -> Markup:
    """The number of a tick below `x`, kept within a drawing of this width."""
    half = text_width(words, _TICK_SIZE) / 2
    anchor = None if x < half else "end" if x > width - half else "middle"
    return label(
        0 if x < half else width if x > width - half else x, y, words, size=_TICK_SIZE, colour=MUTED, anchor=anchor
    )


def group(
    *children: Markup | None, x: float = 0, y: float = 0, size: float | None = None, anchor: str | None = None
) -> Markup:
    """Some shapes moved together; size and anchor are those of their texts."""
    attributes = {"transform": f"translate({coordinate(x)} {coordinate(y)})", "font-size": size, "text-anchor": anchor}
    return element("g", attributes, *children)


def coordinate(value: float) -> str:
    """A number of pixels as a drawing writes it, to a tenth."""
    return f"{round(value, 1) + 0.0:g}"


# --- the drawing -------------------------------------------------------------------------------------------------


def drawing(
    name: str,
    says: str,
    size: tuple[float, float],
    parts: Sequence[Markup | None],
    *,
    narrow: bool = False,
    shows_citation: bool = False,
) -> Markup:
    """The SVG of this width and height. `name` tells it from others; `says` is what it shows, in words.

    `narrow`: it is for a narrow screen, where it stands in for the wide one of this name. The citation stands below a
    wide drawing; the page leaves it out of sight unless it `shows_citation`, and whoever takes the drawing out of the
    page makes `data-whole` its view.
    """
    width, height = size
    seen, whole = (f"0 0 {coordinate(width)} {coordinate(tall)}" for tall in (height, height + _MOST_CITATION))
    place = element("g", {"class": "citation", "data-width": int(width)})
    return element(
        "svg",
        {
            "class": "narrow" if narrow else "wide",
            "data-name": name,
            "viewBox": whole if shows_citation else seen,
            "data-whole": None if narrow else whole,
            "role": "img",
            "aria-label": says,
            "font-family": _FONT,
            "font-size": _SIZE,
            "fill": INK,
        },
        element("rect", {"width": width, "height": height + _MOST_CITATION, "fill": PAPER}),
        *parts,
        None if narrow and not shows_citation else group(place, y=height),
    )


def cited(markup: str, signature: str, notice: str | None = None) -> Markup:
    """The markup with the citation in every drawing that has a place for it; `notice` is a warning that goes with it."""

    def citation(place: re.Match[str]) -> str:
        lines = [] if notice is None else [label(0, 12, notice, size=11, bold=True)]
        for number, part in enumerate(_signature_lines(signature, int(place[1])), 2 * len(lines) + 1):
            lines.append(_signature_line(part, 2 + 9.5 * number))
        return element("g", {"class": "citation"}, *lines)

    return Markup(_PLACE_OF_CITATION.sub(citation, markup))


def _signature_lines(signature: str, width: int) -> list[str]:
    """The signature in lines that end between two of its parts."""
    most = int(width / (_CITATION_CHARACTER * _CITATION_SIZE))
    lines = [""]
    for part in signature.split("|"):
        if lines[-1] and len(lines[-1]) + len(part) + 1 > most:
            lines.append("")
        lines[-1] += f"{part}|"
    lines[-1] = lines[-1][:-1]
    return lines


def _signature_line(words: str, y: float) -> Markup:
    attributes: dict[str, str | float] = {
        "y": y,
        "font-size": _CITATION_SIZE,
        "fill": MUTED,
        "font-family": "monospace",
    }
    return element("text", attributes, words)
