"""Pilots and new data sets for the study of power: rates, excesses and differences of two models."""

import random
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from statistics import fmean
from typing import Final, NamedTuple

from scripts.validation.study import chooser_of
from spinefairbench.analysis.estimates import DIFFERENCE, RATE, Bounds
from spinefairbench.analysis.report_distances import distance_products, mean_distance, within
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, RECOMMENDATION_CHANGE
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.affected import ENOUGH_AFFECTED
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.difference_plans import NoiseMoments, excess_plan, paired_plan
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.power import Plan, rate_plan

__all__ = ["Drawn", "PowerCell", "draw", "largest_effect"]

_UNION_SIZES: Final = (1, 2, 2, 3, 3, 4, 5, 6)
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


class Drawn(NamedTuple):
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


def _draw_rate(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> Drawn:
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
    return Drawn(totals, RATE, lambda: rate_plan(totals))


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


def _draw_excess(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> Drawn:
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
    noise = None if len(known) < ENOUGH_AFFECTED else NoiseMoments(*map(fmean, zip(*known, strict=True)))
    size = sum(source.squared for source in found) / (sum(changed.sums) or 1) or 1.0
    return Drawn(excess, DIFFERENCE, lambda: excess_plan(changed, repeated, excess, noise, counts, counts, size=size))


# --- paired differences ----------------------------------------------------------------------------------------


def _draw_paired(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> Drawn:
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
    return Drawn(difference, DIFFERENCE, lambda: paired_plan(first_totals, second_totals, difference))


# --- any kind ------------------------------------------------------------------------------------------


def draw(cell: PowerCell, effect: float, sources: int, chooser: random.Random) -> Drawn:
    """A data set of so many sources, with this effect and else as the cell says."""
    if cell.kind in ("rate", "jaccard"):
        return _draw_rate(cell, effect, sources, chooser)
    drawn = _draw_excess if cell.kind.endswith("excess") else _draw_paired
    return drawn(cell, effect, sources, chooser)


def largest_effect(cell: PowerCell) -> float:
    """The largest effect that the cell can have."""
    if cell.kind in ("graded excess", "habitual excess"):
        return _effect_of_reacting(cell._replace(seen=0, asked=0, sources=0))
    return 1 - cell.level if cell.kind == "excess" else max(cell.level, 1 - cell.level)
