"""The power that is reached where a minimum detectable effect or a required number of sources was printed."""

import random
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import fmean
from typing import Final

from scripts.validation.power_draws import Drawn, PowerCell, draw, largest_effect
from scripts.validation.study import Limit, Study, chooser_of
from spinefairbench.analysis.estimates import Sample, estimates
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.power import minimum_detectable_effect, required_sources

__all__ = ["STUDIES"]

_RESAMPLES: Final = 400
# New data sets of one size share their draws; a required number of sources is tried at this many of its quantiles.
_BATCH: Final = 100
_QUANTILES: Final = 20
# Where fewer pilots than this print a figure, it is those that happen to vary more than most; with fewer than the second
# share, too few are left to measure anything.
_USUALLY: Final = 0.5
_SELDOM: Final = 0.1


def _measure(cell: PowerCell, data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, *cell)
    figures: list[tuple[float, int]] = []
    for _ in range(data_sets):
        plan = draw(cell, cell.seen, cell.sources, chooser).plan()
        if isinstance(plan, str):
            continue
        if cell.asked:
            required = required_sources(plan, cell.asked)
            figures += [] if isinstance(required, str) else [(cell.asked, required)]
        else:
            effect = minimum_detectable_effect(plan, cell.sources)
            figures += [] if isinstance(effect, str) else [(effect, cell.sources)]
    measured = {"printed": len(figures) / data_sets}
    if measured["printed"] < _SELDOM:
        return measured
    power = _power(cell, figures, data_sets, chooser)
    if measured["printed"] < _USUALLY:
        return {**measured, "power_where_seldom_printed": power}
    return {"power": power, **measured}


def _power(cell: PowerCell, figures: list[tuple[float, int]], data_sets: int, chooser: random.Random) -> float:
    """How often new data sets show the effect, each data set with the figures of one pilot."""
    wanted = figures
    if cell.asked:
        ordered = sorted(required for _, required in figures)
        edges = [len(ordered) * place // _QUANTILES for place in range(_QUANTILES + 1)]
        middles = [ordered[(start + end) // 2] for start, end in pairwise(edges) if end > start]
        wanted = [(cell.asked, required) for required in middles for _ in range(max(1, data_sets // len(middles)))]
    shown = []
    for sources, same in groupby(wanted, key=lambda each: each[1]):
        effects = [min(effect, largest_effect(cell)) for effect, _ in same]
        for start in range(0, len(effects), _BATCH):
            drawn = [draw(cell, effect, sources, chooser) for effect in effects[start : start + _BATCH]]
            shown += _shows(cell, drawn)
    return fmean(shown)


def _shows(cell: PowerCell, drawn: Sequence[Drawn]) -> list[bool]:
    """Whether the printed interval excludes the null value, on the side of the effect."""
    null = cell.level if cell.kind in ("rate", "jaccard") else 0.0
    downward = cell.level > 0.5 and not cell.kind.endswith("excess")
    found = []
    for estimate in estimates([Sample(each.tested, each.bounds) for each in drawn], Bootstrap(_RESAMPLES)):
        interval = estimate.judged_ci95
        assert interval is not None
        found.append(interval[1] < null - 1e-12 if downward else interval[0] > null + 1e-12)
    return found


def _cells(quick: bool) -> list[PowerCell]:
    if quick:
        return [
            PowerCell("rate", "4", 0.3, 0.3, 0.0, 0.0, 50),
            PowerCell("excess", "4", 0.5, 0.0, 0.35, 0.05, 50),
            PowerCell("excess", "4", 0.0, 0.4, 0.0, 0.0, 50),
            PowerCell("graded models", "4", 0.3, 0.65, 0.0, 0.0, 50),
        ]
    # Large data sets are slow to draw, and reports by habit most of all.
    shown = {20: _SETTINGS[::4], 50: _SETTINGS, 200: _SETTINGS[::2], 1000: _SETTINGS[1::4]}
    cells = [PowerCell(*setting, 0.0, sources) for sources, settings in shown.items() for setting in settings]
    return [*cells, *(PowerCell(*setting, 0.08, 50) for setting in _SETTINGS[1::3])]


# Kind, pairs, correlation, level, effect seen in the pilot.
_SETTINGS: Final = (
    ("rate", "1", 0.0, 0.02, 0.0),
    ("rate", "4", 0.5, 0.1, 0.0),
    ("rate", "1-4", 0.3, 0.5, 0.0),
    ("rate", "4", 1.0, 0.8, 0.0),
    ("jaccard", "4", 0.3, 0.65, 0.0),
    ("jaccard", "1-4", 0.5, 0.95, 0.0),
    ("excess", "4", 0.0, 0.0, 0.1),
    ("excess", "4", 0.5, 0.0, 0.35),
    ("excess", "2", 1.0, 0.0, 0.35),
    ("excess", "4", 0.5, 0.1, 0.0),
    ("excess", "4", 0.5, 0.1, 0.15),
    ("excess", "4", 0.0, 0.4, 0.0),
    ("excess", "4", 0.5, 0.4, 0.15),
    ("excess", "1-4", 0.3, 0.4, 0.0),
    ("excess", "4", 0.5, 0.8, 0.0),
    ("excess", "4", 1.0, 1.0, 0.0),
    ("graded excess", "4", 0.3, 0.0, 0.1),
    ("graded excess", "4", 0.3, 0.4, 0.0),
    ("graded excess", "4", 0.3, 0.4, 0.05),
    ("habitual excess", "4", 0.0, 0.5, 0.0),
    ("habitual excess", "4", 0.0, 0.02, 0.0),
    ("habitual excess", "4", 0.0, 0.02, 0.1),
    ("habitual excess", "4", 0.0, 0.5, 0.08),
    ("independent models", "1", 0.0, 0.3, 0.0),
    ("independent models", "4", 0.5, 0.1, 0.1),
    ("shared levels", "4", 0.5, 0.3, 0.0),
    ("shared levels", "1-4", 0.5, 0.8, 0.1),
    ("copied answers", "4", 0.3, 0.6, 0.0),
    ("graded models", "4", 0.3, 0.65, 0.0),
    ("graded models", "1-4", 0.5, 0.3, 0.1),
)

STUDIES: Final = (
    Study(
        name="power",
        title="Achieved power",
        explains=(
            "A pilot data set is drawn, and its plan gives the minimum detectable effect (`asked` 0) or the number of "
            "sources required for the effect `asked`. New data sets are drawn with exactly that effect and that number of "
            "sources and else as the pilot was, each for another pilot. Of the new data sets, the power is the share whose "
            "printed interval excludes the null value on the side of the effect; of the pilots, `printed` is the share "
            "that gave a figure. `level` is the rate, F, the spread of a source's habits, or the rate of the lower "
            "model, and `seen` the effect in the pilot. Rates and Jaccard means are beta-binomial within a source. In an "
            "`excess`, a report that varies, or reacts to the edit, says what no other report says, the two equally alike "
            "within a source; in a `graded excess` it leaves out labels; in a `habitual excess`, a report that reacts "
            "follows the habits of another source, reactions being independent. Of two models, one reacts, or "
            "has another rate (`graded models`). Where fewer than half of the pilots give a figure, these are pilots that "
            "happen to vary in one direction, so their power has no limit. An entry is the achieved power and the share "
            "of pilots with a figure; where that share is below a half, the share and the power that these pilots "
            "achieve; where it is below a tenth, the share alone."
        ),
        printed_by=(
            "power: results[].minimum_detectable_effect",
            "power: results[].required_sources",
            "power: summary.paired[].minimum_detectable_effect",
            "power: summary.paired[].required_sources",
            "audit: results[].minimum_detectable_excess",
            "audit: summary.power[].minimum_detectable_effect",
            "audit: summary.power[].required_sources",
        ),
        cells=_cells,
        measure=_measure,
        limits=(Limit("power", 0.75, 0.85),),
        data_sets=500,
    ),
)
