"""A document as HTML to put into a page, such as a notebook: tables, no script and no style."""

from collections.abc import Iterable, Sequence

from spinefairbench.render.document import Document, tables_and_lines
from spinefairbench.render.html import Markup, element, escape, join
from spinefairbench.render.values import printable

__all__ = ["fragment"]


def fragment(document: Document) -> Markup:
    """The document as HTML; all text in it is escaped."""
    result = document.result
    tables, lines = tables_and_lines(document)
    parts = [
        *_list([f"problem: {printable(str(problem))}" for problem in (*result.errors, *result.problems)]),
        *([element("pre", None, "\n".join(map(printable, result.details)))] if result.details else []),
    ]
    for title, (columns, cells, numeric, left_out) in tables.items():
        parts += _table(title or document.command, columns, cells, numeric)
        parts += [] if left_out is None else [element("p", None, left_out)]
    parts += _list(map(printable, lines))
    parts += [element("p", None, printable(paragraph)) for paragraph in result.closing]
    return element("div", None, join(parts))


def _table(
    caption: str, columns: Sequence[str], cells: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> list[Markup]:
    headings = [element("th", {"scope": "col"}, column.replace("_", " ")) for column in columns]
    rows = [
        element("tr", None, *(_cell(text, number) for text, number in zip(row, numeric, strict=True))) for row in cells
    ]
    head = element("thead", None, element("tr", None, *headings))
    return [element("table", None, element("caption", None, caption), head, element("tbody", None, *rows))]


def _cell(text: str, number: bool) -> Markup:
    return element("td", {"align": "right" if number else "left"}, escape(text))


def _list(lines: Iterable[str]) -> list[Markup]:
    items = [element("li", None, line) for line in lines]
    return [element("ul", None, *items)] if items else []
