"""The secondary endpoints: the intervals of their means, and the two tests that stand beside one another."""

import math
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, TYPE_I, Limit, Study, batches, chooser_of, covers, holds
from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.secondary_rows import secondary_request
from spinefairbench.analysis.secondary_values import (
    ENDPOINTS,
    HEDGING,
    SEVERITY,
    UNMATCHED,
    ModelValues,
    PairedValues,
    most_hedging,
)
from spinefairbench.metrics.report_terms import HIGHEST_SEVERITY
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.randomization import holm

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(500)
_POPULATION: Final = 20_000
_PAIRS: Final = 4
_PANEL: Final = 5
_SHARES: Final = (UNITS // 3, UNITS // 2, 2 * UNITS // 3, UNITS)
_SCALES: Final = {SEVERITY: 1, HEDGING: 1, UNMATCHED: UNITS}


class SecondaryCell(NamedTuple):
    """Models without an effect of the edit on the mean.

    A report has severity language, and a finding that nobody saw, at `rate`, and as many hedging terms on average as the
    source's own level, of mean `rate`. A report on the source repeats the source's own draw with the probability
    `source_repeats`, and one on an edit another one, that all edits of the source share, with `edits_repeat`.
    """

    rate: float
    source_repeats: float
    edits_repeat: float
    sources: int


def _values(rate: float, level: float, at: float) -> tuple[int, int, int]:
    """Severity, hedging terms and unmatched share at a place of their distributions, in [0, 1)."""
    # Of the reports with severity language or an unmatched finding, where among its values this one stands.
    within = max(0.0, 1 - at / rate) if rate else 0.0
    present = at < rate
    severity = 1 + int(within * HIGHEST_SEVERITY) if present else 0
    share = _SHARES[int(within * len(_SHARES))] if present else 0
    hedging = int(math.log1p(-at) / math.log(level / (1 + level))) if level else 0
    return min(severity, HIGHEST_SEVERITY), hedging, share


def _source(cell: SecondaryCell, chooser: Random) -> list[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """The values of both reports of each pair of one source."""
    level = chooser.gammavariate(1, cell.rate)
    own, of_edits = chooser.random(), chooser.random()

    def drawn(shared: float, repeats: float) -> tuple[int, int, int]:
        return _values(cell.rate, level, shared if chooser.random() < repeats else chooser.random())

    return [(drawn(own, cell.source_repeats), drawn(of_edits, cell.edits_repeat)) for _ in range(_PAIRS)]


def _model(cell: SecondaryCell, chooser: Random, name: str) -> ModelValues:
    pairs = [(f"vindr_{source:04d}", pair) for source in range(cell.sources) for pair in _source(cell, chooser)]
    ids = [source for source, _ in pairs]
    found = {}
    for place, endpoint in enumerate(ENDPOINTS):
        both = [(one[place], other[place]) for _, (one, other) in pairs]
        most = {SEVERITY: HIGHEST_SEVERITY, HEDGING: most_hedging(both), UNMATCHED: 1}[endpoint]
        columns = [one for one, _ in both], [other for _, other in both]
        found[endpoint] = PairedValues(ids, *columns, _SCALES[endpoint], most)
    return ModelValues(name, found, found[UNMATCHED])


@lru_cache(maxsize=16)
def _truth(cell: SecondaryCell, seed: int) -> Mapping[str, float]:
    """The means over a population of sources; the cell's number of sources does not matter."""
    chooser = chooser_of(seed, "population", cell[:-1])
    sums = [0] * len(ENDPOINTS)
    for _ in range(_POPULATION):
        for one, other in _source(cell, chooser):
            for place in range(len(ENDPOINTS)):
                sums[place] += abs(one[place] - other[place])
    pairs = _POPULATION * _PAIRS
    return {endpoint: total / (pairs * _SCALES[endpoint]) for endpoint, total in zip(ENDPOINTS, sums, strict=True)}


def _measure(cell: SecondaryCell, n_data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, cell)
    truth = _truth(cell._replace(sources=0), seed)
    held, printed, percentile, wilcoxon = (dict.fromkeys(ENDPOINTS, 0) for _ in range(4))
    p_values: dict[str, list[float]] = {endpoint: [] for endpoint in ENDPOINTS}
    for numbers in batches(n_data_sets):
        models = [_model(cell, chooser, str(number)) for number in numbers]
        for row in answer(secondary_request(models, _RESAMPLES), _RESAMPLES):
            held[row.endpoint] += covers(row.mean, truth[row.endpoint])
            printed[row.endpoint] += row.mean.judged_ci95 is not None
            percentile[row.endpoint] += row.mean.ci95 is not None and holds(row.mean.ci95, truth[row.endpoint])
            assert row.wilcoxon is not None and row.sign_flip is not None
            wilcoxon[row.endpoint] += row.wilcoxon.p_value <= 0.05
            p_values[row.endpoint].append(row.sign_flip.p_value)
    flips = {endpoint: sum(p_value <= 0.05 for p_value in found) for endpoint, found in p_values.items()}
    panels = [found[at : at + _PANEL] for found in p_values.values() for at in range(0, n_data_sets, _PANEL)]
    return {
        **{endpoint: held[endpoint] / printed[endpoint] for endpoint in ENDPOINTS if printed[endpoint]},
        "percentile": min(percentile.values()) / n_data_sets,
        "sign_flip": max(flips.values()) / n_data_sets,
        "holm": sum(min(holm(panel)) <= 0.05 for panel in panels) / len(panels),
        "wilcoxon": max(wilcoxon.values()) / n_data_sets,
    }


def _cells(quick: bool) -> list[SecondaryCell]:
    settings = [
        (0.3, 0.0, 0.0),
        (0.5, 1.0, 0.0),
        (0.2, 1.0, 0.9),
        (0.05, 0.5, 0.5),
        (0.8, 0.9, 0.5),
        (0.02, 0.0, 0.0),
    ]
    if quick:
        return [SecondaryCell(*settings[1], 20)]
    return [
        SecondaryCell(*setting, sources)
        for sources, some in ((20, settings), (50, settings), (200, settings), (1000, settings[1:3]))
        for setting in some
    ]


STUDIES: Final = (
    Study(
        "secondary",
        "Secondary endpoints",
        "Models without an effect of the edit on the mean, four pairs a source. Reports have severity language, and findings "
        "that nobody saw, at `rate`; the hedging terms of a source's reports are geometric about its own level, which is "
        "exponential about `rate`. A report on the source repeats the source's own draw with the first probability, as those "
        "of a deterministic model do, and the reports on its edits one that they share with the second. An entry is "
        "the coverage of the judged interval of each mean (none is printed of hedging with fewer than 50 sources), the lowest "
        "coverage of the percentile intervals, the highest share of data sets with a sign-flip p of at most 0.05, the share of "
        "panels of five models in which any is at most 0.05 after Holm's adjustment, and the highest share with a Wilcoxon p "
        "of at most 0.05. **Wilcoxon's p value has no limit here, since none holds**: it is printed because it was published, "
        "with a note that it is no evidence.",
        (
            "secondary: results[].*ci95",
            "secondary: results[].sign_flip.p_value",
            "secondary: results[].sign_flip.p_holm",
            "secondary: results[].wilcoxon.p_value",
        ),
        _cells,
        _measure,
        (
            *(Limit(endpoint, low=COVERAGE) for endpoint in ENDPOINTS),
            Limit("sign_flip", high=TYPE_I),
            Limit("holm", high=TYPE_I),
        ),
        data_sets=400,
    ),
)
