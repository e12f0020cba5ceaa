#!/usr/bin/env python3
"""Measures how often the printed intervals contain the true value, on simulated clustered data.

A cell of the simulation is a kind of endpoint, a number of sources, a number of pairs per source, an intra-cluster
correlation and a true mean. For each cell many data sets are drawn, and the intervals are computed as the commands
compute them. The coverage is the share of data sets whose interval contains the true mean. Standard library only.

    python3 scripts/validate_intervals.py            all cells, Markdown
    python3 scripts/validate_intervals.py --quick    a few cells, fewer data sets
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS
from spinefairbench.statistics.intervals import adjusted_interval, chosen_interval

#: The wanted coverage, and the smallest number of sources for which it is wanted.
WANTED = (0.93, 0.98)
WANTED_FROM_SOURCES = 50

SOURCES = (20, 50, 100, 300, 1000)
# The kinds of endpoint, and the range of their single values.
BOUNDS = {"rate": (0, 1), "jaccard": (0, 1), "difference": (-1, 1)}
# Pairs per source ("1-4": equal numbers of sources with one, two, three and four) and intra-cluster correlations.
LAYOUTS = {
    "rate": (("1", (0.0,)), ("2", (0.3,)), ("4", (0.1, 0.5, 0.9)), ("1-4", (0.3, 0.8))),
    "jaccard": (("1", (0.3,)), ("4", (0.1, 0.5, 0.9)), ("1-4", (0.5,))),
    "difference": (("1", (0.3,)), ("4", (0.1, 0.5)), ("1-4", (0.5,))),
}
# True means; for differences, the share of pairs in which the two models differ.
MEANS = {
    "rate": (0.005, 0.02, 0.05, 0.1, 0.3, 0.5),
    "jaccard": (0.02, 0.3, 0.65, 0.95, 0.99),
    "difference": (0.02, 0.1, 0.5),
}
# Union sizes of simulated Jaccard indices, and the share of nonzero differences that are positive.
UNION_SIZES = (1, 2, 2, 3, 3, 4, 5, 6)
SHARE_POSITIVE = 0.6
# Values of Jaccard indices and differences are drawn from a population of this many simulated sources, whose mean is
# the true mean; rates are drawn from the beta-binomial distribution itself.
POPULATION = 20_000
# If chance alone can explain a coverage outside the wanted range (by two standard errors of a coverage of 0.95 from
# 1,000 data sets), the cell is simulated again with this many times the data sets, and the second result is reported.
BORDERLINE = 0.014
REDRAWN = 4
# The number of data sets that share their draws, as the models of a panel do.
BATCH = 100


class Cell(NamedTuple):
    """One setting of the simulation."""

    kind: str
    pairs: str
    correlation: float
    mean: float
    sources: int


class Coverage(NamedTuple):
    """The shares of data sets whose interval contains the true mean, and for which an adjusted interval is printed."""

    percentile: float
    adjusted: float
    printed: float
    adjusted_printed: float


class Population(NamedTuple):
    """Sources with the same number of pairs: (sum, sum of squares) of their values in UNITS, and cumulative weights."""

    sources: Sequence[tuple[int, int]]
    cumulative: Sequence[float] | None
    mean_sum: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print the coverage table; the exit status."""
    options = _parser().parse_args(arguments)
    data_sets = options.data_sets or (200 if options.quick else 1000)
    cells = list(_cells(options.quick))
    with ProcessPoolExecutor(options.jobs) as pool:
        work = [(cell, data_sets, options.iterations, options.seed) for cell in cells]
        results = dict(zip(cells, pool.map(_cover, work, chunksize=len(SOURCES)), strict=True))
        again = [cell for cell in cells if _borderline(cell, results[cell])]
        more = [(cell, data_sets * REDRAWN, options.iterations, options.seed + 1) for cell in again]
        results.update(zip(again, pool.map(_cover, more), strict=True))
    settings = {
        "data_sets": data_sets,
        "cells_redrawn": len(again),
        "bootstrap_iterations": options.iterations,
        "seed": options.seed,
        "quick": options.quick,
    }
    print(_as_json(results, settings) if options.format == "json" else _as_markdown(results, settings))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the coverage of the printed intervals on simulated data.")
    parser.add_argument("--quick", action="store_true", help="a few cells and 200 data sets each")
    parser.add_argument("--data-sets", type=int, metavar="N", help="data sets per cell (default 1000)")
    parser.add_argument("--iterations", type=int, default=1000, metavar="N", help="bootstrap resamples (default 1000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated data (default 1)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="number of processes (default 1)")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    return parser


def _cells(quick: bool) -> Iterator[Cell]:
    for kind, layouts in LAYOUTS.items():
        for pairs, correlations in layouts:
            for correlation in correlations[:1] if quick else correlations:
                for mean in MEANS[kind][::2] if quick else MEANS[kind]:
                    for sources in SOURCES[:3] if quick else SOURCES:
                        yield Cell(kind, pairs, correlation, mean, sources)


def _cover(work: tuple[Cell, int, int, int]) -> Coverage:
    cell, n_data_sets, iterations, seed = work
    data_sets, truth = _draw(cell, n_data_sets, seed)
    bounds = BOUNDS[cell.kind]
    held = {"percentile": 0, "adjusted": 0, "printed": 0}
    adjusted_printed = 0
    for start in range(0, n_data_sets, BATCH):
        batch = data_sets[start : start + BATCH]
        intervals = percentile_intervals(batch, Bootstrap(iterations))
        for totals, percentile in zip(batch, intervals, strict=True):
            beside = adjusted_interval(totals, percentile, bounds=bounds)
            if beside is not None and beside.interval is not None:
                other = printed = beside.interval
                adjusted_printed += 1
            else:
                # The coverage of the adjusted interval is measured for samples that do not need one too.
                other, printed = chosen_interval(totals, bounds)[0], percentile
            for name, interval in (("percentile", percentile), ("adjusted", other), ("printed", printed)):
                held[name] += _holds(interval, truth)
    shares = {name: count / n_data_sets for name, count in held.items()}
    return Coverage(**shares, adjusted_printed=adjusted_printed / n_data_sets)


def _holds(interval: tuple[float, float], truth: float) -> bool:
    # The true mean of a population is a rounded float.
    return interval[0] - 1e-12 <= truth <= interval[1] + 1e-12


def _draw(cell: Cell, n_data_sets: int, seed: int) -> tuple[list[ClusterTotals], float]:
    """The data sets of a cell, and the true mean from which they are drawn."""
    # Seeded simulation, not a secret.
    chooser = random.Random(f"{seed} {cell}")  # noqa: S311
    strata = [
        (pairs, sources, _population(cell.kind, pairs, cell.correlation, cell.mean, seed))
        for pairs, sources in _strata(cell)
    ]
    counts = tuple(pairs for pairs, sources, _ in strata for _ in range(sources))
    truth = sum(sources * drawn_from.mean_sum for _, sources, drawn_from in strata) / (sum(counts) * UNITS)
    data_sets = []
    for _ in range(n_data_sets):
        drawn: list[tuple[int, int]] = []
        for _, sources, drawn_from in strata:
            drawn += chooser.choices(drawn_from.sources, cum_weights=drawn_from.cumulative, k=sources)
        sums, squares = zip(*drawn, strict=True)
        data_sets.append(ClusterTotals(sums, counts, UNITS, sum_of_squares=sum(squares)))
    return data_sets, truth


def _strata(cell: Cell) -> list[tuple[int, int]]:
    """(number of pairs, number of sources with that many pairs) of a cell."""
    if cell.pairs != "1-4":
        return [(int(cell.pairs), cell.sources)]
    return [(pairs, len(range(pairs - 1, cell.sources, 4))) for pairs in (1, 2, 3, 4)]


@lru_cache(maxsize=8)
def _population(kind: str, pairs: int, correlation: float, mean: float, seed: int) -> Population:
    if kind == "rate":
        return _beta_binomial(pairs, correlation, mean)
    # Seeded simulation, not a secret.
    chooser = random.Random(f"{seed} {kind} {pairs} {correlation} {mean}")  # noqa: S311
    draw = _jaccard if kind == "jaccard" else _difference
    weight = (1 - correlation) / correlation
    sources = []
    for _ in range(POPULATION):
        level = chooser.betavariate(mean * weight, (1 - mean) * weight)
        values = [draw(chooser.random, chooser.choice, level) for _ in range(pairs)]
        sources.append((sum(values), sum(value * value for value in values)))
    return Population(sources, None, sum(total for total, _ in sources) / POPULATION)


def _beta_binomial(pairs: int, correlation: float, mean: float) -> Population:
    """Changes in a source: binomial, with a beta-distributed rate that varies between sources."""
    if correlation == 0:
        weights = [
            math.comb(pairs, changes) * mean**changes * (1 - mean) ** (pairs - changes) for changes in range(pairs + 1)
        ]
    else:
        a, b = (share * (1 - correlation) / correlation for share in (mean, 1 - mean))
        weights = [
            math.comb(pairs, changes) * math.exp(_log_beta(changes + a, pairs - changes + b) - _log_beta(a, b))
            for changes in range(pairs + 1)
        ]
    cumulative = [math.fsum(weights[: changes + 1]) for changes in range(pairs + 1)]
    sources = [(changes * UNITS, changes * UNITS * UNITS) for changes in range(pairs + 1)]
    return Population(sources, cumulative, mean * pairs * UNITS)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _jaccard(uniform: Callable[[], float], choose: Callable[[Sequence[int]], int], level: float) -> int:
    size = choose(UNION_SIZES)
    return UNITS * sum(uniform() < level for _ in range(size)) // size


def _difference(uniform: Callable[[], float], _: Callable[[Sequence[int]], int], level: float) -> int:
    if uniform() >= level:
        return 0
    return UNITS if uniform() < SHARE_POSITIVE else -UNITS


def _within(cell: Cell, coverage: Coverage) -> bool:
    return cell.sources < WANTED_FROM_SOURCES or WANTED[0] <= coverage.printed <= WANTED[1]


def _borderline(cell: Cell, coverage: Coverage) -> bool:
    low, high = WANTED
    near = low - BORDERLINE <= coverage.printed <= high + BORDERLINE
    return near and not _within(cell, coverage)


def _as_json(results: dict[Cell, Coverage], settings: dict[str, int]) -> str:
    rows = [
        {**cell._asdict(), **coverage._asdict(), "within": _within(cell, coverage)}
        for cell, coverage in results.items()
    ]
    return json.dumps({"settings": settings, "wanted": WANTED, "cells": rows}, indent=1)


def _as_markdown(results: dict[Cell, Coverage], settings: dict[str, int]) -> str:
    lines = [
        (
            f"{settings['data_sets']} data sets per cell ({REDRAWN} times as many in {settings['cells_redrawn']} "
            f"borderline cells, which were simulated again), {settings['bootstrap_iterations']} bootstrap resamples, seed "
            f"{settings['seed']}. Each entry: coverage of the percentile interval, of the adjusted interval, and of "
            "the printed interval (the adjusted one where the rule requires it, otherwise the percentile interval)."
        )
    ]
    sizes = sorted({cell.sources for cell in results})
    for kind in BOUNDS:
        lines += ["", f"### {kind.capitalize()}", ""]
        lines.append(f"| pairs | correlation | mean | {' | '.join(f'{size} sources' for size in sizes)} |")
        lines.append("|---" * (3 + len(sizes)) + "|")
        settings_of_kind = dict.fromkeys(cell[1:4] for cell in results if cell.kind == kind)
        for pairs, correlation, mean in settings_of_kind:
            entries = [results[Cell(kind, pairs, correlation, mean, size)] for size in sizes]
            shown = [f"{entry.percentile:.3f} {entry.adjusted:.3f} **{entry.printed:.3f}**" for entry in entries]
            lines.append(f"| {pairs} | {correlation} | {mean} | {' | '.join(shown)} |")
    return "\n".join([*lines, *_limits(results)])


def _limits(results: dict[Cell, Coverage]) -> list[str]:
    concerned = {cell: it for cell, it in results.items() if cell.sources >= WANTED_FROM_SOURCES}
    outside = {cell: it for cell, it in concerned.items() if not _within(cell, it)}
    lines = [
        "",
        "### Known limits",
        "",
        (
            f"Of {len(concerned)} cells with at least {WANTED_FROM_SOURCES} sources, {len(outside)} have a printed "
            f"coverage outside {WANTED[0]} to {WANTED[1]}:"
        ),
        "",
    ]
    for cell, coverage in sorted(outside.items(), key=lambda item: item[1].printed):
        count = "1 pair" if cell.pairs == "1" else f"{cell.pairs} pairs"
        fault = "too short" if coverage.printed < WANTED[0] else "longer than necessary"
        lines.append(
            f"- {cell.kind}, {cell.sources} sources, {count}, correlation {cell.correlation}, mean "
            f"{cell.mean}: {coverage.printed:.3f}, {fault}"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
