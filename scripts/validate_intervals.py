#!/usr/bin/env python3
"""Measures whether what the commands print about uncertainty holds, on simulated data with a known truth.

Each study in scripts/validation draws many data sets in each of its cells and calls the functions that the commands
call. Standard library only.

    python3 scripts/validate_intervals.py            every study, all cells, Markdown
    python3 scripts/validate_intervals.py --quick    a few cells, fewer data sets
    python3 scripts/validate_intervals.py --only NAME
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.validation.studies import STUDIES
from scripts.validation.study import LEAST_SOURCES, Cell, Limit, Study

# A share outside its limit by no more than chance can explain (three standard errors of a share of 0.05 in 300 data sets)
# is measured again with this many times the data sets, and if it still is, with this many times as many again; the last
# result counts.
BORDERLINE: Final = 0.038
REDRAWN: Final = 4
QUICK_DATA_SETS: Final = 50


class Work(NamedTuple):
    """One cell to simulate: plain values, so that a worker process can be given it."""

    study: str
    cell: Cell
    data_sets: int
    seed: int


class Result(NamedTuple):
    """What was measured in a cell."""

    study: Study
    cell: Cell
    measured: Mapping[str, float]

    @property
    def misses(self) -> Mapping[str, float]:
        """The measures outside their limits, with the distance."""
        return self.study.misses(self.cell, self.measured)


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print the tables; the exit status is 1 where a limit does not hold."""
    options = _parser().parse_args(arguments)
    chosen = [study for study in STUDIES if not options.only or study.name in options.only]
    work = [
        Work(study.name, cell, _data_sets(study, options), options.seed)
        for study in chosen
        for cell in study.cells(options.quick)
    ]
    with ProcessPoolExecutor(options.jobs) as pool:
        results = list(_told(pool.map(_measured, work), len(work)))
        redrawn: set[int] = set()
        for stage in (1, 2) if not options.quick else ():
            again = [place for place, result in enumerate(results) if _borderline(result)]
            redrawn.update(again)
            more = [_redrawn(work[place], stage) for place in again]
            for place, result in zip(again, _told(pool.map(_measured, more), len(more)), strict=True):
                results[place] = result
    settings = {"seed": options.seed, "quick": options.quick, "cells": len(results), "cells_redrawn": len(redrawn)}
    print(_as_json(results, settings) if options.format == "json" else _as_markdown(chosen, results, settings, options))
    return 1 if any(result.misses for result in results) and not options.quick else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Measure whether the printed intervals and tests hold on simulated data."
    )
    parser.add_argument("--quick", action="store_true", help=f"a few cells and {QUICK_DATA_SETS} data sets each")
    parser.add_argument(
        "--only", action="append", choices=[study.name for study in STUDIES], help="this study (repeatable)"
    )
    parser.add_argument("--data-sets", type=int, metavar="N", help="data sets per cell (default: as each study says)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulated data (default 1)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="number of processes (default 1)")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown")
    return parser


def _redrawn(work: Work, stage: int) -> Work:
    return work._replace(data_sets=work.data_sets * REDRAWN**stage, seed=work.seed + stage)


def _told(results: Iterable[Result], expected: int) -> Iterator[Result]:
    """The results as they come, told on a terminal."""
    for number, result in enumerate(results, start=1):
        if sys.stderr.isatty():
            print(f"\r{number} of {expected} cells", end="", file=sys.stderr, flush=True)
        yield result
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _data_sets(study: Study, options: argparse.Namespace) -> int:
    if options.data_sets:
        return int(options.data_sets)
    return min(study.data_sets, QUICK_DATA_SETS) if options.quick else study.data_sets


def _measured(work: Work) -> Result:
    study = next(study for study in STUDIES if study.name == work.study)
    return Result(study, work.cell, study.measure(work.cell, work.data_sets, work.seed))


def _borderline(result: Result) -> bool:
    return bool(result.misses) and max(result.misses.values()) <= BORDERLINE


def _as_json(results: Sequence[Result], settings: Mapping[str, Any]) -> str:
    cells = [
        {
            "study": result.study.name,
            "cell": result.cell._asdict(),
            "measured": dict(result.measured),
            "misses": dict(result.misses),
        }
        for result in results
    ]
    return json.dumps({"settings": settings, "cells": cells}, indent=1)


# --- Markdown --------------------------------------------------------------------------------------------------


def _as_markdown(
    studies: Sequence[Study], results: Sequence[Result], settings: Mapping[str, Any], options: argparse.Namespace
) -> str:
    lines = [
        (
            f"{settings['cells']} cells, seed {settings['seed']}; {settings['cells_redrawn']} of them missed a limit by "
            f"no more than chance can explain and were simulated again with {REDRAWN} times the data sets, those that still "
            f"missed it with {REDRAWN**2} times."
        )
    ]
    for study in studies:
        its_results = [result for result in results if result.study.name == study.name]
        if its_results:
            lines += _section(study, its_results, _data_sets(study, options))
    return "\n".join([*lines, *_failures(results)])


def _section(study: Study, results: Sequence[Result], data_sets: int) -> list[str]:
    limits = "; ".join(map(_limit_text, study.limits))
    lines = ["", f"### {study.title}", "", study.explains, "", f"{data_sets} data sets a cell. Limits: {limits}.", ""]
    sizes = sorted({result.cell.sources for result in results})
    table: dict[tuple[str, ...], dict[int, str]] = {}
    columns = [name for name in results[0].cell._asdict() if name != "sources"]
    measures = max((list(result.measured) for result in results), key=len)
    for result in results:
        settings = result.cell._asdict()
        key = tuple(str(settings[name]) for name in columns)
        table.setdefault(key, {})[result.cell.sources] = _entry(measures, result.measured)
    heads = [*(name.replace("_", " ") for name in columns), *(f"{size} sources" for size in sizes)]
    lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for key, entries in table.items():
        shown = [entries.get(size, "") for size in sizes]
        lines.append(f"| {' | '.join([*key, *shown])} |")
    return lines


def _entry(measures: Sequence[str], measured: Mapping[str, float]) -> str:
    # A measure that a cell does not have is of something that is not printed there, or too seldom.
    first, *others = (f"{measured[name]:.3f}" if name in measured else "-" for name in measures)
    return " ".join([f"**{first}**", *others])


def _limit_text(limit: Limit) -> str:
    ends = []
    if limit.low is not None:
        ends.append(f"at least {limit.low:g}")
    if limit.high is not None:
        ends.append(f"at most {limit.high:g}")
    return f"{limit.measure.replace('_', ' ')} {' and '.join(ends)}"


def _failures(results: Sequence[Result]) -> list[str]:
    failing = [result for result in results if result.misses]
    held = sum(result.cell.sources >= LEAST_SOURCES for result in results) - len(failing)
    lines = ["", "### What does not hold", ""]
    if not failing:
        return [*lines, f"Nothing: every limit holds in all {held} cells of at least {LEAST_SOURCES} sources."]
    for result in failing:
        setting = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.cell._asdict().items())
        missed = ", ".join(f"{measure.replace('_', ' ')} {result.measured[measure]:.3f}" for measure in result.misses)
        lines.append(f"- {result.study.title}: {setting}: {missed}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
