"""The parts that every section has: a heading, sentences that say what to see, a chart and its numbers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spinefairbench.render.html import Cell, Column, Markup, details, element, table

__all__ = ["Section", "notes", "numbers", "section", "sentences"]


class Section(NamedTuple):
    """A section of the page and its entry in the list of contents."""

    element_id: str
    heading: str
    content: Markup


def section(element_id: str, heading: str, *content: Cell) -> Section:
    """A landmark named by its heading."""
    heading_id = f"{element_id}-heading"
    inner = element(
        "section",
        {"id": element_id, "aria-labelledby": heading_id},
        element("h2", {"id": heading_id}, heading),
        *content,
    )
    return Section(element_id, heading, inner)


def sentences(*texts: str | None) -> Markup:
    """What to see, in words."""
    return element("p", {"class": "see"}, " ".join(text for text in texts if text))


def notes(texts: Iterable[str]) -> Markup | None:
    """What a reader must know besides, as a list; None where there is nothing."""
    items = [element("li", None, _sentence(text)) for text in texts]
    return element("ul", {"class": "notes"}, *items) if items else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?" else ".")


def numbers(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Markup:
    """The numbers of the chart above, folded away."""
    return details("The numbers as a table", table(caption, columns, rows))
