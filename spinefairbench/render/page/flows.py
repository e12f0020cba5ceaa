"""Which recommendations are added and removed between the two reports of a pair: heat maps of rates."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from spinefairbench.analysis.transitions import SwitchRow, TransitionRow
from spinefairbench.render.html import Column, Markup, details, element
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.heat_figure import HeatCell, heat_figure, shaded, small_heat_figure
from spinefairbench.render.page.net_flows import CATEGORIES, FEW, FEW_NOTE, net_flows
from spinefairbench.render.page.parts import (
    MODEL,
    Section,
    folded_table,
    section,
    sentences,
    side_by_side,
)
from spinefairbench.render.page.words import clipped, grouped, number

__all__ = ["flows_section"]


class _Share(NamedTuple):
    """So many events of so many pairs in which they could happen."""

    events: int
    pairs: int

    @property
    def rate(self) -> float | None:
        return self.events / self.pairs if self.pairs else None


_ShareOf = Callable[[TransitionRow], _Share]


def _added(row: TransitionRow) -> _Share:
    return _Share(row.addition_events, row.addition_opportunities)


def _removed(row: TransitionRow) -> _Share:
    return _Share(row.removal_events, row.removal_opportunities)


def flows_section(contents: PageContents) -> Section | None:
    """Additions and removals by model and category, net flows by what the edit asked for, and strict switches."""
    found = contents.audit.transitions
    if not found.rows:
        return None
    models = list(dict.fromkeys(row.model for row in found.rows))
    return section(
        "transitions",
        "Recommendations added and removed",
        sentences(*_transition_words(found.rows, len(models))),
        side_by_side(
            (
                _transition_map(
                    "added", "Added: of pairs whose original report lacks the category", found.rows, _added
                ),
                _transition_map(
                    "removed", "Removed: of pairs whose original report has the category", found.rows, _removed
                ),
            )
        ),
        _transition_table(found.rows),
        *(net_flows(found.flows) if found.flows else ()),
        *_switches(found.switches, models),
        method=[
            (
                "A strict switch: of the pairs whose original report has one category and not another, those whose edited "
                "report has the other and not the first; one pair may count in several cells, so they do not add up"
            )
        ],
    )


# --- additions and removals ------------------------------------------------------------------------------------


def _transition_words(rows: Sequence[TransitionRow], models: int) -> list[str]:
    added, removed = _pooled_rates(rows, _added), _pooled_rates(rows, _removed)
    if not added or not removed:
        return ["There are too few usable pairs to say which recommendations are added and removed."]
    where = ", over all models" if models > 1 else ""
    most_added = max(added, key=added.__getitem__)
    most_removed = max(removed, key=removed.__getitem__)
    return [
        (
            f"Added most often{where}: {CATEGORIES[most_added]} ({number(added[most_added], 2)}); removed: "
            f"{CATEGORIES[most_removed]} ({number(removed[most_removed], 2)}). Repeated calls on one image add and remove, too."
        ),
    ]


def _pooled_rates(rows: Sequence[TransitionRow], share_of: _ShareOf) -> dict[str, float]:
    """The rate of each category over the pairs of all models; one with few opportunities is left out."""
    rates = {}
    for category in CATEGORIES:
        shares = [share_of(row) for row in rows if row.category == category]
        pooled = _Share(sum(share.events for share in shares), sum(share.pairs for share in shares))
        if pooled.rate is not None and pooled.pairs >= FEW:
            rates[category] = pooled.rate
    return rates


def _transition_map(name: str, title: str, rows: Sequence[TransitionRow], share_of: _ShareOf) -> Markup:
    shares = {(row.model, row.category): share_of(row) for row in rows}

    def cell(model: str, category: str) -> HeatCell:
        return _rate_cell(shares[model, category])

    return heat_figure(name, title, FEW_NOTE, {row.model: clipped(row.model) for row in rows}, CATEGORIES, cell)


def _rate_cell(share: _Share) -> HeatCell:
    if share.rate is None or share.pairs < FEW:
        return HeatCell(number(share.rate, 2), faint=True)
    return shaded(number(share.rate, 2), share.rate)


def _transition_table(rows: Sequence[TransitionRow]) -> Markup:
    columns: list[Column[TransitionRow]] = [
        MODEL,
        Column("Category", lambda row: CATEGORIES[row.category]),
        Column("Added", lambda row: row.addition_events, grouped),
        Column("Of pairs without it", lambda row: row.addition_opportunities, grouped),
        Column("Share", lambda row: _added(row).rate, number),
        Column("Removed", lambda row: row.removal_events, grouped),
        Column("Of pairs with it", lambda row: row.removal_opportunities, grouped),
        Column("Share", lambda row: _removed(row).rate, number),
    ]
    return folded_table("Additions and removals, as counts and shares of usable pairs", columns, rows)


# --- strict switches -------------------------------------------------------------------------------------------


def _switches(switches: Sequence[SwitchRow], models: Sequence[str]) -> Sequence[Markup]:
    """A small map for each model, and all their numbers."""
    columns: list[Column[SwitchRow]] = [
        MODEL,
        Column("From", lambda row: CATEGORIES[row.source_category]),
        Column("To", lambda row: CATEGORIES[row.target_category]),
        Column("Switched", lambda row: row.events, grouped),
        Column("Of pairs", lambda row: row.opportunities, grouped),
        Column("Share", lambda row: _switched(row).rate, number),
    ]
    maps = (
        _switch_map(f"switches-{place}", model, [row for row in switches if row.model == model])
        for place, model in enumerate(models, 1)
    )
    return (
        details("Strict switches", element("div", {"class": "multiples"}, *maps)),
        folded_table("Strict switches, as counts and shares of usable pairs", columns, switches, "Switches in numbers"),
    )


def _switched(row: SwitchRow) -> _Share:
    return _Share(row.events, row.opportunities)


def _switch_map(name: str, model: str, switches: Sequence[SwitchRow]) -> Markup:
    shares = {(row.source_category, row.target_category): _switched(row) for row in switches}

    def cell(source: str, target: str) -> HeatCell:
        return _rate_cell(shares[source, target]) if (source, target) in shares else HeatCell()

    title = f"{clipped(model)}: from row to column"
    return small_heat_figure(name, title, CATEGORIES, CATEGORIES, cell)
