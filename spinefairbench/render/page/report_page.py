"""The whole page, with its sections in the order in which a reader needs them."""

from collections.abc import Callable
from typing import Final

from spinefairbench.render.html import asset, element, page
from spinefairbench.render.page.age_and_sex import disparity_section
from spinefairbench.render.page.comparison import against_section, comparison_section
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.flows import flows_section
from spinefairbench.render.page.main_results import endpoints_section, refusals_section, verdict_section
from spinefairbench.render.page.pairs import pairs_section
from spinefairbench.render.page.parsers import parsers_section
from spinefairbench.render.page.parts import Section, footer
from spinefairbench.render.page.variation import breakdown_section, noise_section

__all__ = ["render_page"]

_SECTIONS: Final[tuple[Callable[[PageContents], Section | None], ...]] = (
    verdict_section,
    endpoints_section,
    noise_section,
    breakdown_section,
    disparity_section,
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
        element("p", {"class": "muted"}, contents.subtitle),
        element(
            "nav",
            {"aria-label": "Contents", "class": "screen-only"},
            element("ul", {"class": "plain wrapping"}, *links),
        ),
    ]
    return page(
        contents.title,
        [item.content for item in sections],
        header=header,
        footer=[footer()],
        styles=[asset("page.css"), asset("report.css")],
        scripts=[asset("pairs.js")],
        synthetic=contents.synthetic,
    )
