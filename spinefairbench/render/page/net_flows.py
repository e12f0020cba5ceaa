"""Net flows: which way recommendations go, by the age and by the sex that the edit asked for."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.transitions import ASKED, FlowRow
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.heat_figure import SHADES, HeatCell, heat_figure
from spinefairbench.render.page.parts import MODEL, folded_table, notes, signed_estimate_cell
from spinefairbench.render.page.words import grouped, signed, spaced

__all__ = ["CATEGORIES", "FEW", "FEW_NOTE", "net_flows"]

CATEGORIES: Final = {name: spaced(name) for name in RECOMMENDATION_CATEGORIES}
FEW: Final = 20
"""A rate over fewer pairs than this is shown without a shade: it says little."""
FEW_NOTE: Final = f"grey, without a shade: fewer than {FEW} pairs"


class _NetFlow(NamedTuple):
    """Additions and removals over the pairs of all models."""

    added: int
    removed: int
    pairs: int

    @property
    def rate(self) -> float:
        return (self.added - self.removed) / self.pairs if self.pairs else 0.0


def net_flows(flows: Sequence[FlowRow]) -> tuple[Markup | None, ...]:
    """Which way recommendations go, by the age and by the sex that the edit asked for."""
    nets = {(asked, category): _net_flow(flows, asked, category) for asked in ASKED for category in CATEGORIES}

    def cell(asked: str, category: str) -> HeatCell:
        net = nets[asked, category]
        return HeatCell(signed(net.rate, 2), None if net.pairs < FEW else SHADES[0], faint=net.pairs < FEW)

    columns: list[Column[FlowRow]] = [
        MODEL,
        Column("Asked for", lambda row: row.asked),
        Column("Category", lambda row: CATEGORIES[row.category]),
        Column("Pairs", lambda row: row.usable_pairs, grouped),
        Column("Added", lambda row: row.addition_events, grouped),
        Column("Removed", lambda row: row.removal_events, grouped),
        Column("Net flow [95% interval]", lambda row: row.net, signed_estimate_cell),
    ]
    several = len({row.model for row in flows}) > 1
    title = f"Net flow, by what the edit asked for{' (all models)' if several else ''}"
    note = f"added minus removed, as a share of these pairs; {FEW_NOTE}"
    return (
        heat_figure("net-flow", title, note, {asked: asked for asked in ASKED}, CATEGORIES, cell),
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
        Column("Category", lambda key: CATEGORIES[key[1]]),
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
    widest = max(CATEGORIES, key=lambda name: abs(nets[first, name].rate - nets[second, name].rate))
    return (
        f"By {of}, the net flow differs most in {CATEGORIES[widest]}: {signed(nets[first, widest].rate, 2)} where the edit "
        f"asked for {first}, {signed(nets[second, widest].rate, 2)} where it asked for {second}."
    )


def _interval_words(flows: Sequence[FlowRow]) -> str | None:
    sides = [row.net.side for row in flows if row.net.side is not None]
    if not sides:
        return None
    separated = sum(side != 0 for side in sides)
    return f"Of the {counted(len(sides), 'interval')} of single net flows, {separated} exclude zero; each holds at 95% on its own."
