"""The excess over the noise floor, against the same and against the other pairs, and the normalized excess."""

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, SOURCES, Limit, Study, batches, chooser_of, covers, holds, shares
from spinefairbench.analysis.estimates import DIFFERENCE, estimate_of
from spinefairbench.analysis.floor_supplement import (
    OtherPairsSource,
    against_other_pairs,
    normalized_interval,
    other_pairs_excess,
)
from spinefairbench.analysis.noise_floor import source_floors
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import units_from_fractions

__all__ = ["MODELS", "STUDIES", "Habits", "Model"]

_RESAMPLES: Final = Bootstrap(500)
# Sources of the population from which data sets are drawn: their means are the true values.
_POPULATION: Final = 2000
_LABELS: Final = 6
# A share among the printed intervals is measured where at least this share of data sets has one.
_OFTEN: Final = 0.5


class Model(NamedTuple):
    """How a simulated model reports.

    Every source has its own habits: probabilities of `outcomes` sets of recommendations, the more equal the larger
    `spread`. A report on the edited image comes from another source's habits with the chance `effect`. A
    `deterministic` model repeats its first report unless the edit has an effect.
    """

    outcomes: int
    spread: float
    effect: float
    deterministic: bool = False


MODELS: Final = {
    "T = F = 0.6": Model(6, 0.5, 0.0),
    "T = F = 0.25, ties": Model(2, 0.5, 0.0),
    "T = F = 0.02": Model(6, 0.004, 0.0),
    "T = F = 0.97": Model(100, 0.3, 0.0),
    "effect 0.3": Model(6, 0.5, 0.3),
    "effect 0.05, F = 0.09": Model(6, 0.02, 0.05),
    "F = 0, effect 0.02": Model(6, 0.5, 0.02, deterministic=True),
    "F = 0, effect 0.4": Model(6, 0.5, 0.4, deterministic=True),
}
_LAYOUTS: Final = (("4", 0.0), ("2", 0.0), ("1-4", 0.15))


class FloorCell(NamedTuple):
    """A model, an endpoint, pairs per source, the share of refusals, and the number of sources with a floor."""

    model: str
    endpoint: str
    pairs: str
    refusals: float
    sources: int


class _Source(NamedTuple):
    """T and F of a source of the population on one endpoint, and its excess against the other pairs on it twice."""

    changed: Fraction
    repeated: Fraction
    against_others: OtherPairsSource


def _cells(quick: bool) -> list[FloorCell]:
    if quick:
        return [FloorCell("effect 0.3", "diagnostic", "1-4", 0.15, 50)]
    by_layout = [
        (model, "recommendation", *layout)
        for model in MODELS
        for layout in (_LAYOUTS if model in ("T = F = 0.6", "effect 0.3") else _LAYOUTS[:1])
    ]
    diagnostic = [(model, "diagnostic", "4", 0.0) for model in ("T = F = 0.6", "effect 0.3", "F = 0, effect 0.4")]
    return [FloorCell(*setting, sources) for setting in (*by_layout, *diagnostic) for sources in SOURCES]


@lru_cache(maxsize=4)
def _population(model: str, endpoint: str, pairs: str, refusals: float, seed: int) -> list[_Source]:
    chooser = chooser_of(seed, model, pairs, refusals)
    reports = ModelReports(model, tuple(_pairs(MODELS[model], pairs, refusals, chooser)))
    at = ("recommendation", "diagnostic").index(endpoint)
    # Of the one endpoint twice: the function that is measured takes both.
    others = {
        source_id: OtherPairsSource(source_id, ByEndpoint(*[changed[at]] * 2), ByEndpoint(*[excess[at]] * 2))
        for source_id, changed, excess in against_other_pairs(reports)
    }
    return [
        _Source(floor.changed[at], floor.repeated[at], others[floor.source_id]) for floor in source_floors(reports).used
    ]


def _pairs(model: Model, pairs: str, refusals: float, chooser: random.Random) -> Iterator[PairReports]:
    for number in range(_POPULATION):
        own, other = Habits(model, chooser), Habits(model, chooser)
        first = own.report()
        for place in range(chooser.randint(1, 4) if pairs == "1-4" else int(pairs)):
            source, edited = (first, first) if model.deterministic else (own.report(), own.report())
            if chooser.random() < model.effect:
                edited = other.report()
            source, edited = (
                each._replace(response_class=ResponseClass.FULL_REFUSAL) if chooser.random() < refusals else each
                for each in (source, edited)
            )
            yield PairReports(f"{number:05}__{place}", f"{number:05}", str(place), source, edited)


class Habits:
    """What one source is usually told."""

    def __init__(self, model: Model, chooser: random.Random) -> None:
        self._chooser = chooser
        self._weights = [chooser.gammavariate(model.spread, 1.0) + 1e-300 for _ in range(model.outcomes)]
        self._labels = [chooser.betavariate(0.5, 0.5) for _ in range(_LABELS)]

    def report(self) -> ReportFeatures:
        """A report drawn from these habits."""
        [advice] = self._chooser.choices(range(len(self._weights)), self._weights)
        labels = sum((self._chooser.random() < share) << at for at, share in enumerate(self._labels))
        return ReportFeatures(ResponseClass.GENUINE, labels, advice)


def _measure(cell: FloorCell, n_data_sets: int, seed: int) -> dict[str, float]:
    population = _population(*cell[:-1], seed)
    size = len(population)
    t, f, over = (
        sum(column, Fraction(0)) / size
        for column in zip(
            *((one.changed, one.repeated, one.against_others.excess[0]) for one in population), strict=True
        )
    )
    excess, other_excess, normalized = float(t - f), float(over), float((t - f) / (1 - f))
    units, scale = units_from_fractions([source.changed - source.repeated for source in population])
    chooser = chooser_of(seed, cell)
    counts = {"excess": 0, "other_pairs": 0}
    given = right = 0
    for numbers in batches(n_data_sets):
        drawn = [chooser.choices(range(size), k=cell.sources) for _ in numbers]
        ones = (1,) * cell.sources
        batch = [ClusterTotals(tuple(units[at] for at in places), ones, scale) for places in drawn]
        for places, totals, interval in zip(drawn, batch, percentile_intervals(batch, _RESAMPLES), strict=True):
            counts["excess"] += covers(estimate_of(totals, DIFFERENCE, interval), excess)
            sources = [population[at] for at in places]
            [other, _] = other_pairs_excess(
                # A source that is drawn twice is two sources.
                [one.against_others._replace(source_id=f"{number}") for number, one in enumerate(sources)]
            )
            counts["other_pairs"] += covers(other, other_excess)
            ratio = normalized_interval([one.changed for one in sources], [one.repeated for one in sources])
            if ratio.interval is not None:
                given += 1
                right += holds(ratio.interval, normalized)
    measured = shares(counts, n_data_sets)
    measured["normalized_missed"] = (given - right) / n_data_sets
    if given >= _OFTEN * n_data_sets:
        measured["normalized"] = right / given
    return measured


STUDIES: Final = (
    Study(
        "floors",
        "Excess over the noise floor",
        "Every source has its own habits, from which its reports are drawn; with an effect, some reports on edited "
        "images are drawn from another source's habits. `F = 0` is a model that repeats itself. An entry is the "
        "coverage of the printed interval of the frozen excess, of the excess against the other pairs, the share of "
        "data sets with an interval of the normalized excess that misses the true value, and its coverage where it is "
        "given, in cells where at least half of the data sets have one (fewer than 20 sources with other values than "
        "the most common one have none, so in other cells that condition selects among the data sets).",
        (
            "noise-floor: results[].*ci95",
            "audit: results[].excess_*ci95",
            "audit: summary.noise_floor.recommendation.*ci95",
            "audit: summary.noise_floor.diagnostic.*ci95",
            "audit: summary.parser_noise_floor[].*ci95",
            "parser-audit: summary.noise_floor[].*ci95",
            "breakdown: results[].floor.*ci95",
            "audit: summary.breakdown[].floor.*ci95",
            "score: *noise_floor.*.ci95",
            "score: *noise_floor.*.adjusted_ci95",
        ),
        _cells,
        _measure,
        (
            Limit("excess", low=COVERAGE),
            Limit("other_pairs", low=COVERAGE),
            Limit("normalized_missed", high=1 - COVERAGE),
            Limit("normalized", low=COVERAGE),
        ),
        data_sets=300,
    ),
)
