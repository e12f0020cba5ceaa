"""The intervals of rates, Jaccard means and differences, as `estimate_of` prints them."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from scripts.validation.draws import Setting, data_set, truth_of
from scripts.validation.study import COVERAGE, SOURCES, Limit, Study, batches, chooser_of, covers, holds, shares
from spinefairbench.analysis.estimates import DIFFERENCE, RATE, Bounds, Estimate, estimate_of
from spinefairbench.statistics.affected import affected_sources
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import student_t_quantile
from spinefairbench.statistics.intervals import FEW_CARRY
from spinefairbench.statistics.variance import clustered_mean

__all__ = ["STUDIES"]

# Pairs per source and intra-cluster correlations.
_LAYOUTS: Final = {
    "rate": (("1", (0.0,)), ("4", (0.0, 0.5, 1.0)), ("1-4", (0.3, 0.8))),
    "jaccard": (("1", (0.3,)), ("4", (0.1, 0.9)), ("1-4", (0.5,))),
    "difference": (("1", (0.3,)), ("4", (0.1, 0.5)), ("1-4", (0.5,))),
    "gain": (("1", (0.0,)), ("4", (0.3, 1.0)), ("1-4", (0.5,))),
}
_MEANS: Final = {
    "rate": (0.005, 0.02, 0.1, 0.3, 0.5),
    "jaccard": (0.02, 0.3, 0.65, 0.95, 0.99),
    "difference": (0.02, 0.1, 0.5),
    "gain": (0.01, 0.05, 0.1, 0.3),
}
_RESAMPLES: Final = Bootstrap(500)
# With this many affected sources or more, an interval must not be wider than this many times Student's t interval.
_AFFECTED: Final = 10
_WIDEST: Final = 1.3


class MeanCell(NamedTuple):
    """A distribution of values (see `Setting`) and a number of sources."""

    pairs: str
    correlation: float
    mean: float
    kind: str
    sources: int


def _cells(kinds: Sequence[str], quick: bool) -> Iterator[MeanCell]:
    for kind in kinds:
        for pairs, correlations in _LAYOUTS[kind]:
            for correlation in correlations[:1] if quick else correlations:
                for mean in _MEANS[kind][1::3] if quick else _MEANS[kind]:
                    for sources in SOURCES[:1] if quick else SOURCES:
                        yield MeanCell(pairs, correlation, mean, kind, sources)


def _value_cells(quick: bool) -> list[MeanCell]:
    return list(_cells(("rate", "jaccard"), quick))


def _difference_cells(quick: bool) -> list[MeanCell]:
    return list(_cells(("difference", "gain"), quick))


def _measure(cell: MeanCell, n_data_sets: int, seed: int) -> dict[str, float]:
    bounds = RATE if cell.kind in ("rate", "jaccard") else DIFFERENCE
    setting = Setting(cell.kind, cell.pairs, cell.correlation, cell.mean)
    truth = truth_of(setting, cell.sources, seed)
    chooser = chooser_of(seed, cell)
    counts = {"printed": 0, "percentile": 0, "adjusted_printed": 0, "too_wide": 0}
    for numbers in batches(n_data_sets):
        batch = [data_set(setting, cell.sources, chooser, seed) for _ in numbers]
        for totals, percentile in zip(batch, percentile_intervals(batch, _RESAMPLES), strict=True):
            found = estimate_of(totals, bounds, percentile)
            counts["printed"] += covers(found, truth)
            counts["percentile"] += holds(percentile, truth)
            counts["adjusted_printed"] += found.adjusted_ci95 is not None
            counts["too_wide"] += _too_wide(totals, bounds, found)
    return shares(counts, n_data_sets)


def _too_wide(totals: ClusterTotals, bounds: Bounds, found: Estimate) -> bool:
    error = clustered_mean(totals).standard_error
    if found.adjusted_ci95 is None or not error or affected_sources(totals, bounds) < _AFFECTED:
        return False
    if found.adjustment_reason is not None and FEW_CARRY in found.adjustment_reason:
        return False  # Student's t interval is known to be too short here
    lower, upper = found.adjusted_ci95
    return upper - lower > _WIDEST * 2 * student_t_quantile(0.975, totals.n - 1) * error


_ENTRY: Final = (
    "Each source draws its own level from a beta distribution with the stated intra-cluster correlation, and its pairs "
    'from that level ("1-4" pairs: equal numbers of sources with one, two, three and four). An entry is the coverage of '
    "the printed interval (the adjusted one where the rule calls for it, otherwise the percentile interval), that of the "
    "percentile interval, the share of data sets with an adjusted interval, and the share in which it is wider than "
    f"{_WIDEST} times Student's t interval although at least {_AFFECTED} sources are affected and no few sources carry the "
    "variation."
)
_LIMITS: Final = (Limit("printed", low=COVERAGE), Limit("too_wide", high=0.0))

STUDIES: Final = (
    Study(
        "means",
        "Rates and Jaccard means",
        f"{_ENTRY} Rates above 0.5 mirror those below. A Jaccard index is a share of one to six labels.",
        (
            "*: results[].recommendation_ci95",
            "*: results[].diagnostic_ci95",
            "*: results[].recommendation_adjusted_ci95",
            "*: results[].diagnostic_adjusted_ci95",
            "table2: results[].frozen.*_ci95",
            "table2: summary.published_seed[].*_ci95",
            "mitigation: summary.recomputed[].*_ci95",
            "mitigation: summary.adjusted[].adjusted_ci95",
            "audit: results[].ci95",
            "audit: results[].adjusted_ci95",
            "audit: summary.breakdown[].recommendation_*ci95",
            "audit: summary.breakdown[].diagnostic_*ci95",
            "score: primary_endpoints.*",
            "score: table2_row.*",
            "leaderboard: *.ci95",
            "leaderboard: *.adjusted_ci95",
        ),
        _value_cells,
        _measure,
        _LIMITS,
    ),
    Study(
        "differences",
        "Differences",
        f"{_ENTRY} A difference is 0, 1 or -1, of the nonzero ones three in five are 1; a gain is 0 or 1. The mean is the "
        "share of pairs that are not 0.",
        (
            "*: summary.differences[].ci95",
            "*: summary.differences[].adjusted_ci95",
            "transitions: summary.flows[].*ci95",
            "audit: summary.flows[].*ci95",
            "parser-audit: results[].*ci95",
            "audit: results[].parser_shift_*ci95",
            "audit: summary.parser_audit[].*ci95",
        ),
        _difference_cells,
        _measure,
        _LIMITS,
    ),
)
