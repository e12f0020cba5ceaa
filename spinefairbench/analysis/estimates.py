"""A mean with its intervals, as every audit prints it: the frozen percentile interval, and its adjusted interval where that fails."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from spinefairbench.analysis.parallel import OrderedWorkers
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.statistics.bootstrap import percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.intervals import adjusted_interval

__all__ = [
    "DIFFERENCE",
    "RATE",
    "Bounds",
    "Estimate",
    "Interval",
    "Sample",
    "Steps",
    "WithAdjusted",
    "adjustment_notes",
    "estimate_of",
    "estimates",
    "together",
]

Interval = tuple[float, float]
Bounds = tuple[int, int]
RATE: Final[Bounds] = (0, 1)
DIFFERENCE: Final[Bounds] = (-1, 1)
# Draws below which a second process costs more than it saves.
_WORTH_A_PROCESS: Final = 40_000_000


class Sample(NamedTuple):
    """Values by source, None where there are none, and the range of a single value."""

    totals: ClusterTotals | None
    bounds: Bounds = RATE


@dataclass(frozen=True)
class Estimate:
    """A mean over `n_values` of `n_sources`; None without a value.

    `ci95` is the source-clustered percentile interval, None with fewer than two sources. `adjusted_ci95` is given
    where that interval is known to fail, with `adjustment_reason`; a reason without an adjusted interval means that no
    interval can be given.
    """

    value: float | None
    ci95: Interval | None
    adjusted_ci95: Interval | None
    adjustment_reason: str | None
    n_sources: int
    n_values: int


def estimates(
    samples: Sequence[Sample],
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
) -> list[Estimate]:
    """The mean of each sample with its intervals, in the order given, all from the same draws.

    `jobs`: over how many processes the work is spread; it changes nothing else.
    """
    drawn = [totals for totals, _ in samples if totals is not None and totals.n > 1]
    intervals = iter(_intervals(drawn, iterations, seed, progress, jobs))
    return [
        estimate_of(totals, bounds, next(intervals) if totals is not None and totals.n > 1 else None)
        for totals, bounds in samples
    ]


_T = TypeVar("_T")

Steps = Generator[Sequence[Sample], Sequence[Estimate], _T]
"""An analysis that yields its samples once, is sent their estimates, and returns what it makes of them.

Several of them can share one pass over the draws, which is most of the work.
"""


def together(
    steps: Sequence[Steps[Any]],
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
) -> list[Any]:
    """What each of the analyses returns, all intervals from one pass over the draws."""
    asked = [list(next(each)) for each in steps]
    found = estimates(
        [sample for samples in asked for sample in samples],
        iterations=iterations,
        seed=seed,
        progress=progress,
        jobs=jobs,
    )
    results = []
    start = 0
    for each, samples in zip(steps, asked, strict=True):
        try:
            each.send(found[start : start + len(samples)])
        except StopIteration as stop:
            results.append(stop.value)
        start += len(samples)
    return results


class _Part(NamedTuple):
    """What one process does: samples with numbers of sources that no other part has."""

    totals: list[ClusterTotals]
    iterations: int
    seed: int


def _part_intervals(part: _Part) -> list[Interval]:
    return percentile_intervals(part.totals, iterations=part.iterations, seed=part.seed)


def _intervals(
    drawn: Sequence[ClusterTotals],
    iterations: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
    jobs: int,
) -> list[Interval]:
    if not drawn:
        return []
    sizes = sorted({totals.n for totals in drawn}, reverse=True)
    if jobs < 2 or sum(sizes) * iterations < _WORTH_A_PROCESS:
        return percentile_intervals(drawn, iterations=iterations, seed=seed, progress=progress)
    # Samples of one size share their draws, so a size is never split; sizes are dealt out, large ones first.
    part_of = {size: place % jobs for place, size in enumerate(sizes)}
    places: list[list[int]] = [[] for _ in range(min(jobs, len(sizes)))]
    for place, totals in enumerate(drawn):
        places[part_of[totals.n]].append(place)
    parts = [_Part([drawn[place] for place in part], iterations, seed) for part in places]
    by_part: list[list[Interval]] = []
    with OrderedWorkers(_part_intervals, jobs, by_part.append) as spread:
        for part in parts:
            spread.put(part)
    found: dict[int, Interval] = {}
    for part_places, intervals in zip(places, by_part, strict=True):
        found.update(zip(part_places, intervals, strict=True))
    return [found[place] for place in range(len(drawn))]


def estimate_of(totals: ClusterTotals | None, bounds: Bounds, ci95: Interval | None) -> Estimate:
    """The mean of a sample with a percentile interval computed elsewhere (None: there is none) and its adjusted interval."""
    if totals is None:
        return Estimate(None, None, None, "there is no usable value", 0, 0)
    point = totals.estimate
    beside = adjusted_interval(totals, ci95 or (point, point), bounds=bounds)
    return Estimate(
        point,
        ci95,
        beside.interval if beside else None,
        "; ".join(beside.reasons) if beside else None,
        totals.n,
        totals.n_values,
    )


class WithAdjusted(Protocol):
    """Whatever carries the intervals of one estimate."""

    @property
    def adjusted_ci95(self) -> Interval | None: ...

    @property
    def adjustment_reason(self) -> str | None: ...


def adjustment_notes(found: Sequence[WithAdjusted]) -> list[str]:
    """One sentence where some of the intervals have an adjusted interval, with a reason for it."""
    reasons = [each.adjustment_reason for each in found if each.adjusted_ci95 is not None]
    if not reasons:
        return []
    return [
        f"{len(reasons)} of {len(found)} percentile intervals may be too short (for one, {reasons[0]}): "
        "adjusted_ci95 stands beside them, adjustment_reason says why"
    ]
