"""Elements and tables of a page: no text can become markup, and there are no `style` and no event attributes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

__all__ = [
    "LONG_NAME",
    "Cell",
    "Column",
    "Markup",
    "TableCell",
    "details",
    "element",
    "element_pieces",
    "escape",
    "join",
    "table",
]


class Markup(str):
    """Text that is HTML already. Any other text is escaped when it is put into markup."""

    __slots__ = ()


Cell = str | None
"""Text (to be escaped), Markup (used as it is), or None for nothing to show."""

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
# The policy would block event and style attributes, so they cannot be written in the first place.
_ATTRIBUTE: Final = re.compile(r"(?!on|style$)[a-zA-Z][a-zA-Z0-9-]*")
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


def _visible(code: int) -> str:
    """The visible stand-in for a character that is invisible or that would change how the page is laid out."""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\u27e8U+{code:04X}\u27e9"


# Control characters, separators that scripts treat as line ends, marks that change the direction of the text after
# them, characters without a width or a shape (one text could look like another), and lone surrogates, which no encoding
# can represent.
_INVISIBLE: Final = (
    *(code for code in range(0x20) if chr(code) not in "\t\n"),
    *range(0x7F, 0xA0),
    0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
    *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0,
    *range(0xFFF9, 0xFFFC), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
)  # fmt: skip
_ESCAPES: Final[dict[int, str]] = {
    **{code: _visible(code) for code in _INVISIBLE},
    **{ord(char): f"&#{ord(char)};" for char in "\"'"},
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
}


def escape(text: str) -> Markup:
    """`text` as HTML that shows it, safe as content and in a quoted attribute; Markup stays as it is.

    Control characters, direction marks and characters without a width become visible signs, so that nothing in a text
    is invisible.
    """
    if isinstance(text, Markup):
        return text
    return Markup(text.replace("\r\n", "\n").translate(_ESCAPES))


def join(parts: Iterable[str], separator: str = "") -> Markup:
    """The parts one after another, each escaped unless it is Markup."""
    return Markup(escape(separator).join(map(escape, parts)))


def element(
    name: str, attributes: Mapping[str, str | int | float | bool | None] | None = None, *children: Cell
) -> Markup:
    """One element. An attribute that is True is written without a value; None and False leave it out.

    Raises ValueError for a name that could break out of the tag, and for event and style attributes.
    """
    return Markup("".join(element_pieces(name, attributes or {}, children)))


def element_pieces(
    name: str, attributes: Mapping[str, str | int | float | bool | None], children: Iterable[Cell]
) -> Iterable[str]:
    """The text of one element in pieces, for one with long content: see `element`."""
    yield f"<{_checked(name, _NAME)}"
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        checked = _checked(key, _ATTRIBUTE)
        yield f" {checked}" if value is True else f' {checked}="{escape(_plain(value))}"'
    yield ">"
    if name in _VOID:
        return
    for child in children:
        if child is not None:
            yield escape(child)
    yield f"</{name}>"


def _checked(name: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(name):
        raise ValueError(f"{name!r} is not allowed in a page")
    return name


def _plain(value: str | float) -> str:
    """A number as short as an attribute needs it: two decimals are hundredths of a pixel."""
    if isinstance(value, float):
        return f"{round(value, 2) + 0.0:g}" if abs(value) < 1e5 else repr(value)
    return str(value)


Row = TypeVar("Row")

_DASH: Final = "\u2013"
_NO_VALUE: Final = Markup(f'<span class="dash"> ({_DASH}: no value)</span>')
LONG_NAME: Final = 28
"""Characters of a name that may stand on one line; a longer one is broken."""


class Column(NamedTuple, Generic[Row]):
    """A column of a table: its heading, a row's value in it, and how the value is shown.

    A column with `show` holds figures and is set to the right. Without `show`, the value itself is the cell.
    """

    heading: str
    value: Callable[[Row], Any]
    show: Callable[[Any], Cell] | None = None


class TableCell(NamedTuple):
    """A cell with classes and a tooltip of its own."""

    content: Cell
    classes: str = ""
    title: str | None = None


def table(
    caption: str,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    *,
    classes: str | None = None,
) -> Markup:
    """A table with a caption; the first cell of a row is its heading, and no value is a dash, which the caption explains.

    It scrolls on its own where the page is narrower than the table.
    """
    headings = [element("th", {"scope": "col", "class": _alignment(column)}, column.heading) for column in columns]
    body = element("tbody", None, *(element("tr", None, *_cells(columns, row)) for row in rows))
    inner = element(
        "table",
        {"class": classes},
        element("caption", None, element("span", None, caption, _NO_VALUE if f">{_DASH}</" in body else None)),
        element("thead", None, element("tr", None, *headings)),
        body,
    )
    return element("div", {"class": "scroll", "tabindex": 0, "role": "region", "aria-label": str(caption)}, inner)


def _cells(columns: Sequence[Column[Row]], row: Row) -> Iterable[Markup]:
    for index, column in enumerate(columns):
        value = column.value(row)
        if value is not None and column.show is not None:
            value = column.show(value)
        cell = value if isinstance(value, TableCell) else TableCell(value)
        name, scope = ("td", None) if index else ("th", "row")
        long = (
            scope
            and isinstance(cell.content, str)
            and not isinstance(cell.content, Markup)
            and len(cell.content) > LONG_NAME
        )
        classes = cell.classes or ("long" if long else _alignment(column))
        attributes = {"scope": scope, "class": classes, "title": cell.title}
        yield element(name, attributes, _DASH if cell.content is None else cell.content)


def _alignment(column: Column[Row]) -> str | None:
    return None if column.show is None else "number"


def details(summary: str, *content: Cell) -> Markup:
    """Content that is folded away under its summary."""
    return element("details", None, element("summary", None, summary), *content)
