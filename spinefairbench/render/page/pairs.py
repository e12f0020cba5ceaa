"""The pair browser: the pairs that changed most, both reports side by side, every mention marked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Final, NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.variant_endpoints import changed_pairs
from spinefairbench.metrics.features import ReportFeatures, label_names, recommendation_names
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.pair_values import PairOutcome, jaccard_units
from spinefairbench.metrics.parser_variants import CategoryMasks, variant_masks
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup, element, join, table
from spinefairbench.render.page.contents import PageContents, PairBrowser
from spinefairbench.render.page.marked_text import marked_text
from spinefairbench.render.page.parts import Section, badge, section, sentences
from spinefairbench.render.page.words import EDIT_WORDS, PARSER_WORDS, clipped, number, spaced
from spinefairbench.statistics.exact import UNITS

__all__ = [
    "SelectedPair",
    "ShownPair",
    "choose_pairs",
    "pair_browser",
    "pairs_section",
]

_DEFAULT_PAIRS: Final = 252
_DEFAULT_BYTES: Final = 4_200_000
"""The most that the pairs of a page may take where no number of pairs was requested."""
_SET_ASIDE: Final = 6
"""One pair in this many is kept for refusals, and as many for pairs whose verdict depends on the parser."""

_CLASS_WORDS: Final = {
    ResponseClass.GENUINE: "genuine report",
    ResponseClass.PARTIAL_REFUSAL: "partial refusal, kept",
    ResponseClass.FULL_REFUSAL: "full refusal, pair excluded",
}
_FILTERS: Final = {
    "r": "Changed recommendation",
    "l": "Changed labels",
    "p": "Verdict depends on the parser",
    "f": "Refusal",
}
_VARIANTS: Final = ("frozen", "plural_aware", "negation_aware", "both")


# --- which pairs are shown -------------------------------------------------------------------------------------


class SelectedPair(NamedTuple):
    """A pair to show."""

    model: str
    pair: PairReports
    parser_dependent: bool

    @property
    def outcome(self) -> PairOutcome:
        """What the pair contributes to the endpoints."""
        return self.pair.outcome

    @property
    def change(self) -> float:
        """The distance of the recommendation sets plus that of the label sets, from 0 to 2."""
        outcome = self.outcome
        return (2 * UNITS - outcome.recommendation_jaccard - outcome.diagnostic_jaccard) / UNITS

    @property
    def labels_changed(self) -> bool:
        """Whether the two reports have different diagnostic labels."""
        return self.outcome.diagnostic_jaccard != UNITS


class ShownPair(NamedTuple):
    """A selected pair with its texts."""

    selected: SelectedPair
    source_text: str
    counterfactual_text: str


def choose_pairs(models: Sequence[ModelReports], collector: MentionCollector, limit: int | None) -> list[SelectedPair]:
    """At most `limit` pairs, the same number from each model where there are enough, those that changed most first.

    They are chosen from the features of all pairs, so that only their texts need to be read. In each model's share
    some room is kept for refusals, and for pairs whose verdict depends on the parser. `limit` None chooses as many as
    a page shows where no number was requested.
    """
    most = _DEFAULT_PAIRS if limit is None else limit
    chosen: list[SelectedPair] = []
    for index, model in enumerate(models):
        share = -(-(most - len(chosen)) // (len(models) - index))
        dependent = {row.pair_id for row in changed_pairs(model, collector)}
        candidates = [SelectedPair(model.model, pair, pair.pair_id in dependent) for pair in model.pairs]
        chosen += _model_share(sorted(candidates, key=_order), share)
    return sorted(chosen, key=_order)


def _model_share(candidates: Sequence[SelectedPair], share: int) -> list[SelectedPair]:
    aside = share // _SET_ASIDE
    kept = [item for item in candidates if not item.outcome.usable][:aside]
    kept += [item for item in candidates if item.outcome.usable and item.parser_dependent][:aside]
    kept_ids = {item.pair.pair_id for item in kept}
    rest = (item for item in candidates if item.pair.pair_id not in kept_ids)
    return [*kept, *islice(rest, share - len(kept))]


def _order(item: SelectedPair) -> tuple[bool, float, int, str, str]:
    """Usable pairs first; the larger the change, the earlier; among equals, the one with more categories moved."""
    first, second = item.pair.source, item.pair.counterfactual
    moved = (first.labels ^ second.labels).bit_count() + (first.recommendations ^ second.recommendations).bit_count()
    return not item.outcome.usable, -item.change, -moved, item.pair.pair_id, item.model


def pair_browser(shown: Sequence[ShownPair], models: Sequence[ModelReports], limit: int | None) -> PairBrowser:
    """The entries of these pairs; where no number was requested (`limit` None), as many as fit on a page."""
    names = [model.model for model in models]
    entries: list[Markup] = []
    size = 0
    for pair in shown:
        entry = _entry(pair, names)
        size += len(entry.encode("utf-8"))
        if limit is None and size > _DEFAULT_BYTES:
            break
        entries.append(entry)
    return PairBrowser(entries, len(shown) - len(entries))


# --- the section -----------------------------------------------------------------------------------------------


def pairs_section(contents: PageContents) -> Section:
    """The pairs with their legend and filters."""
    browser = contents.pairs
    return section(
        "pairs",
        "Pairs",
        sentences(
            f"{counted(len(browser.entries), 'pair')} of {contents.pair_count:,}, those that changed most first. Change is the distance "
            "between the recommendation sets plus the distance between the label sets. For every model, some room is kept "
            "for refusals and for pairs whose verdict depends on the parser. These pairs are not a random sample, so shares "
            "among them mean nothing.",
            f"{counted(browser.left_out, 'more pair')} would have made the page too large."
            if browser.left_out
            else None,
        ),
        *_legend(),
        _toolbar(contents.audit.models),
        element("ol", {"class": "plain pairs", "id": "pair-list"}, *browser.entries),
        element("p", {"id": "no-pairs", "hidden": True}, "No pair shown here matches these filters."),
    )


def _legend() -> tuple[Markup, Markup]:
    entries = (
        ("af", "term", ""), ("ne", "term", ""), ("un", "term", ""), ("re", "term", ""), ("de", "term", ""),
        ("af plural", "terms", " the other grammatical number"),
        ("af lost", "term", " a category that only this report has"),
    )  # fmt: skip
    marks = (element("li", None, element("mark", {"class": kind}, term), words) for kind, term, words in entries)
    explanation = (
        "The frozen parser counts every marked term, whatever is said about it. The word after a mark is the parser audit's "
        "reading of it. A dotted mark is a form that the frozen parser does not recognize."
    )
    return element("p", {"class": "small"}, explanation), element("ul", {"class": "plain wrapping small"}, *marks)


def _toolbar(models: Sequence[ModelReports]) -> Markup:
    names = {str(index): clipped(model.model) for index, model in enumerate(models)}
    boxes = [
        element("label", None, element("input", {"type": "checkbox", "value": flag}), f" {words}")
        for flag, words in _FILTERS.items()
    ]
    search = {"type": "search", "id": "pair-search", "autocomplete": "off", "spellcheck": "false"}
    return element(
        "div",
        {"class": "toolbar wrapping panel small screen-only", "id": "pair-tools", "role": "search", "aria-label": "Filter the pairs", "hidden": True},
        element("label", None, "Search ", element("input", search)),
        _choice("Model ", "model", names) if len(names) > 1 else None,
        _choice("Edit ", "edit", EDIT_WORDS),
        element("fieldset", {"class": "wrapping"}, element("legend", None, "Only pairs with"), *boxes),
        element("button", {"type": "button", "id": "pair-reset"}, "Clear filters"),
        element("button", {"type": "button", "id": "pair-open"}, "Open the first ten"),
        element("button", {"type": "button", "id": "pair-close"}, "Close all"),
        element("output", {"id": "pair-count", "aria-live": "polite"}),
    )  # fmt: skip


def _choice(label: str, name: str, words: Mapping[str, str]) -> Markup:
    options = [element("option", {"value": value}, text) for value, text in {"": "all", **words}.items()]
    return element("label", None, label, element("select", {"id": f"pair-{name}", "name": name}, *options))


# --- one pair --------------------------------------------------------------------------------------------------


def _entry(shown: ShownPair, models: Sequence[str]) -> Markup:
    selected = shown.selected
    pair = selected.pair
    first, second = read_mentions(shown.source_text), read_mentions(shown.counterfactual_text)
    name = (f"{clipped(selected.model)}: ", element("code", None, clipped(pair.source_id)))
    summary = element(
        "summary",
        None,
        element("span", {"class": "pair-name"}, *name),
        element("span", {"class": "muted"}, f"edited to {EDIT_WORDS[pair.edit_label]}"),
        element("span", None, join(_badges(selected), " ")),
    )
    tables = (
        _changes(pair.source, pair.counterfactual),
        _variants(first, second) if selected.outcome.usable else None,
    )
    sides = (
        _side("Report on the original image", shown.source_text, first, pair.source, pair.counterfactual, "lost"),
        _side(
            "Report on the edited image", shown.counterfactual_text, second, pair.counterfactual, pair.source, "added"
        ),
    )
    return element(
        "li",
        {"data-model": models.index(selected.model), "data-edit": pair.edit_label, "data-flags": _flags(selected)},
        element(
            "details",
            {"class": "pair"},
            summary,
            element("div", {"class": "wrapping"}, *tables),
            element("div", {"class": "sides"}, *sides),
        ),
    )


def _flags(selected: SelectedPair) -> str:
    """The keys of `_FILTERS` that apply to the pair."""
    usable = selected.outcome.usable
    applies = {
        "r": usable and selected.outcome.recommendation_changed,
        "l": usable and selected.labels_changed,
        "p": selected.parser_dependent,
        "f": not usable or selected.outcome.partial_refusal,
    }
    return "".join(flag for flag in _FILTERS if applies[flag])


def _badges(selected: SelectedPair) -> list[Markup]:
    outcome = selected.outcome
    badges = []
    if not outcome.usable:
        badges.append(badge("excluded: full refusal", "bad"))
    else:
        changed = outcome.recommendation_changed
        badges.append(badge("recommendation changed", "warn") if changed else badge("same recommendation"))
        badges.append(badge(f"label agreement {number(outcome.diagnostic_jaccard / UNITS, 2)}"))
    if selected.parser_dependent:
        badges.append(badge("depends on the parser", "warn"))
    if outcome.partial_refusal:
        badges.append(badge("partial refusal", "warn"))
    return badges


def _changes(source: ReportFeatures, edited: ReportFeatures) -> Markup:
    def row(title: str, before: int, after: int, names: Callable[[int], Sequence[str]]) -> tuple[str | None, ...]:
        return title, *(_listed_names(names(mask)) for mask in (before & ~after, after & ~before, before & after))

    rows = (
        row("Recommendations", source.recommendations, edited.recommendations, recommendation_names),
        row("Diagnostic labels", source.labels, edited.labels, label_names),
    )
    columns: list[Column[tuple[str | None, ...]]] = [
        Column(heading, itemgetter(index)) for index, heading in enumerate(("As scored", "Lost", "Added", "In both"))
    ]
    return table("What the edit removed and added", columns, rows)


def _listed_names(names: Iterable[str]) -> str | None:
    return ", ".join(map(spaced, names)) or None


def _variants(first: Sequence[Mention], second: Sequence[Mention]) -> Markup:
    before, after = variant_masks(first), variant_masks(second)
    rows = [(PARSER_WORDS[name], getattr(before, name), getattr(after, name)) for name in _VARIANTS]
    columns: list[Column[tuple[str, CategoryMasks, CategoryMasks]]] = [
        Column("Parser", lambda row: row[0]),
        Column("Recommendation", lambda row: "same" if row[1].recommendations == row[2].recommendations else "changed"),
        Column("Label agreement", lambda row: jaccard_units(row[1].labels, row[2].labels) / UNITS, _two_decimals),
    ]
    return table("The same pair under each parser of the audit", columns, rows)


def _two_decimals(value: float) -> str:
    return number(value, 2)


def _side(
    heading: str, text: str, mentions: Sequence[Mention], here: ReportFeatures, there: ReportFeatures, moved: str
) -> Markup:
    only_in_this_report = {
        *label_names(here.labels & ~there.labels),
        *recommendation_names(here.recommendations & ~there.recommendations),
    }
    return element(
        "section",
        None,
        element("h3", None, heading),
        element("p", {"class": "small muted"}, _CLASS_WORDS[here.response_class]),
        marked_text(text, mentions, only_in_this_report, moved),
    )
