"""The power that is reached where a minimum detectable effect or a required number of sources was printed."""

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate, groupby, pairwise
from statistics import fmean
from typing import Final, NamedTuple

from scripts.validation.study import SOURCES, Limit, Study, chooser_of
from spinefairbench.analysis.estimates import DIFFERENCE, RATE, Bounds, Sample, estimates
from spinefairbench.analysis.report_distances import distance_products, mean_distance, within
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, RECOMMENDATION_CHANGE
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.difference_plans import NoiseMoments, excess_plan, paired_plan
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.power import (
    LEAST_AFFECTED,
    Plan,
    minimum_detectable_effect,
    rate_plan,
    required_sources,
)

__all__ = ["STUDIES"]

_UNION_SIZES: Final = (1, 2, 2, 3, 3, 4, 5, 6)
_RESAMPLES: Final = 400
# New data sets of one size share their draws; a required number of sources is tried at this many of its quantiles.
_BATCH: Final = 100
_QUANTILES: Final = 20
# Where fewer pilots than this print a figure, it is those that happen to vary more than most; with fewer than the second
# share, too few are left to measure anything.
_USUALLY: Final = 0.5
_SELDOM: Final = 0.1
_UNITS: Final = 12 * UNITS
_CALIBRATION: Final = 4000
_FOUR: Final = 4
_WAYS: Final = 6


class PowerCell(NamedTuple):
    """`kind` of quantity, with its `level` (rate, F, or the rate of the lower model) and the effect `seen` in the pilot.

    `asked` is the effect of which the required number of sources is asked, 0 for the minimum detectable effect.
    """

    kind: str
    pairs: str
    correlation: float
    level: float
    seen: float
    asked: float
    sources: int


class _Drawn(NamedTuple):
    """A data set: what is tested against `null`, and its plan."""

    tested: ClusterTotals
    bounds: Bounds
    plan: Callable[[], Plan | str]


def _beta(chooser: random.Random, mean: float, correlation: float) -> float:
    """The level of a source."""
    if correlation == 0 or mean in (0, 1):
        return mean
    if correlation == 1:
        return float(chooser.random() < mean)
    weight = (1 - correlation) / correlation
    return chooser.betavariate(mean * weight, (1 - mean) * weight)


def _jaccard(level: float, chooser: random.Random) -> int:
    size = chooser.choice(_UNION_SIZES)
    return UNITS * sum(chooser.random() < level for _ in range(size)) // size


def _pairs(pairs: str, sources: int) -> list[int]:
    return [int(pairs)] * sources if pairs != "1-4" else [place % 4 + 1 for place in range(sources)]


# --- rates and Jaccard means -----------------------------------------------------------------------------------


def _draw_rate(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> _Drawn:
    mean = cell.level + effect if cell.level <= 0.5 else cell.level - effect
    counts, sums, squares = _pairs(cell.pairs, sources), [], 0
    for count in counts:
        level = _beta(chooser, mean, cell.correlation)
        values = []
        for _ in range(count):
            values.append(UNITS * (chooser.random() < level) if cell.kind == "rate" else _jaccard(level, chooser))
        sums.append(sum(values))
        squares += sum(value * value for value in values)
    totals = ClusterTotals(tuple(sums), tuple(counts), UNITS, sum_of_squares=squares)
    return _Drawn(totals, RATE, lambda: rate_plan(totals))


# --- excesses --------------------------------------------------------------------------------------------------


class _SourceValues(NamedTuple):
    """T, the mean square of its distances and F of a source in `_UNITS`, and the products of its repeats' distances."""

    changed: int
    squared: float
    repeated: int
    products: tuple[float, float, float] | None


def _report(kind: str, mask: int) -> ReportFeatures:
    labels, recommendations = (mask, 0) if kind == "graded excess" else (0, mask)
    return ReportFeatures(ResponseClass.GENUINE, labels, recommendations)


@lru_cache(maxsize=1 << 16)
def _source_values(kind: str, originals: tuple[int, ...], edits: tuple[int, ...]) -> _SourceValues:
    endpoint = DIAGNOSTIC_CONSISTENCY if kind == "graded excess" else RECOMMENDATION_CHANGE
    reports = [_report(kind, mask) for mask in originals]
    pairs = [(report, _report(kind, mask), 1) for report, mask in zip(reports, edits, strict=True)]
    changed = mean_distance(pairs, len(pairs)).at(endpoint)
    repeated = within(reports).at(endpoint)
    products = None
    if len(reports) >= _FOUR:
        square, sharing, apart = distance_products(reports).at(endpoint)
        products = (float(square), float(sharing), float(apart))
    return _SourceValues(
        int(changed * _UNITS),
        fmean((endpoint.distance(first, second) / endpoint.scale) ** 2 for first, second, _ in pairs) * _UNITS,
        int(repeated * _UNITS),
        products,
    )


def _noise_level(cell: PowerCell) -> float:
    """The chance that a report varies for which two reports on a source differ in `level` of the cases, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if 2 * middle - middle**2 - cell.correlation * middle * (1 - middle) < cell.level:
            low = middle
        else:
            high = middle
    return high


def _masks(cell: PowerCell, count: int, varies: float, reacts: float, chooser: random.Random) -> list[tuple[int, ...]]:
    """What the reports on a source say, on the unedited image and on its edits.

    Of a recommendation: a report that varies, or reacts, says what no other says. Of labels: the source has six; a
    report that varies leaves out one of the first three, one that reacts the last two.
    """
    graded = cell.kind == "graded excess"
    originals: list[int] = []
    edits: list[int] = []
    for place in range(count):
        for reports, own in ((originals, place), (edits, count + place)):
            mask = 0b111111 if graded else 0
            if chooser.random() < varies:
                mask = mask & ~(1 << chooser.randrange(3)) if graded else 1 << own
            if reports is edits and chooser.random() < reacts:
                mask = mask & 0b001111 if graded else 1 << own
            reports.append(mask)
    return [tuple(originals), tuple(edits)]


@lru_cache(maxsize=64)
def _effect_of_reacting(cell: PowerCell) -> float:
    """What the excess is where every pair reacts; it rises in proportion."""
    if cell.kind == "excess":
        return 1 - cell.level
    chooser = chooser_of(1, "calibration", cell.level, cell.correlation)
    gains = []
    for _ in range(_CALIBRATION):
        if cell.kind == "habitual excess":
            values = _source_values(cell.kind, *_habitual(cell, 4, 1.0, chooser))
            gains.append((values.changed - values.repeated) / _UNITS)
            continue
        varies = _beta(chooser, cell.level, cell.correlation)
        originals, edits = _masks(cell, 4, varies, 1.0, chooser)
        still = _masks(cell, 4, varies, 0.0, chooser)
        reacted, unmoved = _source_values(cell.kind, originals, edits), _source_values(cell.kind, *still)
        gains.append((reacted.changed - unmoved.changed) / _UNITS)
    return fmean(gains)


def _habits(cell: PowerCell, chooser: random.Random) -> list[float]:
    """How often a source is reported in each of six ways, cumulated."""
    weights = [chooser.gammavariate(cell.level, 1) for _ in range(_WAYS)]
    return list(accumulate(weights))


def _habitual(cell: PowerCell, count: int, reacts: float, chooser: random.Random) -> list[tuple[int, ...]]:
    """Reports by the habits of the source; one that reacts is by those of another source."""
    own = _habits(cell, chooser)
    originals, edits = [], []
    for _ in range(count):
        originals.append(1 << chooser.choices(range(_WAYS), cum_weights=own)[0])
        habits = _habits(cell, chooser) if chooser.random() < reacts else own
        edits.append(1 << chooser.choices(range(_WAYS), cum_weights=habits)[0])
    return [tuple(originals), tuple(edits)]


def _draw_excess(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> _Drawn:
    reacting = min(1.0, effect / _effect_of_reacting(cell._replace(seen=0, asked=0, sources=0))) if effect else 0.0
    level = _noise_level(cell) if cell.kind == "excess" else cell.level
    counts = _pairs(cell.pairs, sources)
    if cell.pairs == "1-4":
        counts = [max(2, count) for count in counts]
    found = []
    for count in counts:
        varies, reacts = _beta(chooser, level, cell.correlation), _beta(chooser, reacting, cell.correlation)
        if cell.kind == "habitual excess":
            found.append(_source_values(cell.kind, *_habitual(cell, count, reacts, chooser)))
        else:
            found.append(_source_values(cell.kind, *_masks(cell, count, varies, reacts, chooser)))
    ones = (1,) * sources
    changed, repeated, excess = (
        ClusterTotals(tuple(values), ones, _UNITS)
        for values in (
            [source.changed for source in found],
            [source.repeated for source in found],
            [source.changed - source.repeated for source in found],
        )
    )
    known = [(source.repeated / _UNITS, *source.products) for source in found if source.products is not None]
    noise = None if len(known) < LEAST_AFFECTED else NoiseMoments(*map(fmean, zip(*known, strict=True)))
    size = sum(source.squared for source in found) / (sum(changed.sums) or 1) or 1.0
    return _Drawn(excess, DIFFERENCE, lambda: excess_plan(changed, repeated, excess, noise, counts, counts, size=size))


# --- paired differences ----------------------------------------------------------------------------------------


def _draw_paired(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> _Drawn:
    """Two models: independent ones, or such that share the level of a source, or most answers."""
    rate, up = cell.level, cell.level <= 0.5
    reacting = effect / (1 - rate) if up else effect / rate
    counts = _pairs(cell.pairs, sources)
    columns: tuple[list[int], list[int], list[int]] = ([], [], [])
    squares = [0, 0, 0]
    moved = rate + effect if up else rate - effect
    for count in counts:
        level = _beta(chooser, rate, cell.correlation)
        other = _beta(chooser, rate, cell.correlation) if cell.kind == "independent models" else level
        reacts = _beta(chooser, reacting, cell.correlation)
        values: tuple[list[int], list[int], list[int]] = ([], [], [])
        other_level = _beta(chooser, moved, cell.correlation)
        for _ in range(count):
            if cell.kind == "graded models":
                first, second = (_jaccard(each, chooser) for each in (other_level, level))
                for column, value in zip(values, (first, second, first - second), strict=True):
                    column.append(value)
                continue
            second = int(chooser.random() < level)
            copied = cell.kind == "copied answers" and chooser.random() < 0.9
            first = second if copied else int(chooser.random() < other)
            if chooser.random() < reacts:
                first = int(up)
            for column, value in zip(values, (first, second, first - second), strict=True):
                column.append(value)
        for at, column in enumerate(values):
            columns[at].append(sum(column))
            squares[at] += sum(value * value for value in column)
    scale = UNITS if cell.kind == "graded models" else 1
    first_totals, second_totals, difference = (
        ClusterTotals(tuple(sums), tuple(counts), scale, sum_of_squares=square)
        for sums, square in zip(columns, squares, strict=True)
    )
    return _Drawn(difference, DIFFERENCE, lambda: paired_plan(first_totals, second_totals, difference))


# --- one cell --------------------------------------------------------------------------------------------------


def _draw(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> _Drawn:
    if cell.kind in ("rate", "jaccard"):
        return _draw_rate(cell, effect, sources, chooser)
    draw = _draw_excess if cell.kind.endswith("excess") else _draw_paired
    return draw(cell, effect, sources, chooser)


def _most(cell: PowerCell) -> float:
    """The largest effect that the cell can have."""
    if cell.kind in ("graded excess", "habitual excess"):
        return _effect_of_reacting(cell._replace(seen=0, asked=0, sources=0))
    return 1 - cell.level if cell.kind == "excess" else max(cell.level, 1 - cell.level)


def _measure(cell: PowerCell, data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, *cell)
    figures: list[tuple[float, int]] = []
    for _ in range(data_sets):
        plan = _draw(cell, cell.seen, cell.sources, chooser).plan()
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
    name = "power" if measured["printed"] >= _USUALLY else "power_where_seldom_printed"
    return {name: _power(cell, figures, data_sets, chooser), **measured}


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
        effects = [min(effect, _most(cell)) for effect, _ in same]
        for start in range(0, len(effects), _BATCH):
            drawn = [_draw(cell, effect, sources, chooser) for effect in effects[start : start + _BATCH]]
            shown += _shows(cell, drawn)
    return fmean(shown)


def _shows(cell: PowerCell, drawn: Sequence[_Drawn]) -> list[bool]:
    """Whether the printed interval excludes the null value, on the side of the effect."""
    null = cell.level if cell.kind in ("rate", "jaccard") else 0.0
    downward = cell.level > 0.5 and not cell.kind.endswith("excess")
    found = []
    for estimate in estimates([Sample(each.tested, each.bounds) for each in drawn], Bootstrap(_RESAMPLES)):
        interval = estimate.adjusted_ci95 or estimate.ci95
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
    cells = [PowerCell(*setting, 0.0, sources) for sources in SOURCES for setting in _SETTINGS]
    # Few sources are required for large effects, so these have the same short data sets.
    cells += [PowerCell(*setting, 0.08, 50) for setting in _SETTINGS]
    return [*cells, *(PowerCell(*setting, 0.15, 200) for setting in _SETTINGS if not setting[0].startswith("habitual"))]


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
            "follows the habits of another source, reactions being independent. Of two models, the better one reacts, or "
            "has another rate (`graded models`). Where fewer than half of the pilots give a figure, these are pilots that "
            "happen to vary in one direction, and the power is shown under another name, without limit; where fewer than "
            "a tenth do, it is not measured. `power`: achieved power; `power_where_seldom_printed`: the same where most "
            "pilots give no figure; `printed`: share of pilots with a figure."
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
