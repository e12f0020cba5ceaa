"""Means with their intervals, as every audit prints them, all of one run from one pass over the draws.

An analysis says what it needs as a `Request`: its samples, and what it makes of their estimates. `answer` serves one,
`SharedPass` several at once, since drawing is most of the work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

from spinefairbench.analysis.resampling import Interval, begun_by_size
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap, Resampled, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals, PartialTotals
from spinefairbench.statistics.intervals import adjusted_interval, chosen_interval

__all__ = [
    "DIFFERENCE",
    "NO_ESTIMATE",
    "RATE",
    "Bounds",
    "Estimate",
    "Interval",
    "Pending",
    "Request",
    "Sample",
    "SharedPass",
    "adjustment_notes",
    "answer",
    "answer_without_intervals",
    "chosen_estimate",
    "estimate_of",
    "estimates",
    "flat_estimates",
    "in_endpoint_pairs",
    "joined_reasons",
    "without_interval",
]

Bounds = tuple[int, int]
RATE: Final[Bounds] = (0, 1)
DIFFERENCE: Final[Bounds] = (-1, 1)

_Result = TypeVar("_Result")
_T = TypeVar("_T")


class Sample(NamedTuple):
    """Values by source, None where there are none, and the range of a single value.

    `among`: the same values among more sources, which are resampled instead.
    """

    totals: ClusterTotals | None
    bounds: Bounds = RATE
    among: PartialTotals | None = None

    @property
    def resampled(self) -> Resampled | None:
        """What is resampled for an interval; None where there is none, without values or with a single source."""
        if self.totals is None or self.totals.n < 2:
            return None
        return self.among or self.totals


@dataclass(frozen=True)
class Estimate:
    """A mean over the values of `n_sources`; None without a value.

    `ci95` is the source-clustered percentile interval, None with fewer than two sources. `adjusted_ci95` is given
    where that interval is known to fail, with `adjustment_reason`; a reason without an adjusted interval means that no
    interval can be given.
    """

    value: float | None
    ci95: Interval | None = None
    adjusted_ci95: Interval | None = None
    adjustment_reason: str | None = None
    n_sources: int = 0

    @property
    def judged_ci95(self) -> Interval | None:
        """The interval that decides what is said, ordered or marked; None where no interval can be given.

        It is the adjusted interval where there is one, and the percentile interval, the published method's, otherwise.
        """
        return self.ci95 if self.adjustment_reason is None else self.adjusted_ci95

    @property
    def side(self) -> int | None:
        """On which side of 0 the judged interval lies: 1 above, -1 below, 0 where it includes 0; None without one."""
        if self.judged_ci95 is None:
            return None
        low, high = self.judged_ci95
        return 1 if low > 0 else -1 if high < 0 else 0

    def fields(self, name: str, prefix: str = "") -> dict[str, Any]:
        """The estimate as the fields that a table has: its value under `name`, its intervals and the reason."""
        return {
            name: self.value,
            f"{prefix}ci95": self.ci95,
            f"{prefix}adjusted_ci95": self.adjusted_ci95,
            f"{prefix}adjustment_reason": self.adjustment_reason,
        }


NO_ESTIMATE: Final = Estimate(None)
"""What is known of something that was not estimated."""


# --- requests --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request(Generic[_Result]):
    """What an analysis needs estimated, and how it makes its result of the estimates, given in the same order.

    `meanwhile` computes what `finish` needs besides, and keeps it: it is called while others draw.
    """

    samples: Sequence[Sample]
    finish: Callable[[Sequence[Estimate]], _Result]
    meanwhile: Callable[[], object] | None = None

    def then(self, make: Callable[[_Result], _T]) -> "Request[_T]":
        """The same samples, for what `make` makes of the result."""
        return Request(self.samples, lambda found: make(self.finish(found)), self.meanwhile)


class Pending(Generic[_Result]):
    """The result of a request, there once its `SharedPass` has run."""

    def __init__(self) -> None:
        self._results: list[_Result] = []

    def set(self, result: _Result) -> None:
        """Keep the result."""
        self._results.append(result)

    @property
    def result(self) -> _Result:
        """What the analysis found. Raises LookupError before the pass has run."""
        if not self._results:
            raise LookupError("the pass over the draws has not run yet")
        return self._results[0]


class SharedPass:
    """Collects requests and answers them all from one pass over the draws of `bootstrap`."""

    def __init__(self, bootstrap: Bootstrap = FROZEN) -> None:
        self._bootstrap = bootstrap
        self._waiting: list[tuple[Request[Any], Pending[Any]]] = []
        self._estimates: Callable[[], list[Estimate]] | None = None

    def add(self, request: Request[_Result]) -> Pending[_Result]:
        """Take a request in; its result is there after `run`."""
        pending: Pending[_Result] = Pending()
        self._waiting.append((request, pending))
        return pending

    def begin(self) -> None:
        """Begin to draw for the requests that were added, in other processes where there are several jobs."""
        samples = [sample for request, _ in self._waiting for sample in request.samples]
        self._estimates = _begun(samples, self._bootstrap)

    def run(self) -> None:
        """Answer every request that was added; after `begin`, none is added any more."""
        if self._estimates is None:
            self.begin()
        assert self._estimates is not None
        for request, _ in self._waiting:
            if request.meanwhile is not None:
                request.meanwhile()
        found = iter(self._estimates())
        self._estimates = None
        for request, pending in self._waiting:
            pending.set(request.finish([next(found) for _ in request.samples]))
        self._waiting.clear()


def answer(request: Request[_Result], bootstrap: Bootstrap = FROZEN) -> _Result:
    """The result of one request, by itself."""
    shared = SharedPass(bootstrap)
    pending = shared.add(request)
    shared.run()
    return pending.result


def answer_without_intervals(request: Request[_Result]) -> _Result:
    """The result of one request with every value and no interval: nothing is drawn."""
    return request.finish(list(map(without_interval, request.samples)))


# --- estimates -------------------------------------------------------------------------------------------------


def estimates(samples: Sequence[Sample], bootstrap: Bootstrap = FROZEN) -> list[Estimate]:
    """The mean of each sample with its intervals, in the order given, all from the same draws."""
    return _begun(samples, bootstrap)()


def _begun(samples: Sequence[Sample], bootstrap: Bootstrap) -> Callable[[], list[Estimate]]:
    """What waits for `estimates`."""
    drawn = [sample for sample in samples if sample.resampled is not None]
    sizes = [sample.resampled.n for sample in drawn if sample.resampled is not None]
    # What may stand beside the percentile intervals takes time as well, and is computed where these are.
    results = begun_by_size(_drawn, drawn, sizes, bootstrap)

    def found() -> list[Estimate]:
        left = iter(results())
        return [
            estimate_of(sample.totals, sample.bounds, None) if sample.resampled is None else next(left)
            for sample in samples
        ]

    return found


def _drawn(samples: Sequence[Sample], bootstrap: Bootstrap) -> list[Estimate]:
    intervals = percentile_intervals([each for sample in samples if (each := sample.resampled) is not None], bootstrap)
    return [estimate_of(sample.totals, sample.bounds, ci95) for sample, ci95 in zip(samples, intervals, strict=True)]


def estimate_of(totals: ClusterTotals | None, bounds: Bounds, ci95: Interval | None) -> Estimate:
    """The mean of a sample with a percentile interval computed elsewhere (None: there is none) and its adjusted one."""
    if totals is None:
        return Estimate(None, adjustment_reason="there is no usable value")
    point = totals.estimate
    adjusted = adjusted_interval(totals, ci95 or (point, point), bounds=bounds)
    return Estimate(
        point,
        ci95,
        adjusted.interval if adjusted else None,
        "; ".join(adjusted.reasons) if adjusted else None,
        totals.n,
    )


def without_interval(sample: Sample) -> Estimate:
    """The mean of a sample alone, None without a value."""
    return Estimate(None if sample.totals is None else sample.totals.estimate)


def chosen_estimate(totals: ClusterTotals, bounds: Bounds) -> Estimate:
    """The mean of a sample of which nothing is frozen; its interval is `chosen_interval`, None with a single source.

    It is what stands beside a percentile interval that fails, and holds where that one does not fail, too.
    """
    interval = chosen_interval(totals, bounds)[0] if totals.n > 1 else None
    return Estimate(totals.estimate, interval, n_sources=totals.n)


def in_endpoint_pairs(found: Sequence[_T]) -> list[ByEndpoint[_T]]:
    """Values given endpoint by endpoint for one thing after another, a `ByEndpoint` for each thing."""
    return [ByEndpoint(*both) for both in zip(found[0::2], found[1::2], strict=True)]


# --- what rows say of intervals --------------------------------------------------------------------------------


def joined_reasons(found: Sequence[Estimate]) -> str | None:
    """The distinct reasons of several estimates as one text, None where there is none."""
    reasons = dict.fromkeys(each.adjustment_reason for each in found if each.adjustment_reason is not None)
    return "; ".join(reasons) or None


def flat_estimates(found: ByEndpoint[Estimate]) -> dict[str, Any]:
    """Both endpoints as the fields that tables have: value, intervals, and the reason for an adjusted one."""
    fields: dict[str, Any] = {}
    for endpoint, estimate in found.each():
        fields[endpoint.name] = estimate.value
        fields[f"{endpoint.short_name}_ci95"] = estimate.ci95
        fields[f"{endpoint.short_name}_adjusted_ci95"] = estimate.adjusted_ci95
    return {**fields, "adjustment_reason": joined_reasons(found)}


def adjustment_notes(found: Sequence[Estimate]) -> list[str]:
    """One sentence where some of the intervals need an adjusted one, with a reason for it."""
    reasons = [each.adjustment_reason for each in found if each.adjusted_ci95 is not None]
    if not reasons:
        return []
    return [
        (
            f"{len(reasons)} of {len(found)} percentile intervals may be too short (for one, {reasons[0]}); read the "
            "adjusted intervals beside them (docs/intervals.md)"
        )
    ]
