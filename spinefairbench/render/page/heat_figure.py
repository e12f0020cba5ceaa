"""Heat maps: a number for each row and column, and a shade that repeats it; the table below has them for programs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.charts import figure
from spinefairbench.render.page.drawing import INK, MUTED, PAPER, coordinate, drawing, group, label
from spinefairbench.render.page.text_fit import fitted, text_width, wrapped

__all__ = ["LESS", "MORE", "SHADES", "HeatCell", "heat_figure", "shaded", "small_heat_figure"]

SHADES: Final = ("#f3f6f9", "#dbe8f2", "#bcd6e9", "#93bfde", "#2f76a8", "#0d4f80")
"""From 0 to 1; the last ones are dark, with letters in the colour of the page."""
MORE: Final = "#fbe0cc"
LESS: Final = "#d3e6f3"
"""Above and below zero."""
_DARK: Final = 4
_TEXT: Final = 11
_MOST_HEADING: Final = 120.0
_GAP: Final = 2


class HeatCell(NamedTuple):
    """What stands in a cell, and the colour behind it, None for that of the page; a `faint` number says little."""

    text: str = ""
    colour: str | None = None
    strong: bool = False
    faint: bool = False


class _Layout(NamedTuple):
    """The width of a drawing, the room for names of rows (none: they have a line of their own), and the height of a cell.

    Headings of columns stand upright where columns are narrow.
    """

    width: int
    names: int
    cell: int
    upright: bool

    @property
    def above(self) -> int:
        """The height of what stands above the cells of a row."""
        return 0 if self.names else 18


_WIDE: Final = _Layout(620, 124, 24, upright=False)
_NARROW: Final = _Layout(343, 0, 22, upright=True)
_SMALL: Final = _Layout(380, 106, 22, upright=True)

CellOf = Callable[[str, str], HeatCell]


def heat_figure(
    name: str, title: str, note: str | None, rows: Mapping[str, str], columns: Mapping[str, str], cell: CellOf
) -> Markup:
    """The figure of a map, for a wide and for a narrow screen.

    `rows` and `columns` are the words for each key, and `cell` makes the cell of a row's and a column's key; `note` says
    what colours mean.
    """
    return figure(title, *(_drawn(each, name, title, note, rows, columns, cell) for each in (_WIDE, _NARROW)))


def small_heat_figure(
    name: str, title: str, rows: Mapping[str, str], columns: Mapping[str, str], cell: CellOf
) -> Markup:
    """One of many maps that stand beside one another."""
    return figure(title, _drawn(_SMALL, name, title, None, rows, columns, cell))


def shaded(text: str, value: float) -> HeatCell:
    """A number with the shade for a value from 0 to 1."""
    return HeatCell(text, SHADES[min(int(len(SHADES) * value), len(SHADES) - 1)])


def _drawn(
    layout: _Layout,
    name: str,
    title: str,
    note: str | None,
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    cell: CellOf,
) -> Markup:
    step = (layout.width - layout.names) / len(columns)
    lines = wrapped(title, layout.width, 15)
    parts: list[Markup] = [label(0, 16 + 17 * at, words, size=14, bold=True) for at, words in enumerate(lines)]
    y = 17.0 * len(lines) + 4
    for words in wrapped(note, layout.width, 11) if note else ():
        y += 14
        parts.append(label(0, y, words, size=11, colour=MUTED))
    middles = [layout.names + step * (at + 0.5) for at in range(len(columns))]
    headings, tall = _headings(layout, list(columns.values()), middles, step)
    above = group(*headings, y=y + tall + 6)
    y += tall + 12
    tiles: dict[str, list[tuple[float, float]]] = {}
    numbers: list[Markup] = []
    for key, words in rows.items():
        parts.append(_row_name(layout, words, y))
        y += layout.above
        for middle, column in zip(middles, columns, strict=True):
            made = cell(key, column)
            if made.colour is not None:
                tiles.setdefault(made.colour, []).append((middle - step / 2, y))
            if made.text:
                numbers.append(label(middle, y + layout.cell / 2 + 4, made.text, colour=_ink(made), bold=made.strong))
        y += layout.cell
    size = (step - _GAP, layout.cell - _GAP)
    parts += [_tiles(places, size, colour) for colour, places in tiles.items()]
    parts += [element("g", {"text-anchor": "middle", "font-size": _TEXT}, *numbers), above]
    says = f"{title}. The table below has the numbers."
    return drawing(name, says, (layout.width, y + 4), parts, narrow=layout is _NARROW)


def _ink(made: HeatCell) -> str:
    if made.faint:
        return MUTED
    return PAPER if made.colour in SHADES[_DARK:] else INK


def _row_name(layout: _Layout, words: str, y: float) -> Markup:
    if layout.above:
        return label(0, y + 14, fitted(words, layout.width), whole=words)
    shown = fitted(words, layout.names - 6, _TEXT)
    return label(0, y + layout.cell / 2 + 4, shown, size=_TEXT, whole=words)


def _headings(
    layout: _Layout, words: Sequence[str], middles: Sequence[float], step: float
) -> tuple[list[Markup], float]:
    """The headings of columns, which end at the line of zero, and how tall they are."""
    if layout.upright:
        shown = [fitted(each, _MOST_HEADING, _TEXT) for each in words]
        made = [
            element(
                "g",
                {"transform": f"translate({coordinate(middle + 4)} 0) rotate(-90)"},
                label(0, 0, each, size=_TEXT, whole=whole),
            )
            for each, whole, middle in zip(shown, words, middles, strict=True)
        ]
        return made, max(text_width(each, _TEXT) for each in shown)
    broken = [list(_broken(each, step - 4)) for each in words]
    made = [
        label(middle, 13.0 * (at + 1 - len(lines)), line, size=_TEXT, anchor="middle")
        for lines, middle in zip(broken, middles, strict=True)
        for at, line in enumerate(lines)
    ]
    return made, 13.0 * max(map(len, broken))


def _broken(words: str, width: float) -> Iterator[str]:
    """A heading in lines: it is broken between words and, as names of models have none, after hyphens."""
    for line in wrapped(words.replace("-", "- "), width, _TEXT):
        yield fitted(line.replace("- ", "-"), width, _TEXT)


def _tiles(places: Iterable[tuple[float, float]], size: tuple[float, float], colour: str) -> Markup:
    """Many rectangles of one size as one path."""
    width, height = map(coordinate, size)
    path = "".join(f"M{coordinate(x)} {coordinate(y)}h{width}v{height}h-{width}z" for x, y in places)
    return element("path", {"d": path, "fill": colour})
