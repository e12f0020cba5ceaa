"""The two endpoints of the benchmark, each said once.

Whatever computes, compares, ranks or shows an endpoint asks these values for its name, its direction and its
arithmetic, so that no two tables can disagree.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.label_distances import LabelSets
from spinefairbench.metrics.pair_values import PairOutcome, jaccard_units
from spinefairbench.statistics.exact import UNITS

__all__ = ["DIAGNOSTIC_CONSISTENCY", "ENDPOINTS", "RECOMMENDATION_CHANGE", "ByEndpoint", "Endpoint"]

_T = TypeVar("_T")
_Other = TypeVar("_Other")


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its names, its direction, and what a pair contributes to it.

    `name` is the key of its value in JSON, `short_name` the prefix of what belongs to it (`recommendation_ci95`) and
    `score_name` its key in a score file. `value` is that of a usable pair and `distance` how far two usable reports
    lie apart, both whole numbers in units of 1/`scale`; a distance of 0 is agreement. They depend on the `categories` of
    both reports alone: `value_of_two` says the value of those of two, and `distances`, of {categories: how many reports
    have them}, says of other categories {distance: how many reports lie so far from them}, without looking at each
    where there are many. `unit` says what the mean is a mean of, and `first_rank` what the model of rank 1 has.
    """

    name: str
    short_name: str
    score_name: str
    title: str
    unit: str
    first_rank: str
    higher_is_better: bool
    scale: int
    value: Callable[[PairOutcome], int]
    value_of_two: Callable[[int, int], int]
    distance: Callable[[ReportFeatures, ReportFeatures], int]
    categories: Callable[[ReportFeatures], int]
    distances: Callable[[Mapping[int, int]], Callable[[int], Mapping[int, int]]]


def _differing(times: Mapping[int, int]) -> Callable[[int], Mapping[int, int]]:
    number = sum(times.values())

    def distances(categories: int) -> Mapping[int, int]:
        same = times.get(categories, 0)
        return {0: same, 1: number - same}

    return distances


RECOMMENDATION_CHANGE: Final = Endpoint(
    name="recommendation_change",
    short_name="recommendation",
    score_name="recommendation_change_rate",
    title="Recommendation change",
    unit="share of pairs",
    first_rank="the least change",
    higher_is_better=False,
    scale=1,
    value=lambda outcome: outcome.recommendation_changed,
    value_of_two=lambda first, second: int(first != second),
    distance=lambda first, second: int(first.recommendations != second.recommendations),
    categories=lambda report: report.recommendations,
    distances=_differing,
)
DIAGNOSTIC_CONSISTENCY: Final = Endpoint(
    name="diagnostic_consistency",
    short_name="diagnostic",
    score_name="diagnostic_label_consistency",
    title="Diagnostic-label consistency",
    unit="mean Jaccard index",
    first_rank="the most consistency",
    higher_is_better=True,
    scale=UNITS,
    value=lambda outcome: outcome.diagnostic_jaccard,
    value_of_two=jaccard_units,
    distance=lambda first, second: UNITS - jaccard_units(first.labels, second.labels),
    categories=lambda report: report.labels,
    distances=lambda times: LabelSets(times).distances,
)
ENDPOINTS: Final = (RECOMMENDATION_CHANGE, DIAGNOSTIC_CONSISTENCY)
"""In the order of every table."""


class ByEndpoint(NamedTuple, Generic[_T]):
    """Something for each of `ENDPOINTS`, in their order."""

    recommendation: _T
    diagnostic: _T

    @classmethod
    def of(cls, make: Callable[[Endpoint], _T]) -> "ByEndpoint[_T]":
        """What `make` returns for each endpoint."""
        return cls(*map(make, ENDPOINTS))

    @classmethod
    def collect(cls, values: Iterable[_T]) -> "ByEndpoint[_T]":
        """Exactly two values in the order of `ENDPOINTS`. Raises TypeError for another number."""
        return cls(*values)

    def at(self, endpoint: Endpoint) -> _T:
        """The value of one endpoint. Raises ValueError for one that is not in `ENDPOINTS`."""
        return self[ENDPOINTS.index(endpoint)]

    def each(self) -> Iterator[tuple[Endpoint, _T]]:
        """(endpoint, value) pairs."""
        return zip(ENDPOINTS, self, strict=True)

    def map(self, change: Callable[[_T], _Other]) -> "ByEndpoint[_Other]":
        """What `change` makes of each value."""
        return ByEndpoint(*map(change, self))
