"""What sections are made of: headings, sentences, notes, tables of figures and heat maps."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.problems import counted
from spinefairbench.render.html import Cell, Column, Markup, details, element, table
from spinefairbench.render.page.words import (
    clipped,
    published_beside,
    signed_interval,
    signed_with_interval,
    with_interval,
)
from spinefairbench.version import __version__

__all__ = [
    "MODEL",
    "SIGNIFICANT",
    "Section",
    "badge",
    "contents_list",
    "estimate_cell",
    "folded_table",
    "footer",
    "method_section",
    "notes",
    "remark",
    "section",
    "sentences",
    "side_by_side",
    "signed_estimate_cell",
]

SIGNIFICANT: Final = 0.05
"""A difference with an adjusted p value below this is called separated from zero."""
MODEL: Final[Column[Any]] = Column("Model", lambda row: clipped(row.model))
"""The first column of most tables."""
# The hyphen of a name or of a range is none.
_MINUS: Final = re.compile(r"(?<![\w.)-])-(?=\d)")
Row = TypeVar("Row")


class Section(NamedTuple):
    """A section of the page, with its anchor and heading for the list of contents.

    `method` are its definitions and limits, which stand at the foot of the page whatever the data are.
    """

    element_id: str
    heading: str
    content: Markup
    method: Sequence[str] = ()


def section(element_id: str, heading: str, *content: Cell, method: Sequence[str] = ()) -> Section:
    """A landmark named by its heading."""
    heading_id = f"{element_id}-heading"
    inner = element(
        "section",
        {"id": element_id, "aria-labelledby": heading_id},
        element("h2", {"id": heading_id}, heading),
        *content,
    )
    return Section(element_id, heading, inner, method)


def method_section(sections: Iterable[Section]) -> Section | None:
    """What these sections define, each thing once, folded away under their headings; None where they define nothing."""
    said: set[str] = set()
    parts: list[Markup] = []
    for each in sections:
        new = [text for text in each.method if text not in said]
        said.update(new)
        if new:
            items = [element("li", None, _sentence(text)) for text in new]
            parts += [element("h3", None, each.heading), element("ul", {"class": "small"}, *items)]
    if not parts:
        return None
    return section("method", "Method", details("Definitions and limits", *parts))


def sentences(*texts: str | None) -> Markup:
    """A paragraph that says what to see."""
    return element("p", None, " ".join(text for text in texts if text))


def remark(*content: Cell) -> Markup:
    """A paragraph in small print."""
    return element("p", {"class": "small muted"}, *content)


def badge(text: str, kind: str = "") -> Markup:
    """A few words in a box; `kind` is good, bad, warn or nothing."""
    return element("span", {"class": f"badge {kind}".strip()}, text)


def estimate_cell(found: Estimate) -> Cell:
    """An estimate with the interval that is judged by, and below it that of the published method where it is another."""
    return _both_intervals(with_interval(found), published_beside(found))


def signed_estimate_cell(found: Estimate) -> Cell:
    """As `estimate_cell`, each number with its sign."""
    return _both_intervals(signed_with_interval(found), published_beside(found, signed_interval))


def _both_intervals(judged: str, published: str | None) -> Cell:
    if published is None:
        return judged
    return element("span", None, judged, " ", element("span", {"class": "published small muted"}, published))


def notes(texts: Iterable[str | None]) -> Markup | None:
    """A list of what else a reader must know, folded away; None where there is nothing."""
    items = [element("li", None, _sentence(text)) for text in texts if text]
    if not items:
        return None
    return details(counted(len(items), "note"), element("ul", {"class": "small muted"}, *items))


def contents_list(sections: Iterable[Section], short: Mapping[str, str]) -> Markup:
    """Links to the sections, which stay in view; some have a `short` heading there."""
    links = [
        element("a", {"href": f"#{each.element_id}"}, short.get(each.element_id, each.heading)) for each in sections
    ]
    items = [element("li", None, link) for link in links]
    return element(
        "nav", {"aria-label": "Contents", "class": "contents screen-only"}, element("ul", {"class": "plain"}, *items)
    )


def _sentence(text: str) -> str:
    """The text with a capital letter, a full stop and true minus signs; a name before a colon keeps its own spelling."""
    text = _MINUS.sub("\u2212", text)
    start = text if text.partition(" ")[0].endswith(":") else text[:1].upper() + text[1:]
    return start if start[-1:] in ".!?" else f"{start}."


def side_by_side(charts: Iterable[Markup]) -> Markup:
    """Charts beside one another where the page is wide enough."""
    return element("div", {"class": "pair-of-charts"}, *charts)


def folded_table(
    caption: str, columns: Sequence[Column[Row]], rows: Iterable[Row], summary: str = "The numbers"
) -> Markup:
    """A table that is folded away, as a rule the numbers of the chart above it."""
    return details(summary, table(caption, columns, rows, classes="sortable"))


def footer() -> Markup:
    """What the page is, and what it is not."""
    return element(
        "p",
        None,
        f"SpineFairBench {__version__}, a research benchmark: no statement about any patient, not for clinical use.",
    )
