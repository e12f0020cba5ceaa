"""Rank sets, p values and verdicts of equivalence, as `compare` prints them."""

from collections.abc import Sequence
from itertools import combinations
from random import Random
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, SOURCES, TYPE_I, Limit, Study, chooser_of, shares
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import equivalence, paired_difference
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from spinefairbench.statistics.ranks import rank_sets

__all__ = ["STUDIES"]

_PATTERNS: Final = Bootstrap(499)
_PAIRS: Final = 4


class PanelCell(NamedTuple):
    """Models on the same pairs: the true change rate of each, and the correlation within a source.

    `alike`: the share of sources on which the models change together or not at all.
    """

    rates: tuple[float, ...]
    correlation: float
    alike: float
    sources: int


def _panel_cells(quick: bool) -> list[PanelCell]:
    settings: list[tuple[tuple[float, ...], float, float]] = [
        ((0.3,) * 9, 0.3, 0.0),
        ((0.02,) * 9, 0.3, 0.0),
        ((0.5,) * 9, 0.3, 0.0),
        ((0.1,) * 9, 0.0, 0.0),
        ((0.3,) * 9, 0.8, 0.5),
        ((0.98,) * 3, 0.5, 0.0),
        ((0.0,) * 3, 0.5, 0.0),
        ((0.1,) * 5 + (0.3,) * 4, 0.3, 0.0),
        (tuple(0.1 + 0.06 * at for at in range(9)), 0.3, 0.5),
    ]
    settings = settings[:1] if quick else settings
    return [PanelCell(*setting, sources) for setting in settings for sources in (SOURCES[:2] if quick else SOURCES)]


def _panel(cell: PanelCell, chooser: Random) -> list[ClusterTotals]:
    rows = [_source(cell, chooser) for _ in range(cell.sources)]
    return [ClusterTotals(column, (_PAIRS,) * cell.sources) for column in zip(*rows, strict=True)]


def _source(cell: PanelCell, chooser: Random) -> list[int]:
    """The changed pairs of one source for each model."""
    weight = (1 - cell.correlation) / cell.correlation if cell.correlation else 0.0
    together = chooser.random() < cell.alike
    common = [chooser.random() for _ in range(_PAIRS)]
    changed = []
    for rate in cell.rates:
        level = rate
        if weight and not together and 0 < rate < 1:
            level = chooser.betavariate(rate * weight, (1 - rate) * weight)
        draws = common if together else [chooser.random() for _ in range(_PAIRS)]
        changed.append(sum(draw < level for draw in draws))
    return changed


def _measure_ranks(cell: PanelCell, n_data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, cell)
    held = wrong = 0
    # A model's true ranks: tied models may have any of their common ones.
    ahead = [sum(other < rate for other in cell.rates) for rate in cell.rates]
    level = [sum(other == rate for other in cell.rates) for rate in cell.rates]
    for _ in range(n_data_sets):
        models = _panel(cell, chooser)
        sets = rank_sets(models, _PATTERNS, higher_is_better=False)
        held += all(
            one.best_rank <= 1 + first and one.worst_rank >= first + ties
            for one, first, ties in zip(sets, ahead, level, strict=True)
        )
        wrong += _false_difference(cell.rates, models)
    return shares({"coverage": held, "false_difference": wrong}, n_data_sets)


def _false_difference(rates: Sequence[float], models: Sequence[ClusterTotals]) -> bool:
    """Whether Holm's p values declare any two models different that are not."""
    two_of = list(combinations(range(len(rates)), 2))
    p_values = sign_flip_p_values([paired_difference(models[a], models[b]).sums for a, b in two_of], _PATTERNS)
    return any(p <= 0.05 and rates[a] == rates[b] for (a, b), p in zip(two_of, holm(p_values), strict=True))


class EquivalenceCell(NamedTuple):
    """Two models, the second never changing where the first does: `rates` differ by just the margin."""

    rates: tuple[float, float]
    correlation: float
    margin: float
    sources: int


def _equivalence_cells(quick: bool) -> list[EquivalenceCell]:
    settings = [((0.05, 0.0), 0.0, 0.05), ((0.05, 0.0), 1.0, 0.05), ((0.1, 0.0), 0.5, 0.1)]
    settings += [
        ((0.1, 0.05), 0.3, 0.05),
        ((0.5, 0.45), 0.3, 0.05),
        ((0.98, 0.93), 0.8, 0.05),
        ((1.0, 0.95), 0.0, 0.05),
    ]
    chosen = settings[:1] if quick else settings
    return [EquivalenceCell(*each, sources) for each in chosen for sources in (SOURCES[:2] if quick else SOURCES)]


def _measure_equivalence(cell: EquivalenceCell, n_data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, cell)
    found = 0
    for _ in range(n_data_sets):
        panel = _panel(PanelCell(cell.rates, cell.correlation, 0.0, cell.sources), chooser)
        found += equivalence(paired_difference(*panel), cell.margin).equivalent
    return shares({"false_equivalence": found}, n_data_sets)


STUDIES: Final = (
    Study(
        "ranks",
        "Rank sets and differences of models",
        "Models with the stated true change rates on the same sources, four pairs each. An entry is the share of data "
        "sets in which every model's rank set holds its true ranks, and the share in which Holm's p values declare any two "
        "models different whose rates are the same.",
        (
            "compare: results[].recommendation_rank_interval",
            "compare: results[].diagnostic_rank_interval",
            "*not_separated_from_best",
            "leaderboard: *.rank_*",
            "audit: summary.ranks.*",
            "*: summary.differences[].p_value",
            "*: summary.differences[].p_holm",
        ),
        _panel_cells,
        _measure_ranks,
        (Limit("coverage", low=COVERAGE), Limit("false_difference", high=TYPE_I)),
        data_sets=300,
    ),
    Study(
        "equivalence",
        "Equivalence",
        "Two models of which the true change rates differ by just the margin, four pairs a source. An entry is the share "
        "of data sets in which they are called equivalent.",
        (
            "*: summary.differences[].equivalent",
            "*: summary.differences[].equivalence_p",
            "*: summary.differences[].equivalence_ci90",
        ),
        _equivalence_cells,
        _measure_equivalence,
        (Limit("false_equivalence", high=TYPE_I),),
    ),
)
