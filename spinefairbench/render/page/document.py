"""The whole page, its sections in the order in which a reader needs them."""

from collections.abc import Callable
from typing import Final

from spinefairbench.render.html import asset, element, page
from spinefairbench.render.page.against import against_section
from spinefairbench.render.page.comparison import comparison_section
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.endpoints import endpoints_section
from spinefairbench.render.page.flows import flows_section
from spinefairbench.render.page.layout_parts import Section
from spinefairbench.render.page.noise import noise_section
from spinefairbench.render.page.pairs import pairs_section
from spinefairbench.render.page.parsers import parsers_section
from spinefairbench.render.page.refusals import refusals_section
from spinefairbench.render.page.strata import strata_section
from spinefairbench.render.page.verdict import verdict_section
from spinefairbench.version import __version__

__all__ = ["render_page"]

_SECTIONS: Final[tuple[Callable[[PageContents], Section | None], ...]] = (
    verdict_section,
    endpoints_section,
    noise_section,
    strata_section,
    flows_section,
    refusals_section,
    parsers_section,
    comparison_section,
    against_section,
    pairs_section,
)


def render_page(contents: PageContents) -> str:
    """One HTML file; the same contents give the same bytes."""
    sections = [made for make in _SECTIONS if (made := make(contents)) is not None]
    links = [element("li", None, element("a", {"href": f"#{item.element_id}"}, item.heading)) for item in sections]
    header = [
        element("h1", None, contents.title),
        element("p", {"class": "subtitle muted"}, contents.subtitle),
        element(
            "nav", {"aria-label": "Contents", "class": "screen-only"}, element("ul", {"class": "contents"}, *links)
        ),
    ]
    footer = [
        element(
            "p",
            None,
            f"Made by SpineFairBench {__version__}. A research benchmark of how reports change when apparent age and sex are "
            "edited; no statement about any patient, and not for clinical use. This page holds everything it shows and asks "
            "no network for anything.",
        )
    ]
    return page(
        contents.title,
        [item.content for item in sections],
        header=header,
        footer=footer,
        styles=[asset("page.css")],
        scripts=[asset("pairs.js")],
        banner=contents.synthetic,
    )
