"""One pair of the browser: what changed, how the same image was reported on otherwise, and both reports."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.metrics.features import ReportFeatures, label_names, recommendation_names
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.metrics.parser_variants import variant_masks
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.problems import counted
from spinefairbench.render.html import Markup, element, escape, join
from spinefairbench.render.page.contents import PairEntry
from spinefairbench.render.page.marked_text import marked_text
from spinefairbench.render.page.pair_choice import SelectedPair, ShownPair
from spinefairbench.render.page.words import EDIT_WORDS, PARSER_WORDS, clipped, number, spaced
from spinefairbench.statistics.exact import UNITS

__all__ = ["FLAGS", "PairContext", "moved_words", "pair_entry", "pair_id"]

FLAGS: Final = {
    "r": "Changed recommendation",
    "l": "Changed labels",
    "p": "Verdict depends on the parser",
    "f": "Refusal",
}
"""What pairs can be filtered by, each with its key."""

_CLASS_WORDS: Final = {
    ResponseClass.GENUINE: None,
    ResponseClass.PARTIAL_REFUSAL: "partial refusal, kept",
    ResponseClass.FULL_REFUSAL: "full refusal, pair excluded",
}
_VARIANTS: Final = ("frozen", "plural_aware", "negation_aware", "both")
_MOST_REPEATS: Final = 20
_KINDS: Final[Sequence[tuple[str, Callable[[ReportFeatures], int], Callable[[int], Sequence[str]]]]] = (
    ("advice", lambda report: report.recommendations, recommendation_names),
    ("labels", lambda report: report.labels, label_names),
)


class PairContext:
    """The models of a page: all reports that each gave on one original image."""

    def __init__(self, models: Sequence[ModelReports]) -> None:
        self._models = {model.model: model for model in models}
        self._by_source: dict[str, Mapping[str, Sequence[_Asked]]] = {}

    def asked(self, selected: SelectedPair) -> "Sequence[_Asked]":
        """The reports on the original image of a pair, that of the pair among them."""
        known = self._by_source.get(selected.model)
        if known is None:
            known = self._by_source[selected.model] = _reports_by_source(self._models[selected.model])
        return known[selected.pair.source_id]


class _Asked(NamedTuple):
    """A report on an original image, and the pair that it is of; None for a further report."""

    pair_id: str | None
    report: ReportFeatures


def _reports_by_source(model: ModelReports) -> Mapping[str, Sequence[_Asked]]:
    found: dict[str, list[_Asked]] = {}
    for pair in model.pairs:
        found.setdefault(pair.source_id, []).append(_Asked(pair.pair_id, pair.source))
    for entry in model.repeats:
        if entry.role == SOURCE_ROLE and entry.source_id in found:
            found[entry.source_id] += [_Asked(None, report) for report in entry.reports]
    return found


def pair_id(model: str, pair: str) -> str:
    """The anchor of a pair: the same on every page, and safe whatever the names are."""
    return "p-" + hashlib.sha256(f"{model}\0{pair}".encode("utf-8", "surrogatepass")).hexdigest()[:10]


def pair_entry(shown: ShownPair, context: PairContext) -> PairEntry:
    """The entry of a pair, its reports folded away."""
    selected = shown.selected
    pair = selected.pair
    first, second = read_mentions(shown.source_text), read_mentions(shown.counterfactual_text)
    anchor = pair_id(selected.model, pair.pair_id)
    asides = _asides(selected)
    name = (f"{clipped(selected.model)}: ", element("code", None, clipped(pair.source_id)))
    parts = [
        element("span", {"class": "pair-name"}, *name),
        element(
            "span", {"class": "muted"}, "edited to ", element("span", {"class": "edit"}, EDIT_WORDS[pair.edit_label])
        ),
        element("span", {"class": "told"}, moved_words(pair.source, pair.counterfactual)),
        *([element("span", {"class": "muted"}, ", ".join(asides))] if asides else ()),
    ]
    summary = element("summary", None, join(parts, " "))
    sides = (
        _side("Report on the original image", shown.source_text, first, pair.source, pair.counterfactual, "lost"),
        _side(
            "Report on the edited image", shown.counterfactual_text, second, pair.counterfactual, pair.source, "added"
        ),
    )
    details = element(
        "details",
        {"class": "pair"},
        summary,
        *_said_otherwise(selected, context.asked(selected)),
        _variants(first, second) if selected.parser_dependent and selected.outcome.usable else None,
        element("div", {"class": "sides"}, *sides),
        element("p", {"class": "small"}, element("a", {"href": f"#{anchor}"}, "Link to this pair")),
    )
    return PairEntry(selected.model, anchor, pair.edit_label, _flags(selected), details)


# --- what changed ----------------------------------------------------------------------------------------------


def moved_words(source: ReportFeatures, edited: ReportFeatures) -> str:
    """What the second report leaves out and what it adds, by kind: advice, then labels; a sign stays with its word."""
    said = []
    for kind, mask, names in _KINDS:
        before, after = mask(source), mask(edited)
        moved = [f"\u2212\u00a0{spaced(name)}" for name in names(before & ~after)]
        moved += [f"+\u00a0{spaced(name)}" for name in names(after & ~before)]
        if moved:
            said.append(f"{kind} {', '.join(moved)}")
    return "; ".join(said) or "same advice, same labels"


def _asides(selected: SelectedPair) -> list[str]:
    outcome = selected.outcome
    said = []
    if not outcome.usable:
        said.append("excluded: full refusal")
    if outcome.partial_refusal:
        said.append("partial refusal")
    if selected.parser_dependent:
        said.append("depends on the parser")
    return said


def _flags(selected: SelectedPair) -> str:
    """The keys of `FLAGS` that apply to the pair."""
    usable = selected.outcome.usable
    applies = {
        "r": usable and selected.outcome.recommendation_changed,
        "l": usable and selected.labels_changed,
        "p": selected.parser_dependent,
        "f": not usable or selected.outcome.partial_refusal,
    }
    return "".join(flag for flag in FLAGS if applies[flag])


# --- the same image, asked again -------------------------------------------------------------------------------


def _said_otherwise(selected: SelectedPair, asked: Sequence[_Asked]) -> Iterable[Markup]:
    """Of each category that differs: whether every report on the original image has it, and whether the edited one has."""
    pair = selected.pair
    shown = asked[:_MOST_REPEATS]
    items = []
    in_both: list[str] = []
    for _, mask, names in _KINDS:
        before, after = mask(pair.source), mask(pair.counterfactual)
        in_both += names(before & after)
        for name in names(before ^ after):
            answers = join((_answer(each, pair.pair_id, name, mask, names) for each in shown), " ")
            edited = _yes(pair.counterfactual, name, mask, names)
            items.append(element("li", None, f"{spaced(name)}: ", answers, f"; edited: {edited}"))
    if items:
        more = f", of which {len(shown)} are shown" if len(asked) > len(shown) else ""
        words = (
            f"The same image asked {counted(len(asked), 'time')}{more} (bold: the report below):"
            if len(asked) > 1
            else "The image was asked once (bold: the report below):"
        )
        yield element("p", {"class": "small otherwise"}, words)
        yield element("ul", {"class": "small plain wrapping"}, *items)
    if in_both:
        yield element("p", {"class": "small otherwise"}, f"In both: {', '.join(map(spaced, in_both))}.")


def _answer(
    asked: _Asked,
    of_pair: str,
    name: str,
    mask: Callable[[ReportFeatures], int],
    names: Callable[[int], Sequence[str]],
) -> Markup:
    words = _yes(asked.report, name, mask, names)
    return element("b", None, words) if asked.pair_id == of_pair else escape(words)


def _yes(
    report: ReportFeatures, name: str, mask: Callable[[ReportFeatures], int], names: Callable[[int], Sequence[str]]
) -> str:
    if not report.usable:
        return "refused"
    return "yes" if name in names(mask(report)) else "no"


def _variants(first: Sequence[Mention], second: Sequence[Mention]) -> Markup:
    """The verdict on the pair under each parser of the audit."""
    before, after = variant_masks(first), variant_masks(second)
    said = []
    for variant in _VARIANTS:
        one, other = getattr(before, variant), getattr(after, variant)
        advice = "same advice" if one.recommendations == other.recommendations else "advice changed"
        agreement = number(jaccard_units(one.labels, other.labels) / UNITS, 2)
        said.append(f"{PARSER_WORDS[variant]}: {advice}, label agreement {agreement}")
    return element("p", {"class": "small otherwise"}, f"By parser: {'; '.join(said)}.")


# --- both reports ----------------------------------------------------------------------------------------------


def _side(
    heading: str, text: str, mentions: Sequence[Mention], here: ReportFeatures, there: ReportFeatures, moved: str
) -> Markup:
    only_in_this_report = {
        *label_names(here.labels & ~there.labels),
        *recommendation_names(here.recommendations & ~there.recommendations),
    }
    refused = _CLASS_WORDS[here.response_class]
    return element(
        "div",
        None,
        element("h3", None, heading),
        None if refused is None else element("p", {"class": "small muted"}, refused),
        marked_text(text, mentions, only_in_this_report, moved),
    )
