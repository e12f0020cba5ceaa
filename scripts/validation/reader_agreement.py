"""Fleiss' kappa and Gwet's AC1 at the marginals of a reader study."""

import random
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, Limit, Study, chooser_of, holds, shares
from spinefairbench.statistics.agreement_intervals import agreement_intervals

__all__ = ["STUDIES"]

_Row = tuple[int, ...]
_OFTEN: Final = 0.5
_SOURCES: Final = (50, 200, 450, 1000)

# {name: {answers of three readers to one pair, counted by category: weight}}; the first two are the published counts.
_QUESTIONS: Final[dict[str, dict[_Row, float]]] = {
    "q1": {(3, 0): 434, (2, 1): 9, (1, 2): 4, (0, 3): 3},
    "q4": {(3, 0, 0): 411, (2, 1, 0): 21, (2, 0, 1): 14, (1, 2, 0): 3, (1, 0, 2): 1},
    "one in ten": {(3, 0): 84, (2, 1): 6, (1, 2): 4, (0, 3): 6},
    "one in three": {(3, 0): 60, (2, 1): 20, (1, 2): 10, (0, 3): 10},
    "by chance": {(3, 0): 1, (2, 1): 3, (1, 2): 3, (0, 3): 1},
}


class AgreementCell(NamedTuple):
    """A question, pairs per source, the chance that a further pair of a source is answered like its first one."""

    question: str
    pairs: str
    alike: float
    sources: int


def _cells(quick: bool) -> list[AgreementCell]:
    if quick:
        return [AgreementCell("one in three", "1", 0.0, 200)]
    return [
        AgreementCell(question, *layout, sources)
        for question in _QUESTIONS
        for layout in (("1", 0.0), ("1-4", 0.3))
        for sources in _SOURCES
    ]


def _coefficients(weights: dict[_Row, float]) -> tuple[float, float]:
    """Kappa and AC1 of the distribution from which pairs are drawn."""
    total = sum(weights.values())
    readers = sum(next(iter(weights)))
    observed = sum(weight * sum(c * (c - 1) for c in row) for row, weight in weights.items())
    disagreement = 1 - observed / (total * readers * (readers - 1))
    columns = zip(*([weight * count for count in row] for row, weight in weights.items()), strict=True)
    by_chance = 1 - sum((sum(column) / (total * readers)) ** 2 for column in columns)
    categories = len(next(iter(weights)))
    return 1 - disagreement / by_chance, 1 - disagreement / (1 - by_chance / (categories - 1))


def _table(cell: AgreementCell, chooser: random.Random) -> tuple[list[_Row], list[str]]:
    rows, weights = zip(*_QUESTIONS[cell.question].items(), strict=True)
    table: list[_Row] = []
    ids: list[str] = []
    for number in range(cell.sources):
        pairs = chooser.randint(1, 4) if cell.pairs == "1-4" else int(cell.pairs)
        drawn = chooser.choices(rows, weights, k=pairs)
        table += [drawn[0], *(drawn[0] if chooser.random() < cell.alike else each for each in drawn[1:])]
        ids += [f"{number:04}"] * pairs
    return table, ids


def _measure(cell: AgreementCell, n_data_sets: int, seed: int) -> dict[str, float]:
    kappa, ac1 = _coefficients(_QUESTIONS[cell.question])
    truths = {"ac1": ac1, "kappa": kappa}
    chooser = chooser_of(seed, cell)
    given = dict.fromkeys(truths, 0)
    right = dict.fromkeys(truths, 0)
    for _ in range(n_data_sets):
        found = agreement_intervals(*_table(cell, chooser))
        for name, each in zip(truths, (found.gwet_ac1, found.fleiss_kappa), strict=True):
            if each.interval is not None:
                given[name] += 1
                right[name] += holds(each.interval, truths[name])
    measured = shares({f"{name}_missed": given[name] - right[name] for name in truths}, n_data_sets)
    return measured | {name: right[name] / given[name] for name in truths if given[name] >= _OFTEN * n_data_sets}


STUDIES: Final = (
    Study(
        "agreement",
        "Agreement of readers",
        "The answers of three readers to a pair are drawn from the stated distribution: `q1` and `q4` are the published "
        'counts of the reader study. "1-4" pairs of a source are alike with the stated chance. An entry is the coverage '
        "of the intervals of Fleiss' kappa and Gwet's AC1 where they are given, in cells where at least half of the data "
        "sets have one, and the share of all data sets with an interval that misses the true value.",
        (
            "radiologist: results[].fleiss_kappa_ci95",
            "radiologist: results[].gwet_ac1_ci95",
        ),
        _cells,
        _measure,
        (
            Limit("kappa", low=COVERAGE),
            Limit("ac1", low=COVERAGE),
            Limit("kappa_missed", high=1 - COVERAGE),
            Limit("ac1_missed", high=1 - COVERAGE),
        ),
    ),
)
