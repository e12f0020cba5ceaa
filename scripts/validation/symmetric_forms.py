"""The symmetric form of the excess, where edited images were reported repeatedly too."""

from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from scripts.validation.floors import MODELS, Habits
from scripts.validation.study import COVERAGE, SOURCES, Limit, Study, chooser_of, holds
from spinefairbench.analysis.symmetric_form import Distances, symmetric_endpoint, symmetric_sources
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, ModelReports, PairReports, RepeatedReports

__all__ = ["STUDIES"]

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
def _population(name: str, pairs: int, reports: int, endpoint: str, seed: int) -> list[Distances]:
    """The distances of each source of the population."""
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
    at = ("recommendation", "diagnostic").index(endpoint)
    found = symmetric_sources(ModelReports(name, tuple(own_pairs), tuple(repeats)))
    return [source.distances[at] for source in found]


def _measure(cell: SymmetricCell, n_data_sets: int, seed: int) -> dict[str, float]:
    population = _population(*cell[:-1], seed)
    truth = float(sum((source.energy for source in population), Fraction(0)) / len(population))
    chooser = chooser_of(seed, cell)
    source_ids = [f"{number:05}" for number in range(cell.sources)]
    printed = held = 0
    for _ in range(n_data_sets):
        energy = symmetric_endpoint(source_ids, chooser.choices(population, k=cell.sources)).energy
        if energy.ci95 is not None:
            printed += 1
            held += holds(energy.ci95, truth)
    measured = {"missed": (printed - held) / n_data_sets}
    return {"coverage": held / printed, **measured} if printed >= n_data_sets / 2 else measured


STUDIES: Final = (
    Study(
        "symmetric-form",
        "Symmetric form of the excess",
        "Models as in the study of the excess; every edited image has the stated number of reports. An entry is the "
        "coverage of the interval where at least half of the data sets have one, and the share of data sets whose interval "
        "misses the true value. There is no interval where fewer than one in ten reports on original and edit agree.",
        ("*: noise_floor.energy.*ci95", "audit: summary.noise_floor.energy.*ci95"),
        _cells,
        _measure,
        (Limit("coverage", low=COVERAGE), Limit("missed", high=1 - COVERAGE)),
        data_sets=300,
    ),
)
