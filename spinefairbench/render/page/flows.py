"""Which recommendations come and go between the two reports of a pair: heat maps of rates."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from spinefairbench.analysis.transitions import ASKED, FlowRow, SwitchRow, TransitionRow
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.render.html import Column, Markup, details, element
from spinefairbench.render.page.contents import PageContents, Transitions
from spinefairbench.render.page.heat import HeatCell, heat_table, shade
from spinefairbench.render.page.layout_parts import Section, numbers, section, sentences
from spinefairbench.render.page.words import clipped, count, interval, number, signed

__all__ = ["flows_section"]

_NAMES = {name: name.replace("_", " ") for name in RECOMMENDATION_CATEGORIES}
_FEW = 20
"""A rate of fewer pairs than this is shown without a shade: it says little."""
_Counts = Callable[[TransitionRow], tuple[int, int]]


def _added(row: TransitionRow) -> tuple[int, int]:
    return row.addition_events, row.addition_opportunities


def _removed(row: TransitionRow) -> tuple[int, int]:
    return row.removal_events, row.removal_opportunities


def flows_section(contents: PageContents) -> Section | None:
    found = contents.transitions
    if found is None or not found.rows:
        return None
    models = list(dict.fromkeys(row.model for row in found.rows))
    return section(
        "transitions",
        "Recommendations that come and go",
        sentences(*_words(found.rows, models)),
        _map("Added: share of the pairs whose original report lacks the category", found.rows, models, _added),
        _map("Removed: share of the pairs whose original report has the category", found.rows, models, _removed),
        element(
            "p",
            {"class": "small muted"},
            f"In italics and without a shade: fewer than {_FEW} pairs, so the rate says little.",
        ),
        _table(found.rows),
        *_signed_flows(found.flows),
        details(
            "Strict switches from one category to another",
            element(
                "p",
                {"class": "small muted"},
                "Of the pairs whose original report has the row's category and not the column's, the share whose edited report "
                "has it the other way round. Cells overlap, so they do not add up.",
            ),
            *(_switches(model, found) for model in models),
        ),
    )


def _rate(counts: tuple[int, int]) -> float | None:
    return counts[0] / counts[1] if counts[1] else None


def _pooled(rows: Sequence[TransitionRow], counts: _Counts) -> dict[str, float]:
    """The rate of each category over the pairs of all models; one with few opportunities is left out."""
    totals: dict[str, tuple[int, int]] = {}
    for row in rows:
        events, opportunities = counts(row)
        before = totals.get(row.category, (0, 0))
        totals[row.category] = (before[0] + events, before[1] + opportunities)
    return {name: events / of for name, (events, of) in totals.items() if of >= _FEW}


def _words(rows: Sequence[TransitionRow], models: Sequence[str]) -> list[str]:
    added, removed = _pooled(rows, _added), _pooled(rows, _removed)
    if not added or not removed:
        return ["There are too few usable pairs to say which recommendations come and go."]
    where = "over the pairs of all models" if len(models) > 1 else "of its pairs"
    come, go, stay = max(added, key=_key(added)), max(removed, key=_key(removed)), min(removed, key=_key(removed))
    return [
        f"Where the original report does not have it, {_NAMES[come]} is what the report on the edited image most often adds "
        f"({number(added[come], 2)} {where}).",
        f"Where the original has it, {_NAMES[go]} is most often gone ({number(removed[go], 2)}) and {_NAMES[stay]} most often "
        f"stays ({number(1 - removed[stay], 2)} keep it).",
        "Repeated calls alone also add and remove: these rates are to be read beside the noise floor.",
    ]


def _key(rates: dict[str, float]) -> Callable[[str], float]:
    return lambda name: rates[name]


def _map(caption: str, rows: Sequence[TransitionRow], models: Sequence[str], counts: _Counts) -> Markup:
    by_place = {(row.model, row.category): counts(row) for row in rows}
    lines = []
    for model in models:
        cells = []
        for category in RECOMMENDATION_CATEGORIES:
            events, opportunities = by_place[model, category]
            rate = _rate((events, opportunities))
            title = f"{clipped(model)}, {_NAMES[category]}: {events:,} of {opportunities:,} pairs"
            cells.append(_cell(rate, opportunities, title))
        lines.append((clipped(model), cells))
    return heat_table(caption, "Model", list(_NAMES.values()), lines)


def _cell(rate: float | None, opportunities: int, title: str) -> HeatCell:
    if opportunities < _FEW:
        return HeatCell(number(rate, 2), 0, title, "few")
    return HeatCell(number(rate, 2), shade(rate or 0.0, 1.0), title)


class _Net(NamedTuple):
    """Additions less removals over the pairs of all models."""

    added: int
    removed: int
    pairs: int

    @property
    def rate(self) -> float:
        return (self.added - self.removed) / self.pairs if self.pairs else 0.0


def _nets(flows: Sequence[FlowRow]) -> dict[tuple[str, str], _Net]:
    """By what was asked and category."""
    nets: dict[tuple[str, str], _Net] = {}
    for row in flows:
        before = nets.get((row.asked, row.category), _Net(0, 0, 0))
        counts = (row.addition_events, row.removal_events, row.usable_pairs)
        nets[row.asked, row.category] = _Net(*(one + other for one, other in zip(before, counts, strict=True)))
    return nets


def _signed_flows(flows: Sequence[FlowRow]) -> list[Markup]:
    """Which way recommendations go, by the age and by the sex that the edit asked for."""
    if not flows:
        return []
    nets = _nets(flows)
    lines = []
    for asked in ASKED:
        cells = []
        for category in RECOMMENDATION_CATEGORIES:
            net = nets[asked, category]
            title = f"{asked}, {_NAMES[category]}: {net.added:,} added, {net.removed:,} removed, of {net.pairs:,} pairs"
            cells.append(HeatCell(signed(net.rate, 2), 0, title, "few" if net.pairs < _FEW else ""))
        lines.append((asked, cells))
    pooled = ", pairs of all models together" if len({row.model for row in flows}) > 1 else ""
    return [
        sentences(*_flow_words(flows, nets)),
        heat_table(
            f"Net flow, added less removed, as a share of the pairs whose edit asked for this{pooled}",
            "Asked for", list(_NAMES.values()), lines,
        ),
        _flow_table(flows),
    ]  # fmt: skip


def _flow_words(flows: Sequence[FlowRow], nets: Mapping[tuple[str, str], _Net]) -> list[str]:
    words = [
        _split(nets, "age", "elderly", "young"),
        _split(nets, "sex", "female", "male"),
    ]
    with_interval = [row.ci95 for row in flows if row.ci95 is not None]
    if with_interval:
        apart = sum(low > 0 or high < 0 for low, high in with_interval)
        words.append(
            f"Of {count(len(with_interval), 'interval')} of single net flows {apart} exclude zero; they are unadjusted, so "
            "about one in twenty would by chance alone."
        )
    return words


def _split(nets: Mapping[tuple[str, str], _Net], of: str, first: str, second: str) -> str:
    """Where the two things that an edit can ask for lie farthest apart."""
    widest = max(RECOMMENDATION_CATEGORIES, key=lambda name: abs(nets[first, name].rate - nets[second, name].rate))
    rates = (nets[first, widest].rate, nets[second, widest].rate)
    return (
        f"By the {of} asked for, the net flow differs most in {_NAMES[widest]}: {signed(rates[0], 2)} where the edit asked for "
        f"{first}, {signed(rates[1], 2)} where for {second}."
    )


def _flow_table(flows: Sequence[FlowRow]) -> Markup:
    columns = [
        Column("Model"), Column("Asked for"), Column("Category"), Column("Pairs", True), Column("Added", True),
        Column("Removed", True), Column("Net flow", True), Column("95 % interval", True),
    ]  # fmt: skip
    cells = [
        [
            clipped(row.model), row.asked, _NAMES[row.category], f"{row.usable_pairs:,}", f"{row.addition_events:,}",
            f"{row.removal_events:,}", signed(row.net_rate), interval(row.ci95, sign=True),
        ]
        for row in flows
    ]  # fmt: skip
    return numbers(
        "Net flows by the age and by the sex that the edit asked for; intervals are unadjusted", columns, cells
    )


def _switches(model: str, found: Transitions) -> Markup:
    by_place: dict[tuple[str, str], SwitchRow] = {
        (row.source_category, row.target_category): row for row in found.switches if row.model == model
    }
    lines = []
    for source in RECOMMENDATION_CATEGORIES:
        cells = []
        for target in RECOMMENDATION_CATEGORIES:
            row = by_place.get((source, target))
            if row is None:
                cells.append(HeatCell("", title="the same category"))
                continue
            rate = _rate((row.events, row.opportunities))
            title = f"from {_NAMES[source]} to {_NAMES[target]}: {row.events:,} of {row.opportunities:,} pairs"
            cells.append(_cell(rate, row.opportunities, title))
        lines.append((_NAMES[source], cells))
    return heat_table(
        f"{clipped(model)}: switches from the row's category to the column's", "From", list(_NAMES.values()), lines
    )


def _table(rows: Sequence[TransitionRow]) -> Markup:
    columns = [
        Column("Model"), Column("Category"), Column("Added", True), Column("of pairs without it", True),
        Column("Removed", True), Column("of pairs with it", True),
    ]  # fmt: skip
    cells = [
        [
            clipped(row.model), _NAMES[row.category], f"{row.addition_events:,}", f"{row.addition_opportunities:,}",
            f"{row.removal_events:,}", f"{row.removal_opportunities:,}",
        ]
        for row in rows
    ]  # fmt: skip
    return numbers("Additions and removals as counts of usable pairs", columns, cells)
