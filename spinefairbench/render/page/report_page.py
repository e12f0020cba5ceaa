"""The whole page, with its sections in the order in which a reader needs them."""

from collections.abc import Callable
from typing import Final

from spinefairbench.render.page.against import against_section
from spinefairbench.render.page.age_and_sex import disparity_section
from spinefairbench.render.page.comparison import comparison_section
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.drawing import cited
from spinefairbench.render.page.finding_words import finding_of
from spinefairbench.render.page.first_screen import finding_section, first_lines
from spinefairbench.render.page.flows import flows_section
from spinefairbench.render.page.main_results import endpoints_section, refusals_section
from spinefairbench.render.page.pairs import pairs_section
from spinefairbench.render.page.parsers import parsers_section
from spinefairbench.render.page.parts import Section, contents_list, footer, method_section
from spinefairbench.render.page.variation import breakdown_section, noise_section
from spinefairbench.render.page.verdict import verdict_section
from spinefairbench.render.whole_page import SYNTHETIC_NOTICE, asset, page

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

_SHORT: Final = {
    "age-and-sex": "Age and sex",
    "endpoints": "Endpoints",
    "noise-floor": "Noise floor",
    "transitions": "Added and removed",
    "refusals": "Refusals",
    "parser-audit": "Parser",
    "comparison": "Models compared",
    "verdict": "Verdict",
}
"""Headings in the list of contents, where they are to fit on one line."""
_SCRIPTS: Final = ("word_difference.js", "pairs.js", "figures.js", "take.js", "sort.js", "contents.js")


def render_page(contents: PageContents) -> str:
    """One HTML file; the same contents give the same bytes."""
    notice = SYNTHETIC_NOTICE if contents.synthetic else None
    sections = [made for make in _SECTIONS if (made := make(contents)) is not None]
    if (method := method_section(sections)) is not None:
        sections.insert(-1, method)
    finding, *others = [cited(item.content, contents.verdict.signature, notice) for item in sections]
    return page(
        contents.title,
        [finding, contents_list(sections[1:], _SHORT), *others],
        header=first_lines(contents, finding_of(contents)),
        footer=[footer()],
        styles=[asset("page.css"), asset("figures.css"), asset("tables.css"), asset("report.css")],
        scripts=[asset(name) for name in _SCRIPTS],
        synthetic=contents.synthetic,
    )
