"""The intervals of differences of which some sources have none, all sources being resampled."""

import math
import random
from typing import Final, NamedTuple

from scripts.validation.draws import Setting, data_set, truth_of
from scripts.validation.study import COVERAGE, SOURCES, Limit, Study, batches, chooser_of, covers, holds, shares
from spinefairbench.analysis.estimates import DIFFERENCE, Sample, estimates
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(500)
_MEANS: Final = (0.02, 0.1, 0.5)
_ABSENT: Final = (0.1, 0.5)


class PartialCell(NamedTuple):
    """The mean and the pairs of a source as in `Setting`, the chance to have none, and how many sources are left on average."""

    pairs: str
    mean: float
    absent: float
    sources: int


def _cells(quick: bool) -> list[PartialCell]:
    return [
        PartialCell(pairs, mean, absent, sources)
        for pairs in (("1-4",) if quick else ("1", "1-4"))
        for mean in (_MEANS[1:2] if quick else _MEANS)
        for absent in (_ABSENT[1:] if quick else _ABSENT)
        for sources in (SOURCES[:1] if quick else SOURCES)
    ]


def _sample(setting: Setting, cell: PartialCell, chooser: random.Random, seed: int) -> Sample:
    all_sources = math.ceil(cell.sources / (1 - cell.absent))
    there = [chooser.random() >= cell.absent for _ in range(all_sources)]
    there[:2] = True, True
    totals: ClusterTotals = data_set(setting, sum(there), chooser, seed)
    sums, counts = iter(totals.sums), iter(totals.counts)
    among = PartialTotals(
        tuple(next(sums) if each else 0 for each in there),
        tuple(next(counts) if each else 0 for each in there),
        totals.scale,
    )
    return Sample(totals, DIFFERENCE, among)


def _measure(cell: PartialCell, n_data_sets: int, seed: int) -> dict[str, float]:
    setting = Setting("difference", cell.pairs, 0.5 if cell.pairs == "1-4" else 0.3, cell.mean)
    truth = truth_of(setting, cell.sources, seed)
    chooser = chooser_of(seed, cell)
    counts = {"printed": 0, "percentile": 0}
    for numbers in batches(n_data_sets):
        for found in estimates([_sample(setting, cell, chooser, seed) for _ in numbers], _RESAMPLES):
            counts["printed"] += covers(found, truth)
            counts["percentile"] += found.ci95 is not None and holds(found.ci95, truth)
    return shares(counts, n_data_sets)


STUDIES: Final = (
    Study(
        "partial_differences",
        "Differences that some sources lack",
        "As under Differences, but a source has no pair at all with the stated chance, as where a model refused; it is "
        "resampled all the same and counts neither above nor below the line. `sources` are those with a pair, on average. "
        "An entry is the coverage of the printed interval and that of the percentile interval.",
        ("transitions: summary.flows[].*ci95", "audit: summary.flows[].*ci95"),
        _cells,
        _measure,
        (Limit("printed", low=COVERAGE),),
    ),
)
