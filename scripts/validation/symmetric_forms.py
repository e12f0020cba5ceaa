"""The symmetric form of the excess, where edited images were reported repeatedly too."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from scripts.validation.floors import MODELS, Habits
from scripts.validation.study import COVERAGE, SOURCES, Limit, Study, chooser_of, holds, shares
from spinefairbench.analysis.estimates import DIFFERENCE, estimate_of
from spinefairbench.analysis.symmetric_form import symmetric_request
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, ModelReports, PairReports, RepeatedReports
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(500)
_BATCH: Final = 100
_POPULATION: Final = 2000


class SymmetricCell(NamedTuple):
    """A model, pairs per source, reports on each edited image, an endpoint, and the number of sources."""

    model: str
    pairs: int
    reports: int
    endpoint: str
    sources: int


def _cells(quick: bool) -> list[SymmetricCell]:
    names = ("effect 0.3",) if quick else tuple(MODELS)
    settings = [(name, pairs, reports) for name in names for pairs, reports in ((4, 2), (2, 4))]
    settings = settings[:1] if quick else settings
    cells = [SymmetricCell(*each, "recommendation", sources) for each in settings for sources in SOURCES]
    if not quick:
        cells += [SymmetricCell("effect 0.3", 4, 2, "diagnostic", sources) for sources in SOURCES]
    return cells[:2] if quick else cells


@lru_cache(maxsize=4)
def _population(name: str, pairs: int, reports: int, endpoint: str, seed: int) -> tuple[Sequence[int], int]:
    """The symmetric form of each source of the population, as integers, and their scale."""
    model, chooser = MODELS[name], chooser_of(seed, name, pairs, reports)
    own_pairs, repeats = [], []
    for number in range(_POPULATION):
        own, other = Habits(model, chooser), Habits(model, chooser)
        first, first_other = own.report(), other.report()
        for place in range(pairs):
            habits, fixed = (other, first_other) if chooser.random() < model.effect else (own, first)
            edited = [fixed if model.deterministic else habits.report() for _ in range(reports)]
            source = first if model.deterministic else own.report()
            pair_id, source_id = f"{number:05}__{place}", f"{number:05}"
            own_pairs.append(PairReports(pair_id, source_id, str(place), source, edited[0]))
            repeats.append(RepeatedReports(pair_id, source_id, COUNTERFACTUAL_ROLE, tuple(edited[1:])))
    samples = symmetric_request([ModelReports(name, tuple(own_pairs), tuple(repeats))]).samples
    totals = samples[("recommendation", "diagnostic").index(endpoint)].totals
    assert totals is not None
    return totals.sums, totals.scale


def _measure(cell: SymmetricCell, n_data_sets: int, seed: int) -> dict[str, float]:
    units, scale = _population(*cell[:-1], seed)
    truth = sum(units) / (len(units) * scale)
    chooser = chooser_of(seed, cell)
    held = 0
    for start in range(0, n_data_sets, _BATCH):
        batch = [
            ClusterTotals(tuple(chooser.choices(units, k=cell.sources)), (1,) * cell.sources, scale)
            for _ in range(min(_BATCH, n_data_sets - start))
        ]
        for totals, percentile in zip(batch, percentile_intervals(batch, _RESAMPLES), strict=True):
            held += holds(estimate_of(totals, DIFFERENCE, percentile).judged_ci95 or percentile, truth)
    return shares({"coverage": held}, n_data_sets)


STUDIES: Final = (
    Study(
        "symmetric-form",
        "Symmetric form of the excess",
        "Models as in the study of the excess; every edited image has the stated number of reports. An entry is the "
        "coverage of the printed interval.",
        ("*: noise_floor.energy.*ci95", "audit: summary.noise_floor.energy.*ci95"),
        _cells,
        _measure,
        (Limit("coverage", low=COVERAGE),),
        data_sets=500,
    ),
)
