"""Pages that stand alone: one HTML file, no network, and no text that can become markup.

A page may run the scripts and use the styles that it carries and no others: its content-security policy names
each by its hash. So there are no `style` attributes and no event attributes; charts use presentation attributes.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.version import __version__

__all__ = ["Cell", "Column", "Markup", "asset", "details", "element", "escape", "join", "json_script", "page", "table"]


class Markup(str):
    """Text that is HTML already. Any other text is escaped where it meets markup."""

    __slots__ = ()


Cell = str | None
"""Text (escaped), Markup (as it is), or None for nothing to show."""

_ASSETS: Final = Path(__file__).with_name("page")
_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
# The policy would block both of these kinds; better that they cannot be written.
_ATTRIBUTE: Final = re.compile(r"(?!on|style$)[a-zA-Z][a-zA-Z0-9-]*")
_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})


def _visible(code: int) -> str:
    """What is shown in place of a character that has no look of its own, or that would steer the page."""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\u27e8U+{code:04X}\u27e9"


# Controls, separators that scripts take for line ends, marks that turn the direction of what follows (a text could
# look like another one), and halves of surrogate pairs, which no encoding can hold.
_STEERING: Final = (
    *(code for code in range(0x20) if chr(code) not in "\t\n"),
    *range(0x7F, 0xA0),
    0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xFFFE, 0xFFFF,
    *range(0xD800, 0xE000),
)  # fmt: skip
_ESCAPES: Final[dict[int, str]] = {
    **{code: _visible(code) for code in _STEERING},
    **{ord(char): f"&#{ord(char)};" for char in "\"'"},
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
}


def escape(text: str) -> Markup:
    """`text` as HTML that shows it, safe as content and in a quoted attribute; Markup stays as it is.

    Control characters and marks of direction are shown by a sign, so that nothing in a text is invisible.
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
    """One element. An attribute that is True stands without a value; None and False leave it out."""
    return Markup("".join(_pieces(name, attributes or {}, children)))


def _pieces(
    name: str, attributes: Mapping[str, str | int | float | bool | None], children: Iterable[Cell]
) -> Iterable[str]:
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
        raise ValueError(f"{name!r} may not stand in a page")
    return name


def _plain(value: str | int | float) -> str:
    """A number as short as an attribute needs it: two decimals are a hundredth of a pixel."""
    if isinstance(value, float):
        return f"{round(value, 2) + 0.0:g}" if abs(value) < 1e5 else repr(value)
    return str(value)


class Column(NamedTuple):
    """A table's column; numbers are set to the right with figures of one width."""

    heading: str
    numeric: bool = False


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    classes: str = "",
    element_id: str | None = None,
) -> Markup:
    """A table with a caption; the first cell of a row is its heading. It scrolls by itself where the page is narrow."""
    head = element(
        "thead",
        None,
        element("tr", None, *(element("th", {"scope": "col", "class": _kind(c)}, c.heading) for c in columns)),
    )
    body = element("tbody", None, *(_row(columns, row) for row in rows))
    inner = element(
        "table",
        {"class": classes or None, "id": element_id},
        element("caption", None, element("span", None, caption)),
        head,
        body,
    )
    return element("div", {"class": "scroll", "tabindex": 0, "role": "region", "aria-label": str(caption)}, inner)


def _row(columns: Sequence[Column], row: Sequence[Cell]) -> Markup:
    cells = [element("th", {"scope": "row", "class": _kind(columns[0])}, row[0])]
    cells += [
        element("td", {"class": _kind(column)}, "\u2013" if cell is None else cell)
        for column, cell in zip(columns[1:], row[1:], strict=True)
    ]
    return element("tr", None, *cells)


def _kind(column: Column) -> str | None:
    return "number" if column.numeric else None


def details(summary: str, *content: Cell, is_open: bool = False) -> Markup:
    """Content that is folded away under its summary."""
    return element("details", {"open": is_open}, element("summary", None, summary), *content)


def json_script(element_id: str, value: Any) -> Markup:
    """Data for a page's script to read with JSON.parse from the element's text; nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return element("script", {"type": "application/json", "id": element_id}, Markup(text))


@cache
def asset(name: str) -> str:
    """The text of a style or script that is part of the program, e.g. `base.css`."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") + "'"


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "style-src " + (" ".join(map(_hash, styles)) or "'none'"),
            "script-src " + (" ".join(map(_hash, scripts)) or "'none'"),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def page(
    title: str,
    main: Iterable[str],
    *,
    header: Iterable[str] = (),
    footer: Iterable[str] = (),
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    banner: str | None = None,
    description: str | None = None,
) -> str:
    """A whole page. `banner` stays in sight on every screen and printed page (a synthetic bundle's, as a rule).

    `styles` and `scripts` are texts of the program itself (see `asset`), added to the base style; they are not
    escaped. Raises ValueError for one that would end its own element.
    """
    all_styles = [asset("base.css"), *([asset("banner.css")] if banner else ()), *styles]
    for text in (*all_styles, *scripts):
        if "</" in text and re.search(r"</(?:style|script)|<!--", text, re.IGNORECASE):
            raise ValueError("a style or script may not hold the end of its element")
    head = [
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": _policy(all_styles, scripts)}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("meta", {"name": "generator", "content": f"spinefairbench {__version__}"}),
        element("meta", {"name": "description", "content": description}) if description else None,
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", None, title),
        *(element("style", None, Markup(text)) for text in all_styles),
    ]
    body = [
        element("a", {"class": "skip", "href": "#main"}, "Skip to the content"),
        element("div", {"class": "banner", "role": "note"}, banner) if banner else None,
        element("header", {"class": "page-header"}, *header),
        element("main", {"id": "main", "tabindex": -1}, *main),
        element("footer", {"class": "page-footer"}, *footer),
        *(element("script", None, Markup(text)) for text in scripts),
    ]
    whole = element("html", {"lang": "en"}, element("head", None, *head), element("body", None, *body))
    return f"<!DOCTYPE html>\n{whole}\n"
