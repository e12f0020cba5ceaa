"""Differences of strata that hold different sources, as `breakdown` prints them."""

from random import Random
from typing import Final, NamedTuple

from scripts.validation.draws import Setting, data_set
from scripts.validation.study import COVERAGE, TYPE_I, Limit, Study, chooser_of, holds, shares
from spinefairbench.analysis.estimates import RATE
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.independent import independent_difference

__all__ = ["STUDIES"]


class StrataCell(NamedTuple):
    """Two strata with true rates, and correlations within a source; the first has so many sources, the second `others`."""

    rate: float
    other_rate: float
    correlation: float
    other_correlation: float
    others: int
    sources: int


def _cells(quick: bool) -> list[StrataCell]:
    sizes = [(20, 20), (20, 200), (50, 950), (200, 200), (1000, 1000)]
    alike = [
        (rate, rate, correlation, other)
        for rate in (0.0, 0.02, 0.3, 0.98)
        for correlation, other in ((0.3, 0.3), (0.0, 1.0), (1.0, 0.0))
    ]
    settings = [*alike, (0.0, 0.05, 0.3, 0.3), (0.1, 0.3, 0.1, 0.5), (0.9, 0.98, 0.5, 0.5)]
    if quick:
        sizes, settings = sizes[1:3], settings[3:4]
    return [StrataCell(*setting, others, sources) for setting in settings for sources, others in sizes]


def _measure(cell: StrataCell, n_data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, cell)
    same = cell.rate == cell.other_rate
    held = rejected = 0
    for _ in range(n_data_sets):
        one = _stratum(cell.rate, cell.correlation, cell.sources, chooser)
        other = _stratum(cell.other_rate, cell.other_correlation, cell.others, chooser)
        found = independent_difference(one, other, RATE)
        held += holds(found.interval, cell.rate - cell.other_rate)
        rejected += found.p_value <= 0.05
    measured = shares({"coverage": held, "rejected": rejected}, n_data_sets)
    return measured if same else {"coverage": measured["coverage"]}


def _stratum(rate: float, correlation: float, sources: int, chooser: Random) -> ClusterTotals:
    if rate == 0:
        return ClusterTotals((0,) * sources, (4,) * sources, sum_of_squares=0)
    return data_set(Setting("rate", "4", correlation, rate), sources, chooser, 0)


STUDIES: Final = (
    Study(
        "strata",
        "Strata of different sources",
        "Two strata with the stated true rates and intra-cluster correlations, four pairs a source. An entry is the coverage "
        "of the interval of their difference and, where the rates are the same, the share of data sets with p at most 0.05.",
        ("*: summary.contrasts[].ci95", "*: summary.contrasts[].p_value", "*: summary.contrasts[].p_holm"),
        _cells,
        _measure,
        (Limit("coverage", low=COVERAGE), Limit("rejected", high=TYPE_I)),
        data_sets=500,
    ),
)
