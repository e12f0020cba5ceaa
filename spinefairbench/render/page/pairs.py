"""The pair browser: the pairs that changed most, with what they are searched, filtered and sorted by."""

from collections.abc import Mapping, Sequence
from typing import Final

from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import counted
from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.contents import PageContents, PairBrowser, PairEntry
from spinefairbench.render.page.pair_choice import ShownPair
from spinefairbench.render.page.pair_entry import FLAGS, PairContext, pair_entry
from spinefairbench.render.page.parts import Section, section, sentences
from spinefairbench.render.page.words import EDIT_WORDS, clipped

__all__ = ["pair_browser", "pairs_section"]

_DEFAULT_BYTES: Final = 4_200_000
"""The most that the pairs of a page may take where no number of pairs was requested."""
_ORDERS: Final = {"said": "what changed", "source": "source", "model": "model"}
_SCRIPTS_OFF: Final = (
    "Scripts are off in this browser: pairs cannot be searched, filtered or sorted, and nothing can be saved. "
    "All else is here."
)


def pair_browser(shown: Sequence[ShownPair], models: Sequence[ModelReports], limit: int | None) -> PairBrowser:
    """The entries of these pairs; where no number was requested (`limit` None), as many as fit on a page."""
    context = PairContext(models)
    entries: list[PairEntry] = []
    size = 0
    for pair in shown:
        entry = pair_entry(pair, context)
        size += len(entry.item(0).encode("utf-8"))
        if limit is None and size > _DEFAULT_BYTES:
            break
        entries.append(entry)
    return PairBrowser(entries, len(shown) - len(entries))


def pairs_section(contents: PageContents) -> Section:
    """The pairs with their legend and filters."""
    browser = contents.pairs
    places = {model.model: place for place, model in enumerate(contents.audit.models)}
    items = [entry.item(places[entry.model]) for entry in browser.entries]
    return section(
        "pairs",
        "Pairs",
        sentences(
            f"{counted(len(browser.entries), 'pair')} of {contents.pair_count:,}, those that changed most first: no random sample.",
            f"{counted(browser.left_out, 'more pair')} would have made the page too large."
            if browser.left_out
            else None,
        ),
        element("noscript", None, element("p", {"class": "panel small"}, _SCRIPTS_OFF)),
        _legend(),
        _toolbar(contents.audit.models),
        element("p", {"class": "print-only small"}, "On paper: the pairs that were open."),
        element("ol", {"class": "plain pairs", "id": "pair-list"}, *items),
        element("p", {"id": "no-pairs", "hidden": True}, "No pair shown here matches these filters."),
    )


def _legend() -> Markup:
    entries = (
        ("af", "term", ""), ("ne", "term", ""), ("un", "term", ""), ("re", "term", ""), ("de", "term", ""),
        ("af plural", "terms", " not seen by the frozen parser"),
        ("af lost", "term", " only in this report"),
    )  # fmt: skip
    marks = (element("li", None, element("mark", {"class": kind}, term), words) for kind, term, words in entries)
    return element("ul", {"class": "plain wrapping small"}, *marks)


def _toolbar(models: Sequence[ModelReports]) -> Markup:
    names = {str(index): clipped(model.model) for index, model in enumerate(models)}
    boxes = [
        element("label", None, element("input", {"type": "checkbox", "value": flag}), f" {words}")
        for flag, words in FLAGS.items()
    ]
    search = {"type": "search", "id": "pair-search", "autocomplete": "off", "spellcheck": "false"}
    orders = {name: words for name, words in _ORDERS.items() if name != "model" or len(names) > 1}
    return element(
        "div",
        {"class": "toolbar wrapping panel small screen-only", "id": "pair-tools", "role": "search", "aria-label": "Filter the pairs", "hidden": True},
        element("label", None, "Search whole words ", element("input", search)),
        _choice("Model ", "model", "all", names) if len(names) > 1 else None,
        _choice("Edit ", "edit", "all", EDIT_WORDS),
        _choice("Sort by ", "sort", "amount of change", orders),
        element("fieldset", {"class": "wrapping"}, element("legend", None, "Only pairs with"), *boxes),
        element("label", {"class": "switch"}, element("input", {"type": "checkbox", "id": "pair-words"}), " Mark words that differ"),
        element("button", {"type": "button", "id": "pair-reset"}, "Clear filters"),
        element("button", {"type": "button", "id": "pair-open"}, "Open the first ten"),
        element("button", {"type": "button", "id": "pair-close"}, "Close all"),
        element("output", {"id": "pair-count", "aria-live": "polite"}),
    )  # fmt: skip


def _choice(label: str, name: str, default: str, words: Mapping[str, str]) -> Markup:
    options = [element("option", {"value": value}, text) for value, text in {"": default, **words}.items()]
    return element("label", None, label, element("select", {"id": f"pair-{name}", "name": name}, *options))
