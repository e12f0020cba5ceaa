"""Tables as lines of text, whole or fitted to the width of a terminal; nothing is left out to fit."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

__all__ = ["Table", "fitted_lines", "table_lines", "wrapped"]

_GAP: Final = "  "
_LEAST_WIDTH: Final = 40
"""A terminal may say that it has less, or nothing at all."""
_FOLDED_FROM: Final = 25
"""Cells of words from this width on may be folded; intervals and names are shorter."""
_LEAST_FOLDED: Final = 20
_MOST_TURNED: Final = 3
"""Rows of a table that may be turned: of more, one looks for a row and not for a column."""


class Table(NamedTuple):
    """Headings, rows of cells, which columns hold numbers, and what is said of rows that are left out."""

    columns: list[str]
    cells: list[list[str]]
    numeric: list[bool]
    left_out: str | None = None

    def only(self, places: Iterable[int]) -> "Table":
        """The table of some of the columns."""
        chosen = list(places)
        return Table(
            [self.columns[at] for at in chosen],
            [[row[at] for at in chosen] for row in self.cells],
            [self.numeric[at] for at in chosen],
        )


def wrapped(line: str, width: int | None) -> list[str]:
    """A line broken between its words, what follows indented; as it is where `width` is None or it has room."""
    if width is None or len(line) <= width:
        return [line]
    return textwrap.wrap(
        line, max(width, _LEAST_WIDTH), subsequent_indent=_GAP, break_long_words=False, break_on_hyphens=False
    )


def table_lines(table: Table) -> list[str]:
    """The lines of a table, however wide."""
    return _lines(table, _widths(table))


def fitted_lines(table: Table, width: int) -> tuple[list[str], str | None]:
    """The lines of a table in `width` columns, and in a few words how it was made to fit, if it was.

    Long texts are folded between words. Where that is not enough, a table of few rows is turned, and any other is shown
    in parts, each with the columns that name its rows.
    """
    width = max(width, _LEAST_WIDTH)
    if _width(_widths(table)) <= width:
        return table_lines(table), None
    folded = _folded_widths(table, width)
    if folded is not None:
        return _lines(table, folded), None
    turned = _turned(table) if len(table.cells) <= _MOST_TURNED else None
    if turned is not None and (widths := _folded_widths(turned, width)) is not None:
        return _lines(turned, widths), "with a line for each column"
    parts = list(_parts(table, width))
    lines = [line for part in parts for line in _lines(part, _squeezed_widths(part, width))]
    return [*lines[:-1], *([table.left_out] if table.left_out else []), ""], f"in {len(parts)} parts"


# --- widths ----------------------------------------------------------------------------------------------------


def _widths(table: Table) -> list[int]:
    """The width of each column; a heading is wrapped between its words, so that it widens no column of numbers."""
    return [
        max(*(len(row[at]) for row in table.cells), *map(len, _words(heading)))
        for at, heading in enumerate(table.columns)
    ]


def _width(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _words(heading: str) -> list[str]:
    return heading.replace("_", " ").split() or [""]


def _folded_widths(table: Table, width: int) -> list[int] | None:
    """Widths with which the table fits once its long texts are folded; None where it does not."""
    natural = _widths(table)
    least = [
        max(_LEAST_FOLDED, *map(len, _words(heading))) if not number and wide >= _FOLDED_FROM else wide
        for heading, number, wide in zip(table.columns, table.numeric, natural, strict=True)
    ]
    room = width - _width(least)
    if room < 0:
        return None
    # The widest column that can use it gets the next place, so that rows become as few lines as possible.
    while room and any(have < wide for have, wide in zip(least, natural, strict=True)):
        at = max(range(len(least)), key=lambda place: natural[place] / least[place])
        least[at] += 1
        room -= 1
    return least


def _squeezed_widths(table: Table, width: int) -> list[int]:
    """As `_folded_widths`; what does not fit even so stays as wide as it must be."""
    return _folded_widths(table, width) or [
        wide if number else min(wide, _half(width)) for wide, number in zip(_widths(table), table.numeric, strict=True)
    ]


# --- shapes ----------------------------------------------------------------------------------------------------


def _turned(table: Table) -> Table:
    """Rows as columns: the first column holds the headings, and its heading is the first of them."""
    first, *others = (" ".join(_words(heading)) for heading in table.columns)
    columns = [first, *(row[0] for row in table.cells)]
    cells = [[heading, *(row[at] for row in table.cells)] for at, heading in enumerate(others, 1)]
    return Table(columns, cells, [False] * len(columns), table.left_out)


def _parts(table: Table, width: int) -> Iterable[Table]:
    """The table cut between columns; the columns that name the rows stand in every part."""
    names = _naming(table, _half(width))
    if not names:
        numbers = [str(number) for number in range(1, len(table.cells) + 1)]
        cells = [[number, *row] for number, row in zip(numbers, table.cells, strict=True)]
        table, names = Table(["row", *table.columns], cells, [True, *table.numeric], table.left_out), [0]
    others = [at for at in range(len(table.columns)) if at not in names]
    part: list[int] = []
    for at in others:
        wider = table.only([*names, *part, at])
        if part and _folded_widths(wider, width) is None:
            yield table.only([*names, *part])
            part = []
        part.append(at)
    yield table.only([*names, *part])


def _half(width: int) -> int:
    """What each side may have where the columns that name the rows stand beside one other."""
    return (width - len(_GAP)) // 2


def _naming(table: Table, room: int) -> list[int]:
    """The leading columns of text that tell the rows apart, as few as do; as many as have room where none suffice."""
    widths = _widths(table)
    leading = 0
    while leading < len(table.columns) - 1 and not table.numeric[leading]:
        if leading and _width(widths[: leading + 1]) > room:
            break
        leading += 1
    for count in range(1, leading + 1):
        if len({tuple(row[:count]) for row in table.cells}) == len(table.cells):
            return list(range(count))
    return list(range(leading))


# --- lines -----------------------------------------------------------------------------------------------------


def _lines(table: Table, widths: Sequence[int]) -> list[str]:
    headings = [_wrapped_words(_words(heading), width) for heading, width in zip(table.columns, widths, strict=True)]
    depth = max(map(len, headings))
    lines = _joined([[""] * (depth - len(heading)) + heading for heading in headings], widths, table.numeric)
    lines += _joined([["-" * width] for width in widths], widths, table.numeric)
    for row in table.cells:
        lines += _joined([_folded(cell, width) for cell, width in zip(row, widths, strict=True)], widths, table.numeric)
    return [*lines, *([table.left_out] if table.left_out else []), ""]


def _joined(cells: Sequence[Sequence[str]], widths: Sequence[int], numeric: Sequence[bool]) -> list[str]:
    """The lines of one row, whose cells may have several."""
    depth = max(map(len, cells))
    return [
        _GAP.join(
            (line.rjust(width) if number else line.ljust(width))
            for line, width, number in zip(
                (cell[at] if at < len(cell) else "" for cell in cells), widths, numeric, strict=True
            )
        ).rstrip()
        for at in range(depth)
    ]


def _folded(cell: str, width: int) -> list[str]:
    if len(cell) <= width:
        return [cell]
    # A word that is longer than a line is cut; in pieces of one line, whatever its length takes linear time.
    pieces = [word[at : at + width] for word in cell.split() for at in range(0, len(word), width)]
    return _wrapped_words(pieces or [""], width)


def _wrapped_words(words: list[str], width: int) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
