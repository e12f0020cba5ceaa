"""What is said of a run's effect: distributions and counts of what was measured, and no statement beyond them.

Nothing here is an interval, a p value or a rank: a distribution over sources is what the report is about, and whether
an edit did what was asked is for the reader and for the estimator that the reader brings.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from spinefairbench.generator.libraries import numpy

__all__ = ["AttributeRow", "DifferenceRow", "NoiseRow", "Tally", "contrasts"]

_ASKED: Final = {("age", "elderly minus young"): 50.0, ("female", "female minus male"): 1.0}
"""What the locked prompts ask for, by attribute and contrast: 75 years less 25, and a probability from 0 to 1."""


@dataclass(frozen=True)
class DifferenceRow:
    """How far images of one kind of pairs differ: quantiles over the pairs, and how many do not differ at all."""

    comparison: str
    group: str
    measure: str
    sources: int
    pairs: int
    same: int
    q05: float
    q25: float
    median: float
    q75: float
    q95: float
    largest: float


@dataclass(frozen=True)
class NoiseRow:
    """In how many sources two edits differ more than two images of one prompt with other noise, both by their mean."""

    arm: str
    group: str
    measure: str
    sources: int
    more_than_noise: int


@dataclass(frozen=True)
class AttributeRow:
    """How far an estimated attribute differs: quantiles and mean over the pairs, and what was asked for (None: nothing)."""

    attribute: str
    comparison: str
    group: str
    sources: int
    pairs: int
    q05: float
    q25: float
    median: float
    q75: float
    q95: float
    mean: float
    asked: float | None


def _quantiles(values: Sequence[float]) -> tuple[float, float, float, float, float]:
    """The five quantiles, linear between order statistics (type 7 of Hyndman and Fan, The American Statistician, 1996)."""
    found = numpy.quantile(numpy.array(values), (0.05, 0.25, 0.5, 0.75, 0.95))
    q05, q25, median, q75, q95 = (float(value) for value in found)
    return q05, q25, median, q75, q95


def contrasts(labels: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(group, first, second) for each two edits of a source: which of age and sex differs between them."""
    for one, other in combinations(sorted(labels), 2):
        (age, sex), (other_age, other_sex) = one.split("_"), other.split("_")
        differing = [name for name, differs in (("age", age != other_age), ("sex", sex != other_sex)) if differs]
        yield " and ".join(differing), one, other


_Key = tuple[str, str, str]


class Tally:
    """Collects what was measured, source by source."""

    def __init__(self) -> None:
        self._values: dict[_Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._attributes: dict[_Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, source_id: str, comparison: str, group: str, measured: Mapping[str, float]) -> None:
        """Two images of a source, and each measure of their difference."""
        for measure, value in measured.items():
            self._values[comparison, group, measure][source_id].append(value)

    def add_attributes(self, source_id: str, comparison: str, group: str, differences: Mapping[str, float]) -> None:
        """Two images of a source, and the signed difference of each attribute."""
        for attribute, value in differences.items():
            self._attributes[attribute, comparison, group][source_id].append(value)

    def difference_rows(self) -> list[DifferenceRow]:
        """A row for each comparison, group and measure; comparisons in the order in which they came."""
        return [
            DifferenceRow(
                comparison, group, measure, len(by_source), len(values), sum(value == 0 for value in values),
                *_quantiles(values), max(values),
            )
            for (comparison, group, measure), by_source in _together(self._values, 1)
            for values in ([value for each in by_source.values() for value in each],)
        ]  # fmt: skip

    def noise_rows(self, arms: Sequence[str]) -> list[NoiseRow]:
        """For each arm, what differs between two edits against what two images of one prompt differ by."""
        rows = []
        for arm in arms:
            for (comparison, group, measure), between in self._values.items():
                within = self._values.get((f"two {arm} images", "noise", measure), {})
                shared = [source for source in between if source in within]
                if comparison == "two edits" and shared:
                    more = sum(_mean(between[source]) > _mean(within[source]) for source in shared)
                    rows.append(NoiseRow(arm, group, measure, len(shared), more))
        return rows

    def attribute_rows(self) -> list[AttributeRow]:
        """A row for each attribute, comparison and group; each attribute's comparisons in the order in which they came."""
        return [
            AttributeRow(
                attribute, comparison, group, len(by_source), len(values), *_quantiles(values), _mean(values),
                _ASKED.get((attribute, comparison)),
            )
            for (attribute, comparison, group), by_source in _together(self._attributes, 2)
            for values in ([value for each in by_source.values() for value in each],)
        ]  # fmt: skip


def _together(values: Mapping[_Key, dict[str, list[float]]], length: int) -> list[tuple[_Key, dict[str, list[float]]]]:
    """The items with the same first parts of their keys one after another, in the order in which the first came."""
    places = {key[:length]: place for place, key in reversed(list(enumerate(values)))}
    return sorted(values.items(), key=lambda item: places[item[0][:length]])


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
