"""Values grouped by cluster, in one place, so that no two analyses can disagree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, chain
from operator import mul, sub
from typing import TypeVar

from spinefairbench.statistics.exact import units_from_floats, units_from_fractions

__all__ = ["ClusterTotals", "Clusters", "PartialTotals", "partition"]

_Value = TypeVar("_Value")


def partition(values: Sequence[_Value], cluster_ids: Sequence[str]) -> dict[str, list[_Value]]:
    """{cluster id: its values}, with the ids sorted as strings and the values in the given order.

    `cluster_ids` has the id of each value. Raises ValueError if the two sequences differ in length or are empty.
    """
    if len(values) != len(cluster_ids):
        raise ValueError(f"there are {len(values)} values but {len(cluster_ids)} cluster ids")
    if not values:
        raise ValueError("there are no values, so there is no cluster")
    groups: dict[str, list[_Value]] = {cluster: [] for cluster in sorted(set(cluster_ids))}
    for value, cluster in zip(values, cluster_ids, strict=True):
        groups[cluster].append(value)
    return groups


@dataclass(frozen=True, slots=True)
class PartialTotals:
    """A sum and a count for each of the clusters to resample, both 0 for a cluster without a value.

    `sums` are exact integers in units of 1/`scale`.
    """

    sums: tuple[int, ...]
    counts: tuple[int, ...]
    scale: int = 1

    @property
    def n(self) -> int:
        """The number of clusters."""
        return len(self.sums)


@dataclass(frozen=True, slots=True)
class ClusterTotals:
    """All that a clustered ratio mean depends on: a sum and a count for each cluster.

    `sums` are exact integers in units of 1/`scale` and may be negative; `counts` are positive. `ids`, if known, are the
    ids of the clusters in the order of the sums. `sum_of_squares`, if known, is that of all values, in units of
    1/`scale`². Raises ValueError for totals that no data can have.
    """

    sums: tuple[int, ...]
    counts: tuple[int, ...]
    scale: int = 1
    ids: tuple[str, ...] | None = None
    sum_of_squares: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.sums:
            raise ValueError("there is no cluster")
        if len(self.sums) != len(self.counts):
            raise ValueError(f"there are {len(self.sums)} cluster sums but {len(self.counts)} counts")
        if self.ids is not None and len(self.ids) != len(self.sums):
            raise ValueError(f"there are {len(self.sums)} cluster sums but {len(self.ids)} ids")
        if min(self.counts) < 1:
            raise ValueError("every cluster must hold at least one value")
        if self.scale < 1:
            raise ValueError(f"the scale must be positive, got {self.scale}")

    @classmethod
    def from_units(cls, units: Sequence[int], cluster_ids: Sequence[str], scale: int) -> "ClusterTotals":
        """Totals of values that are integers in units of 1/`scale`. Raises ValueError as `partition` does."""
        return Clusters(cluster_ids).totals(units, scale)

    @classmethod
    def from_fractions(cls, values: Sequence[Fraction | int], cluster_ids: Sequence[str]) -> "ClusterTotals":
        """Totals of exact fractions; the scale is their least common denominator. Raises ValueError as `partition`."""
        units, scale = units_from_fractions(values)
        return cls.from_units(units, cluster_ids, scale)

    @classmethod
    def from_floats(cls, values: Sequence[float], cluster_ids: Sequence[str]) -> "ClusterTotals":
        """Totals of floats, taken for the fractions that they mean (see `units_from_floats`).

        Raises ValueError for a NaN or an infinity, and as `partition` does.
        """
        units, scale = units_from_floats(values)
        return cls.from_units(units, cluster_ids, scale)

    def regrouped(self, group_of: Callable[[str], str]) -> "ClusterTotals":
        """The same values in larger clusters: those whose ids have the same group, sorted by its name.

        Raises ValueError if the ids are not known.
        """
        if self.ids is None:
            raise ValueError("clusters without ids cannot be regrouped")
        groups = partition(range(self.n), [group_of(cluster) for cluster in self.ids])
        return ClusterTotals(
            tuple(sum(self.sums[at] for at in places) for places in groups.values()),
            tuple(sum(self.counts[at] for at in places) for places in groups.values()),
            self.scale,
            tuple(groups),
            self.sum_of_squares,
        )

    def among(self, clusters: Sequence[str]) -> PartialTotals:
        """The same totals among `clusters`, of which some may have no value.

        Raises ValueError if the ids are not known, or one of them is not among the clusters.
        """
        if self.ids is None:
            raise ValueError("clusters without ids cannot be found among others")
        places = {cluster: place for place, cluster in enumerate(self.ids)}
        if not places.keys() <= set(clusters):
            raise ValueError("a cluster is not among those to resample")
        known = [places.get(cluster) for cluster in clusters]
        return PartialTotals(
            tuple(0 if place is None else self.sums[place] for place in known),
            tuple(0 if place is None else self.counts[place] for place in known),
            self.scale,
        )

    @property
    def n(self) -> int:
        """The number of clusters."""
        return len(self.sums)

    @property
    def n_values(self) -> int:
        """The number of values in all clusters."""
        return sum(self.counts)

    @property
    def residuals(self) -> list[int]:
        """Sum less mean times count of every cluster, in units of 1/(`scale`·`n_values`), which makes them integers."""
        total, count = sum(self.sums), self.n_values
        return [
            cluster_sum * count - total * cluster_count
            for cluster_sum, cluster_count in zip(self.sums, self.counts, strict=True)
        ]

    @property
    def estimate(self) -> float:
        """Total sum divided by total count, correctly rounded."""
        return sum(self.sums) / (self.n_values * self.scale)


class Clusters:
    """The clusters of values that are given in one order, found once for all the values that are asked about in it.

    `cluster_ids` has the id of each value. Raises ValueError if there is none.
    """

    def __init__(self, cluster_ids: Sequence[str]) -> None:
        groups = partition(range(len(cluster_ids)), cluster_ids)
        self._ids = tuple(groups)
        self._counts = tuple(map(len, groups.values()))
        self._order = list(chain.from_iterable(groups.values()))
        self._ends = list(accumulate(self._counts))

    def totals(self, units: Sequence[int], scale: int) -> ClusterTotals:
        """The totals of values that are integers in units of 1/`scale`.

        Raises ValueError if there are not as many values as ids.
        """
        if len(units) != len(self._order):
            raise ValueError(f"there are {len(units)} values but {len(self._order)} cluster ids")
        # The sum of a cluster is what the running sum grows by in it.
        running = list(accumulate(map(units.__getitem__, self._order)))
        upto = [running[end - 1] for end in self._ends]
        return ClusterTotals(
            sums=tuple(map(sub, upto, [0, *upto])),
            counts=self._counts,
            scale=scale,
            ids=self._ids,
            sum_of_squares=sum(map(mul, units, units)),
        )
