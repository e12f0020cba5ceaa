"""The answer in front: what was checked or scored, whether it held, and the signature."""

from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.contents import PageContents, Verdict
from spinefairbench.render.page.layout_parts import Section, section
from spinefairbench.render.page.words import count

__all__ = ["verdict_section"]

_MOST_PROBLEMS = 50


def verdict_section(contents: PageContents) -> Section:
    verdict = contents.verdict
    facts = [part for term, words in verdict.facts for part in (element("dt", None, term), element("dd", None, words))]
    return section(
        "verdict",
        "Verdict and signature",
        element("p", {"class": "headline"}, _badge(verdict), " ", verdict.headline),
        _listed("Problems", verdict.problems),
        _listed("Warnings", verdict.warnings),
        element("dl", {"class": "facts"}, *facts),
        element("h3", None, "Signature"),
        element("p", {"class": "small muted"}, "All that the numbers depend on, in one line; cite it with them."),
        element("p", {"class": "signature"}, element("code", None, verdict.signature)),
    )


def _badge(verdict: Verdict) -> Markup | None:
    if verdict.held is None:
        return element("span", {"class": "badge"}, "Scored")
    return element(
        "span", {"class": "badge good" if verdict.held else "badge bad"}, "Held" if verdict.held else "Failed"
    )


def _listed(heading: str, texts: object) -> Markup | None:
    items = list(texts) if isinstance(texts, list | tuple) else []
    if not items:
        return None
    more = len(items) - _MOST_PROBLEMS
    shown = [element("li", None, text) for text in items[:_MOST_PROBLEMS]]
    if more > 0:
        shown.append(element("li", None, f"and {count(more, 'more', 'more')}; the command line lists them all"))
    return Markup(element("h3", None, f"{heading} ({len(items):,})") + element("ul", None, *shown))
