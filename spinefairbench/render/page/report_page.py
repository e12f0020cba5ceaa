"""The whole page, with its sections in the order in which a reader needs them."""

from collections.abc import Callable
from typing import Final

from spinefairbench.render.html import SYNTHETIC_NOTICE, asset, element, page
from spinefairbench.render.page.age_and_sex import disparity_section
from spinefairbench.render.page.comparison import against_section, comparison_section
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.drawing import cited
from spinefairbench.render.page.finding_words import finding_of
from spinefairbench.render.page.first_screen import finding_section, first_lines
from spinefairbench.render.page.flows import flows_section
from spinefairbench.render.page.main_results import endpoints_section, refusals_section
from spinefairbench.render.page.pairs import pairs_section
from spinefairbench.render.page.parsers import parsers_section
from spinefairbench.render.page.parts import Section, footer
from spinefairbench.render.page.variation import breakdown_section, noise_section
from spinefairbench.render.page.verdict import verdict_section

__all__ = ["render_page"]

_SECTIONS: Final[tuple[Callable[[PageContents], Section | None], ...]] = (
    finding_section,
    disparity_section,
    endpoints_section,
    noise_section,
    breakdown_section,
    flows_section,
    refusals_section,
    parsers_section,
    comparison_section,
    against_section,
    pairs_section,
    verdict_section,
)


def render_page(contents: PageContents) -> str:
    """One HTML file; the same contents give the same bytes."""
    notice = SYNTHETIC_NOTICE if contents.synthetic else None
    sections = [made for make in _SECTIONS if (made := make(contents)) is not None]
    links = [element("li", None, element("a", {"href": f"#{item.element_id}"}, item.heading)) for item in sections[1:]]
    navigation = element(
        "nav",
        {"aria-label": "Contents", "class": "screen-only"},
        element("ul", {"class": "plain wrapping"}, *links),
    )
    finding, *others = [cited(item.content, contents.verdict.signature, notice) for item in sections]
    return page(
        contents.title,
        [finding, navigation, *others],
        header=first_lines(contents, finding_of(contents)),
        footer=[footer()],
        styles=[asset("page.css"), asset("figures.css"), asset("report.css")],
        scripts=[asset("word_difference.js"), asset("pairs.js"), asset("figures.js"), asset("take.js")],
        synthetic=contents.synthetic,
    )
