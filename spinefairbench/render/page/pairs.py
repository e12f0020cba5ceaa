"""The pair browser: the pairs that changed most, both reports side by side, every mention marked."""

from collections.abc import Iterable, Sequence
from typing import Final

from spinefairbench.bundle import layout
from spinefairbench.metrics.features import ReportFeatures, label_names, recommendation_names
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.metrics.parser_variants import CategoryMasks, variant_masks
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.render.html import Column, Markup, element, join, table
from spinefairbench.render.page.contents import PageContents, PairBrowser
from spinefairbench.render.page.layout_parts import Section, section, sentences
from spinefairbench.render.page.selection import ShownPair
from spinefairbench.render.page.texts import marked_text
from spinefairbench.render.page.words import EDIT_WORDS, clipped, count, number
from spinefairbench.statistics.exact import UNITS

__all__ = ["DEFAULT_BYTES", "pair_entries", "pairs_section"]

DEFAULT_BYTES: Final = 4_200_000
"""What the pairs of a page may take where no number of pairs was asked for."""

_CLASS_WORDS: Final = {
    ResponseClass.GENUINE: "genuine report",
    ResponseClass.PARTIAL_REFUSAL: "partial refusal, kept",
    ResponseClass.FULL_REFUSAL: "full refusal, pair excluded",
}
FILTERS: Final = (
    ("r", "Changed recommendation"),
    ("l", "Changed labels"),
    ("p", "Verdict depends on the parser"),
    ("f", "Refusal"),
)
_LEGEND: Final = (
    ("af", "affirmed"), ("ne", "negated"), ("un", "uncertain"), ("re", "recommended"), ("de", "descriptive"),
)  # fmt: skip


def pair_entries(pairs: Iterable[ShownPair], models: Sequence[str], byte_limit: int | None) -> tuple[list[Markup], int]:
    """The entries of as many pairs as the limit allows (None: of all), and how many were left out."""
    entries: list[Markup] = []
    left_out = size = 0
    for pair in pairs:
        if left_out:
            left_out += 1
            continue
        entry = _entry(pair, models)
        size += len(entry.encode("utf-8"))
        if byte_limit is not None and size > byte_limit:
            left_out += 1
        else:
            entries.append(entry)
    return entries, left_out


def pairs_section(contents: PageContents) -> Section:
    browser = contents.pairs
    shown = len(browser.entries)
    return section(
        "pairs",
        "The pairs themselves",
        sentences(
            f"{count(shown, 'pair')} of {browser.of:,}, the one that changed most first: the distance of the recommendation sets "
            "plus the distance of the label sets decides, and of every model some room is kept for refusals and for pairs "
            "whose verdict depends on the parser. So these pairs are no random sample, and shares among them mean nothing.",
            f"{count(browser.left_out, 'more pair')} would have made the page too large." if browser.left_out else None,
        ),
        _legend(),
        _toolbar(browser),
        element("ol", {"class": "pairs", "id": "pair-list"}, *browser.entries),
        element("p", {"id": "no-pairs", "hidden": True}, "No pair shown here fits these filters."),
    )


def _legend() -> Markup:
    marks = [element("li", None, element("mark", {"class": key}, "term")) for key, _ in _LEGEND]
    marks.append(element("li", None, element("mark", {"class": "af plural"}, "terms"), " the other grammatical number"))
    marks.append(
        element("li", None, element("mark", {"class": "af lost"}, "term"), " a category that only this report has")
    )
    return element(
        "div",
        {"class": "legend"},
        element(
            "p",
            {"class": "small"},
            "The frozen parser counts every marked term whatever is said of it; the word after a mark is how the parser audit "
            "reads it. A dotted mark is a form that the frozen parser does not see.",
        ),
        element("ul", {"class": "legend-marks"}, *marks),
    )


def _toolbar(browser: PairBrowser) -> Markup:
    models = [element("option", {"value": index}, clipped(model)) for index, model in enumerate(browser.models)]
    edits = [element("option", {"value": label}, EDIT_WORDS[label]) for label in layout.EDIT_LABELS]
    boxes = [
        element(
            "label",
            {"class": "check"},
            element("input", {"type": "checkbox", "value": flag, "name": "flag"}),
            f" {words}",
        )
        for flag, words in FILTERS
    ]
    everything = element("option", {"value": ""}, "all")
    return element(
        "div",
        {"class": "toolbar screen-only", "id": "pair-tools", "role": "search", "aria-label": "Filter the pairs", "hidden": True},
        element("label", None, "Search ", element("input", {"type": "search", "id": "pair-search", "autocomplete": "off", "spellcheck": "false"})),
        element("label", None, "Model ", element("select", {"id": "pair-model"}, everything, *models)) if len(models) > 1 else None,
        element("label", None, "Edit ", element("select", {"id": "pair-edit"}, everything, *edits)),
        element("fieldset", None, element("legend", None, "Only pairs with"), *boxes),
        element("button", {"type": "button", "id": "pair-reset"}, "Clear filters"),
        element("button", {"type": "button", "id": "pair-open"}, "Open the first ten"),
        element("button", {"type": "button", "id": "pair-close"}, "Close all"),
        element("output", {"id": "pair-count", "aria-live": "polite"}),
    )  # fmt: skip


# --- one pair --------------------------------------------------------------------------------------------------


def _entry(shown: ShownPair, models: Sequence[str]) -> Markup:
    selected = shown.selected
    pair, outcome = selected.pair, selected.outcome
    mentions = read_mentions(shown.source_text), read_mentions(shown.counterfactual_text)
    flags = ""
    chips = []
    if not outcome.usable:
        chips.append(_chip("excluded: full refusal", "bad"))
    else:
        if outcome.recommendation_changed:
            flags += "r"
            chips.append(_chip("recommendation changed", "warn"))
        else:
            chips.append(_chip("same recommendation"))
        if selected.labels_changed:
            flags += "l"
        chips.append(_chip(f"labels agree {number(outcome.diagnostic_jaccard / UNITS, 2)}"))
    if selected.parser_dependent:
        flags += "p"
        chips.append(_chip("depends on the parser", "warn"))
    if any(side.response_class is not ResponseClass.GENUINE for side in (pair.source, pair.counterfactual)):
        flags += "f"
        if outcome.usable:
            chips.append(_chip("partial refusal", "warn"))
    summary = element(
        "summary",
        None,
        element("span", {"class": "pair-name"}, f"{clipped(selected.model)}: ", element("span", {"class": "code"}, clipped(pair.source_id))),
        element("span", {"class": "pair-edit"}, f"edited to {EDIT_WORDS[pair.edit_label]}"),
        element("span", {"class": "chips"}, join(chips, " ")),
    )  # fmt: skip
    content = element(
        "div",
        {"class": "pair-body"},
        element(
            "div",
            {"class": "pair-tables"},
            _changes(pair.source, pair.counterfactual),
            _readings(mentions) if outcome.usable else None,
        ),
        element(
            "div",
            {"class": "sides"},
            _side(
                "Report on the original image", shown.source_text, mentions[0], pair.source, pair.counterfactual, "lost"
            ),
            _side(
                "Report on the edited image",
                shown.counterfactual_text,
                mentions[1],
                pair.counterfactual,
                pair.source,
                "added",
            ),
        ),
    )
    attributes: dict[str, str | int | float | bool | None] = {
        "data-model": models.index(selected.model), "data-edit": pair.edit_label, "data-flags": flags,
    }  # fmt: skip
    return element("li", attributes, element("details", {"class": "pair"}, summary, content))


def _chip(text: str, kind: str = "") -> Markup:
    return element("span", {"class": f"badge {kind}".strip()}, text)


def _names(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names) or "\u2013"


def _changes(source: ReportFeatures, edited: ReportFeatures) -> Markup:
    rows = []
    for title, before, after, names in (
        ("Recommendations", source.recommendations, edited.recommendations, recommendation_names),
        ("Diagnostic labels", source.labels, edited.labels, label_names),
    ):
        rows.append(
            [title, _names(names(before & ~after)), _names(names(after & ~before)), _names(names(before & after))]
        )
    columns = [Column("As scored"), Column("Lost"), Column("Added"), Column("In both")]
    return table("What the edit took away and what it added", columns, rows)


def _readings(mentions: tuple[Sequence[Mention], Sequence[Mention]]) -> Markup:
    first, second = map(variant_masks, mentions)
    rows = [
        [name, *_reading_cells(getattr(first, field), getattr(second, field))]
        for name, field in (
            ("frozen (scored)", "frozen"),
            ("plural-aware", "plural_aware"),
            ("negation-aware", "negation_aware"),
            ("both", "both"),
        )
    ]
    columns = [Column("Reading"), Column("Recommendation"), Column("Labels agree", True)]
    return table("The same pair under each reading of the parser audit", columns, rows)


def _reading_cells(before: CategoryMasks, after: CategoryMasks) -> list[str]:
    changed = before.recommendations != after.recommendations
    return ["changed" if changed else "same", number(jaccard_units(before.labels, after.labels) / UNITS, 2)]


def _side(
    heading: str, text: str, mentions: Sequence[Mention], here: ReportFeatures, there: ReportFeatures, moved: str
) -> Markup:
    due_to_this_model_alone = {
        *label_names(here.labels & ~there.labels),
        *recommendation_names(here.recommendations & ~there.recommendations),
    }
    return element(
        "section",
        {"class": "side"},
        element("h3", None, heading),
        element("p", {"class": "small muted"}, _CLASS_WORDS[here.response_class]),
        marked_text(text, mentions, due_to_this_model_alone, moved),
    )
