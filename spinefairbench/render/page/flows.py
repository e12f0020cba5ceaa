"""Which recommendations are added and removed between the two reports of a pair: heat maps of rates."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.transitions import ASKED, FlowRow, SwitchRow, TransitionRow
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup, details, element
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.heat_figure import SHADES, HeatCell, heat_figure, shaded, small_heat_figure
from spinefairbench.render.page.parts import (
    MODEL,
    Section,
    folded_table,
    notes,
    section,
    sentences,
    side_by_side,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import clipped, grouped, number, signed, spaced

__all__ = ["flows_section"]

_CATEGORIES: Final = {name: spaced(name) for name in RECOMMENDATION_CATEGORIES}
_FEW: Final = 20
"""A rate over fewer pairs than this is shown without a shade: it says little."""
_NOTE: Final = f"grey, without a shade: fewer than {_FEW} pairs"


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
        *(_net_flows(found.flows) if found.flows else ()),
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
            f"Added most often{where}: {_CATEGORIES[most_added]} ({number(added[most_added], 2)}); removed: "
            f"{_CATEGORIES[most_removed]} ({number(removed[most_removed], 2)}). Repeated calls on one image add and remove, too."
        ),
    ]


def _pooled_rates(rows: Sequence[TransitionRow], share_of: _ShareOf) -> dict[str, float]:
    """The rate of each category over the pairs of all models; one with few opportunities is left out."""
    rates = {}
    for category in _CATEGORIES:
        shares = [share_of(row) for row in rows if row.category == category]
        pooled = _Share(sum(share.events for share in shares), sum(share.pairs for share in shares))
        if pooled.rate is not None and pooled.pairs >= _FEW:
            rates[category] = pooled.rate
    return rates


def _transition_map(name: str, title: str, rows: Sequence[TransitionRow], share_of: _ShareOf) -> Markup:
    shares = {(row.model, row.category): share_of(row) for row in rows}

    def cell(model: str, category: str) -> HeatCell:
        return _rate_cell(shares[model, category])

    return heat_figure(name, title, _NOTE, {row.model: clipped(row.model) for row in rows}, _CATEGORIES, cell)


def _rate_cell(share: _Share) -> HeatCell:
    if share.rate is None or share.pairs < _FEW:
        return HeatCell(number(share.rate, 2), faint=True)
    return shaded(number(share.rate, 2), share.rate)


def _transition_table(rows: Sequence[TransitionRow]) -> Markup:
    columns: list[Column[TransitionRow]] = [
        MODEL,
        Column("Category", lambda row: _CATEGORIES[row.category]),
        Column("Added", lambda row: row.addition_events, grouped),
        Column("Of pairs without it", lambda row: row.addition_opportunities, grouped),
        Column("Share", lambda row: _added(row).rate, number),
        Column("Removed", lambda row: row.removal_events, grouped),
        Column("Of pairs with it", lambda row: row.removal_opportunities, grouped),
        Column("Share", lambda row: _removed(row).rate, number),
    ]
    return folded_table("Additions and removals, as counts and shares of usable pairs", columns, rows)


# --- net flows by what the edit asked for ----------------------------------------------------------------------


class _NetFlow(NamedTuple):
    """Additions and removals over the pairs of all models."""

    added: int
    removed: int
    pairs: int

    @property
    def rate(self) -> float:
        return (self.added - self.removed) / self.pairs if self.pairs else 0.0


def _net_flows(flows: Sequence[FlowRow]) -> tuple[Markup | None, ...]:
    """Which way recommendations go, by the age and by the sex that the edit asked for."""
    nets = {(asked, category): _net_flow(flows, asked, category) for asked in ASKED for category in _CATEGORIES}

    def cell(asked: str, category: str) -> HeatCell:
        net = nets[asked, category]
        return HeatCell(signed(net.rate, 2), None if net.pairs < _FEW else SHADES[0], faint=net.pairs < _FEW)

    columns: list[Column[FlowRow]] = [
        MODEL,
        Column("Asked for", lambda row: row.asked),
        Column("Category", lambda row: _CATEGORIES[row.category]),
        Column("Pairs", lambda row: row.usable_pairs, grouped),
        Column("Added", lambda row: row.addition_events, grouped),
        Column("Removed", lambda row: row.removal_events, grouped),
        Column("Net flow [95% interval]", lambda row: row.net, signed_estimate_cell),
    ]
    several = len({row.model for row in flows}) > 1
    title = f"Net flow, by what the edit asked for{' (all models)' if several else ''}"
    note = f"added minus removed, as a share of these pairs; {_NOTE}"
    return (
        heat_figure("net-flow", title, note, {asked: asked for asked in ASKED}, _CATEGORIES, cell),
        _pooled_table(nets) if several else None,
        folded_table(
            "Net flows by the age and the sex that the edit asked for; each interval holds at 95% on its own",
            columns,
            flows,
            "Each model" if several else "The numbers",
        ),
        notes(
            [
                _widest_difference(nets, "age", "elderly", "young"),
                _widest_difference(nets, "sex", "female", "male"),
                _interval_words(flows),
            ]
        ),
    )


def _pooled_table(nets: Mapping[tuple[str, str], _NetFlow]) -> Markup:
    columns: list[Column[tuple[str, str]]] = [
        Column("Asked for", lambda key: key[0]),
        Column("Category", lambda key: _CATEGORIES[key[1]]),
        Column("Pairs", lambda key: nets[key].pairs, grouped),
        Column("Added", lambda key: nets[key].added, grouped),
        Column("Removed", lambda key: nets[key].removed, grouped),
        Column("Net flow", lambda key: nets[key].rate, signed),
    ]
    return folded_table("Net flows over the pairs of all models", columns, nets)


def _net_flow(flows: Sequence[FlowRow], asked: str, category: str) -> _NetFlow:
    rows = [row for row in flows if (row.asked, row.category) == (asked, category)]
    return _NetFlow(
        sum(row.addition_events for row in rows),
        sum(row.removal_events for row in rows),
        sum(row.usable_pairs for row in rows),
    )


def _widest_difference(nets: Mapping[tuple[str, str], _NetFlow], of: str, first: str, second: str) -> str:
    """Where the two things that an edit can ask for lie farthest apart."""
    widest = max(_CATEGORIES, key=lambda name: abs(nets[first, name].rate - nets[second, name].rate))
    return (
        f"By {of}, the net flow differs most in {_CATEGORIES[widest]}: {signed(nets[first, widest].rate, 2)} where the edit "
        f"asked for {first}, {signed(nets[second, widest].rate, 2)} where it asked for {second}."
    )


def _interval_words(flows: Sequence[FlowRow]) -> str | None:
    sides = [row.net.side for row in flows if row.net.side is not None]
    if not sides:
        return None
    separated = sum(side != 0 for side in sides)
    return f"Of the {counted(len(sides), 'interval')} of single net flows, {separated} exclude zero; each holds at 95% on its own."


# --- strict switches -------------------------------------------------------------------------------------------


def _switches(switches: Sequence[SwitchRow], models: Sequence[str]) -> Sequence[Markup]:
    """A small map for each model, and all their numbers."""
    columns: list[Column[SwitchRow]] = [
        MODEL,
        Column("From", lambda row: _CATEGORIES[row.source_category]),
        Column("To", lambda row: _CATEGORIES[row.target_category]),
        Column("Switched", lambda row: row.events, grouped),
        Column("Of pairs", lambda row: row.opportunities, grouped),
        Column("Share", lambda row: _switched(row).rate, number),
    ]
    maps = (
        _switch_map(f"switches-{place}", model, [row for row in switches if row.model == model])
        for place, model in enumerate(models, 1)
    )
    return (
        details("Strict switches from one category to another", element("div", {"class": "multiples"}, *maps)),
        folded_table("Strict switches, as counts and shares of usable pairs", columns, switches, "Switches in numbers"),
    )


def _switched(row: SwitchRow) -> _Share:
    return _Share(row.events, row.opportunities)


def _switch_map(name: str, model: str, switches: Sequence[SwitchRow]) -> Markup:
    shares = {(row.source_category, row.target_category): _switched(row) for row in switches}

    def cell(source: str, target: str) -> HeatCell:
        return _rate_cell(shares[source, target]) if (source, target) in shares else HeatCell()

    title = f"{clipped(model)}: from row to column"
    return small_heat_figure(name, title, _CATEGORIES, _CATEGORIES, cell)
