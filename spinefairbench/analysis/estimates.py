"""A mean with its intervals, as every audit prints it: the frozen percentile interval, and its companion where that fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.statistics.bootstrap import percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.intervals import companion

__all__ = ["DIFFERENCE", "RATE", "Bounds", "Estimate", "Interval", "Sample", "WithCompanion", "companion_notes", "estimates"]

Interval = tuple[float, float]
Bounds = tuple[int, int]
RATE: Final[Bounds] = (0, 1)
DIFFERENCE: Final[Bounds] = (-1, 1)


class Sample(NamedTuple):
    """Values by source, None where there are none, and the range of a single value."""

    totals: ClusterTotals | None
    bounds: Bounds = RATE


@dataclass(frozen=True)
class Estimate:
    """A mean over `n_values` of `n_sources`; None without a value.

    `ci95` is the source-clustered percentile interval, None with fewer than two sources. `companion_ci95` is given
    where that interval is known to fail, with `companion_reason`; a reason without a companion means that no
    interval can be given.
    """

    value: float | None
    ci95: Interval | None
    companion_ci95: Interval | None
    companion_reason: str | None
    n_sources: int
    n_values: int


def estimates(
    samples: Sequence[Sample],
    *,
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> list[Estimate]:
    """The mean of each sample with its intervals, in the order given, all from the same draws."""
    drawn = [totals for totals, _ in samples if totals is not None and totals.n > 1]
    intervals = iter(
        percentile_intervals(drawn, iterations=iterations, seed=seed, progress=progress) if drawn else ()
    )
    return [
        _estimate(totals, bounds, next(intervals) if totals is not None and totals.n > 1 else None)
        for totals, bounds in samples
    ]


def _estimate(totals: ClusterTotals | None, bounds: Bounds, ci95: Interval | None) -> Estimate:
    if totals is None:
        return Estimate(None, None, None, "there is no usable value", 0, 0)
    point = totals.estimate
    beside = companion(totals, ci95 or (point, point), bounds=bounds)
    return Estimate(
        point,
        ci95,
        beside.interval if beside else None,
        "; ".join(beside.reasons) if beside else None,
        totals.n,
        totals.n_values,
    )


class WithCompanion(Protocol):
    """Whatever carries the intervals of one estimate."""

    @property
    def companion_ci95(self) -> Interval | None: ...

    @property
    def companion_reason(self) -> str | None: ...


def companion_notes(found: Sequence[WithCompanion]) -> list[str]:
    """One sentence where some of the intervals have a companion, with a reason for it."""
    reasons = [each.companion_reason for each in found if each.companion_ci95 is not None]
    if not reasons:
        return []
    return [
        f"{len(reasons)} of {len(found)} percentile intervals may be too short (for one, {reasons[0]}): "
        "companion_ci95 stands beside them, companion_reason says why"
    ]
