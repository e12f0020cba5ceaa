"""The foot of the page: what was checked or scored, the signature, and how the page is cited."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.render.html import Markup, details, element
from spinefairbench.render.page.bibtex import bibtex_entry
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.parts import Section, badge, section
from spinefairbench.render.whole_page import SYNTHETIC_NOTICE

__all__ = ["verdict_section"]

_MOST_PROBLEMS: Final = 50


def verdict_section(contents: PageContents) -> Section:
    """What was checked or scored, whether it passed, and the signature."""
    verdict = contents.verdict
    notice = SYNTHETIC_NOTICE if contents.synthetic else None
    facts = [part for term, words in verdict.facts for part in (element("dt", None, term), element("dd", None, words))]
    return section(
        "verdict",
        "Verdict and signature",
        element("p", {"class": "headline"}, _verdict_badge(contents), " ", verdict.headline),
        *_problem_list("Problems", list(map(str, verdict.problems))),
        *_problem_list("Warnings", verdict.warnings),
        element("p", {"class": "panel"}, element("code", {"data-copy": "signature"}, verdict.signature)),
        details("What this is about", element("dl", {"class": "facts"}, *facts)),
        details(
            "Citation",
            element(
                "pre",
                {"class": "panel"},
                element("code", {"data-copy": "citation"}, bibtex_entry(contents.title, verdict.signature, notice)),
            ),
        ),
    )


def _verdict_badge(contents: PageContents) -> Markup:
    if contents.is_submission:
        return badge("Scored")
    return badge("Failed", "bad") if contents.verdict.problems else badge("Passed", "good")


def _problem_list(heading: str, texts: Sequence[str]) -> Sequence[Markup]:
    if not texts:
        return ()
    shown = list(texts[:_MOST_PROBLEMS])
    if len(texts) > len(shown):
        shown.append(f"and {len(texts) - len(shown):,} more; the command line lists them all")
    items = (element("li", None, text) for text in shown)
    return element("h3", None, f"{heading} ({len(texts):,})"), element("ul", None, *items)
