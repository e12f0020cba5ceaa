"""Refusals: contrasts between edits, bounds over all pairs, and complete-case means, where refusals are informative."""

import random
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from scripts.validation.draws import jaccard_value
from scripts.validation.study import COVERAGE, SOURCES, TYPE_I, Limit, Study, batches, chooser_of, covers, holds
from spinefairbench.analysis.estimates import DIFFERENCE, RATE, Bounds, Estimate, estimate_of
from spinefairbench.analysis.refusal_bounds import outer_interval, within_source
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.randomization import holm, sign_flip_p_values

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(500)
# Of each source: elderly female, elderly male, young female, young male.
_AGES: Final = ("elderly", "elderly", "young", "young")
_SEXES: Final = ("female", "male", "female", "male")
_PAIRS: Final = len(_AGES)
# Data sets are drawn from a population of this many simulated sources, whose mean is the true mean.
_POPULATION: Final = 20_000
_REJECTED: Final = 0.05
# Of a few sources unlike the others, a sample must be expected to hold so many.
_FULL_EXPECTED: Final = 3


def _estimates(samples: Sequence[ClusterTotals], bounds: Bounds) -> list[Estimate]:
    intervals = percentile_intervals(samples, _RESAMPLES)
    return [estimate_of(totals, bounds, interval) for totals, interval in zip(samples, intervals, strict=True)]


def _level(chooser: random.Random, mean: float, correlation: float) -> float:
    if correlation == 0:
        return mean
    weight = (1 - correlation) / correlation
    return chooser.betavariate(mean * weight, (1 - mean) * weight)


# --- contrasts of refusals -------------------------------------------------------------------------------------


class ContrastCell(NamedTuple):
    """Rate of refusals, difference between the arms, intra-cluster correlation, and pairs reported of a source."""

    rate: float
    difference: float
    correlation: float
    pairs: str
    sources: int


def _contrast_cells(quick: bool) -> list[ContrastCell]:
    settings = [
        (0.3, 0.0, 0.3, "4"),
        (0.02, 0.0, 0.3, "2-4"),
        (0.005, 0.0, 0.3, "4"),
        (0.1, 0.0, 0.8, "4"),
        (0.3, 0.0, 0.8, "2-4"),
        (0.5, 0.0, 0.0, "4"),
        (0.3, 0.2, 0.3, "4"),
        (0.1, 0.1, 0.3, "2-4"),
        (0.0, 0.05, 0.0, "4"),
    ]
    return [
        ContrastCell(*setting, size)
        for setting in (settings[:1] if quick else settings)
        for size in (SOURCES[1:2] if quick else SOURCES)
    ]


@lru_cache(maxsize=2)
def _contrast_population(cell: ContrastCell, seed: int) -> list[tuple[int, int]]:
    """The differences within each source by age and by sex, in units of 1/2, of sources that have all four arms."""
    chooser = chooser_of(seed, cell[:-1])
    by_age: list[tuple[str, str, Fraction]] = []
    by_sex: list[tuple[str, str, Fraction]] = []
    for number in range(_POPULATION):
        level = _level(chooser, cell.rate, cell.correlation)
        edits = list(range(_PAIRS))
        if cell.pairs == "2-4":
            # Two edits that differ in both age and sex, and the other two or not.
            kept = chooser.choice(((0, 3), (1, 2)))
            edits = [edit for edit in edits if edit in kept or chooser.random() < 0.5]
        for edit in edits:
            extra = _AGES[edit] == "elderly" and chooser.random() < cell.difference / (1 - cell.rate)
            refused = Fraction(extra or chooser.random() < level)
            by_age.append((str(number), _AGES[edit], refused))
            by_sex.append((str(number), _SEXES[edit], refused))
    ages, sexes = within_source(by_age, "elderly", "young").totals, within_source(by_sex, "female", "male").totals
    assert ages is not None and sexes is not None and ages.ids == sexes.ids
    drawn = [(2 * age // ages.scale, 2 * sex // sexes.scale) for age, sex in zip(ages.sums, sexes.sums, strict=True)]
    # Where the arms are alike, either sign of a difference is equally likely: then the population has a mean of 0.
    return drawn if cell.difference else [*drawn, *((-age, -sex) for age, sex in drawn)]


def _measure_contrast(cell: ContrastCell, data_sets: int, seed: int) -> dict[str, float]:
    population, chooser = _contrast_population(cell, seed), chooser_of(seed, cell)
    truth = sum(age for age, _ in population) / (2 * len(population))
    counts = (1,) * cell.sources
    held = rejected = family = 0
    for batch in batches(data_sets):
        drawn = [tuple(zip(*chooser.choices(population, k=cell.sources), strict=True)) for _ in batch]
        found = _estimates([ClusterTotals(ages, counts, 2) for ages, _ in drawn], DIFFERENCE)
        held += sum(covers(each, truth) for each in found)
        p_values = iter(sign_flip_p_values([sums for both in drawn for sums in both], _RESAMPLES))
        for age, sex in zip(p_values, p_values, strict=True):
            rejected += age <= _REJECTED
            family += min(holm([age, sex])) <= _REJECTED
    measured = {"coverage": held / data_sets}
    if not cell.difference:
        measured |= {"type_i": rejected / data_sets, "family_type_i": family / data_sets}
    return measured


# --- bounds over all pairs -------------------------------------------------------------------------------------


class BoundsCell(NamedTuple):
    """How values are distributed, and which pairs are refused: none, by level, or those whose value is high or low."""

    kind: str
    mean: float
    correlation: float
    refused: str
    sources: int


def _bounds_cells(quick: bool) -> list[BoundsCell]:
    settings = [
        ("rate", 0.3, 0.5, "high values"),
        ("jaccard", 0.3, 0.5, "by level"),
        ("rate", 0.02, 0.3, "none"),
        ("rate", 0.1, 0.5, "low values"),
        ("rate", 0.6, 0.8, "high values"),
        ("rate", 0.6, 0.3, "by level"),
        ("jaccard", 0.3, 0.9, "high values"),
        ("jaccard", 0.65, 0.1, "low values"),
        ("jaccard", 0.95, 0.5, "none"),
    ]
    return [
        BoundsCell(*setting, size)
        for setting in (settings[:2] if quick else settings)
        for size in (SOURCES[1:2] if quick else SOURCES)
    ]


class _Source(NamedTuple):
    """Sums of a source over its pairs: as they are, with what is missing at 0, and at 1; and elderly less young edits."""

    true: int
    lower: int
    upper: int
    true_contrast: int
    lower_contrast: int
    upper_contrast: int


@lru_cache(maxsize=2)
def _bounds_population(cell: BoundsCell, seed: int) -> list[_Source]:
    chooser = chooser_of(seed, cell[:-1])
    sources = []
    for _ in range(_POPULATION):
        level = _level(chooser, cell.mean, cell.correlation)
        values = [_value(cell.kind, chooser, level) for _ in range(_PAIRS)]
        missing = [chooser.random() < _refusal_rate(cell.refused, level, value) for value in values]
        pairs = list(zip(values, missing, strict=True))
        low = [0 if gone else value for value, gone in pairs]
        high = [UNITS if gone else value for value, gone in pairs]
        sources.append(
            _Source(
                sum(values),
                sum(low),
                sum(high),
                sum(values[:2]) - sum(values[2:]),
                sum(low[:2]) - sum(high[2:]),
                sum(high[:2]) - sum(low[2:]),
            )
        )
    return sources


def _value(kind: str, chooser: random.Random, level: float) -> int:
    if kind == "rate":
        return UNITS * (chooser.random() < level)
    return jaccard_value(chooser.random, chooser.choice, level)


def _refusal_rate(refused: str, level: float, value: int) -> float:
    if refused == "none":
        return 0.0
    if refused == "by level":
        return 0.8 * level
    # Only values at one end are missing, so that the true mean is one of the bounds: the hardest case.
    return 0.4 if value == (UNITS if refused == "high values" else 0) else 0.0


def _measure_bounds(cell: BoundsCell, data_sets: int, seed: int) -> dict[str, float]:
    population, chooser = _bounds_population(cell, seed), chooser_of(seed, cell)
    sums = [sum(column) / len(population) / UNITS for column in zip(*population, strict=True)]
    truth, contrast = sums[0] / _PAIRS, sums[3] / 2
    counts, ones = (_PAIRS,) * cell.sources, (1,) * cell.sources
    held = held_contrast = 0
    for batch in batches(data_sets):
        drawn = [list(zip(*chooser.choices(population, k=cell.sources), strict=True)) for _ in batch]
        ends = _estimates([ClusterTotals(each[at], counts, UNITS) for each in drawn for at in (1, 2)], RATE)
        held += _held(ends, truth)
        ends = _estimates([ClusterTotals(each[at], ones, 2 * UNITS) for each in drawn for at in (4, 5)], DIFFERENCE)
        held_contrast += _held(ends, contrast)
    return {"coverage": held / data_sets, "contrast_coverage": held_contrast / data_sets}


def _held(ends: Sequence[Estimate], truth: float) -> int:
    pairs = zip(ends[0::2], ends[1::2], strict=True)
    intervals = [outer_interval(lower, upper) for lower, upper in pairs]
    return sum(interval is not None and holds(interval, truth) for interval in intervals)


# --- complete-case means ---------------------------------------------------------------------------------------


class CompleteCell(NamedTuple):
    """How values are distributed, and how usable pairs depend on the level of their source.

    Usable "more" or "less": a pair is usable with a chance of 0.2 + 0.8·level or 1 - 0.8·level. "few full": a share
    `mean` of the sources has level 0.9 and four usable pairs, the others level 0.15 and one.
    """

    kind: str
    mean: float
    correlation: float
    usable: str
    sources: int


def _complete_cells(quick: bool) -> list[CompleteCell]:
    settings = [
        ("jaccard", 0.2, 0.5, "more"),
        ("jaccard", 0.2, 0.15, "few full"),
        ("jaccard", 0.3, 0.5, "less"),
        ("jaccard", 0.1, 0.5, "more"),
        ("jaccard", 0.1, 0.9, "more"),
        ("rate", 0.2, 0.5, "more"),
        ("rate", 0.5, 0.9, "less"),
        ("jaccard", 0.1, 0.15, "few full"),
        ("jaccard", 0.06, 0.15, "few full"),
    ]
    cells = [
        CompleteCell(*setting, size)
        for setting in (settings[:2] if quick else settings)
        for size in (SOURCES[1:2] if quick else SOURCES)
    ]
    return [cell for cell in cells if cell.usable != "few full" or cell.mean * cell.sources >= _FULL_EXPECTED]


@lru_cache(maxsize=2)
def _complete_population(cell: CompleteCell, seed: int) -> list[tuple[int, int, int]]:
    """(sum, number, sum of squares) of the usable values of each source that has some."""
    chooser = chooser_of(seed, cell[:-1])
    sources = []
    for _ in range(_POPULATION):
        if cell.usable == "few full":
            full = chooser.random() < cell.mean
            level = _level(chooser, 0.9 if full else 0.15, cell.correlation)
            number = _PAIRS if full else 1
        else:
            level = _level(chooser, cell.mean, cell.correlation)
            chance = 0.2 + 0.8 * level if cell.usable == "more" else 1 - 0.8 * level
            number = sum(chooser.random() < chance for _ in range(_PAIRS))
        values = [_value(cell.kind, chooser, level) for _ in range(number)]
        if values:
            sources.append((sum(values), number, sum(value * value for value in values)))
    return sources


def _measure_complete(cell: CompleteCell, data_sets: int, seed: int) -> dict[str, float]:
    population, chooser = _complete_population(cell, seed), chooser_of(seed, cell)
    truth = sum(each[0] for each in population) / sum(each[1] for each in population) / UNITS
    held = adjusted = 0
    for batch in batches(data_sets):
        samples = []
        for _ in batch:
            sums, counts, squares = zip(*chooser.choices(population, k=cell.sources), strict=True)
            samples.append(ClusterTotals(sums, counts, UNITS, sum_of_squares=sum(squares)))
        found = _estimates(samples, RATE)
        held += sum(covers(each, truth) for each in found)
        adjusted += sum(each.adjusted_ci95 is not None for each in found)
    return {"coverage": held / data_sets, "adjusted": adjusted / data_sets}


STUDIES: Final = (
    Study(
        "refusal-contrasts",
        "Contrasts of refusals",
        "Each source draws its own refusal rate from a beta distribution with the stated intra-cluster correlation; the "
        "difference is what elderly edits have on top. Of a source, all four edits are reported, or two to four. An entry is "
        "the coverage of the printed interval and, where there is no difference, how often the p value of one contrast, and "
        "the smaller of the two that are adjusted by Holm's method, are at most 0.05.",
        tuple(
            f"{place}contrasts[].{field}"
            for place in ("refusals: summary.", "audit: summary.refusals.")
            for field in ("ci95", "adjusted_ci95", "p_value", "p_holm")
        ),
        _contrast_cells,
        _measure_contrast,
        (Limit("coverage", low=COVERAGE), Limit("type_i", high=TYPE_I), Limit("family_type_i", high=TYPE_I)),
        data_sets=300,
    ),
    Study(
        "refusal-bounds",
        "Bounds over all expected pairs",
        "Four pairs of each source; pairs are refused not at all, with a chance of 0.8 times the source's level, or with a "
        "chance of 0.4 if their value is 1 (high) or 0 (low), so that the true mean is itself a bound. An entry is the share "
        "of data sets in which the interval around the bounds contains the true mean over all pairs, refused ones included, "
        "and the same for the difference between elderly and young edits.",
        (
            "refusals: results[].recommendation_bounds_ci95",
            "refusals: results[].diagnostic_bounds_ci95",
            "refusals: summary.bounded_contrasts[].ci95",
            "audit: summary.refusals.recommendation_bounds_ci95",
            "audit: summary.refusals.diagnostic_bounds_ci95",
            "audit: summary.refusals.bounded_contrasts[].ci95",
        ),
        _bounds_cells,
        _measure_bounds,
        (Limit("coverage", low=COVERAGE), Limit("contrast_coverage", low=COVERAGE)),
        data_sets=300,
    ),
    Study(
        "complete-cases",
        "Means over usable pairs, where refusals depend on the level of the source",
        "The target is the mean over usable pairs, which is what the endpoints and their intervals are of; the mean over all "
        "pairs is another one. Sources have one to four usable pairs: more of them (or fewer) the higher their level, or "
        "four in a few sources of a high level and one in all others, where at least three of the few are expected (a sample "
        "without one of them shows nothing of them, and then an interval may be too short). An entry is the coverage of the printed interval, and "
        "the share of data sets with an adjusted one.",
        ("table2: results[].recommendation_ci95", "table2: results[].diagnostic_ci95"),
        _complete_cells,
        _measure_complete,
        (Limit("coverage", low=COVERAGE),),
    ),
)
