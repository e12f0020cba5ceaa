"""Who the sources of each collection are: sex, age where it is known, and whether a finding was labelled."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import mean, median, pstdev, stdev
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.result import Row
from spinefairbench.bundle import layout
from spinefairbench.bundle.metadata_agreement import compare_with_id
from spinefairbench.bundle.pathology import has_finding
from spinefairbench.bundle.source_ids import BUU, dataset_of, stated_by_id
from spinefairbench.bundle.source_metadata import StatedMetadata
from spinefairbench.problems import Problem, ProblemKind

__all__ = ["AgeYears", "DemographicsRow", "SourceRecord", "demographics_of", "source_records"]

_AGE_BINS: Final = ((0, 18), (18, 30), (30, 45), (45, 60), (60, 75), (75, 91))
"""In years, from the first to below the second; those that were published."""
_MEASURED: Final = "measured"
_AVAILABILITY: Final = (_MEASURED, "unavailable_sentinel_45", "unavailable_zero", "not_stated")


class SourceRecord(NamedTuple):
    """One source: collection, sex, age in years as stated, whether that age is one, and its labels (None: faulty)."""

    dataset: str
    female: bool
    age: float | None
    availability: str
    labels: frozenset[int] | None


@dataclass(frozen=True)
class AgeYears:
    """The measured ages in years; None without any. `sd` divides by n - 1, `sd_population` by n."""

    mean: float | None
    sd: float | None
    sd_population: float | None
    median: float | None
    min: float | None
    max: float | None
    bins: Mapping[str, int]


@dataclass(frozen=True)
class DemographicsRow(Row):
    """The sources of one collection. Percentages are of `n_sources`; `unlabelled` are sources that nobody labelled."""

    dataset: str
    n_sources: int
    female: int
    age_availability: Mapping[str, int]
    age_measured_years: AgeYears
    any_finding: int
    no_finding_label_or_unascertained: int
    unlabelled: int

    @property
    def male_or_unknown(self) -> int:
        """Sources with another sex code than F, which may stand for an unknown sex."""
        return self.n_sources - self.female

    @property
    def age_measured_n(self) -> int:
        """Sources whose age is known."""
        return self.age_availability[_MEASURED]

    def percent(self, number: int) -> float:
        """A number of these sources as a percentage."""
        return 100 * number / self.n_sources

    def to_json(self) -> dict[str, Any]:
        """Counts with their percentages."""
        shown = super().to_json()
        findings = ("any_finding", "no_finding_label_or_unascertained", "unlabelled")
        return {
            "dataset": self.dataset,
            "n_sources": self.n_sources,
            "female": self.female,
            "female_pct": self.percent(self.female),
            "male_or_unknown": self.male_or_unknown,
            "male_or_unknown_pct": self.percent(self.male_or_unknown),
            "age_availability": shown["age_availability"],
            "age_measured_n": self.age_measured_n,
            "age_measured_pct": self.percent(self.age_measured_n),
            "age_measured_years": shown["age_measured_years"],
            "finding_stratum": {key: shown[key] for key in findings},
        }


def source_records(
    sources: Iterable[str],
    metadata: Mapping[str, StatedMetadata],
    labels: Mapping[str, frozenset[int]],
    problems: list[Problem],
) -> list[SourceRecord]:
    """A record a source, nothing in it imputed; what is missing or contradicts itself goes to `problems`.

    Where the id of a source says sex and age, these count, and the metadata must agree with them. An age of 0 is taken
    for unknown, and so is one of 45 where no id confirms it.
    """
    return [_record(source_id, metadata.get(source_id), labels, problems) for source_id in sorted(sources)]


def _record(
    source_id: str, stated: StatedMetadata | None, labels: Mapping[str, frozenset[int]], problems: list[Problem]
) -> SourceRecord:
    dataset = dataset_of(source_id)
    if stated is None:
        said = f"the source {source_id} of the common core is missing"
        problems.append(Problem(layout.SOURCE_METADATA, said, ProblemKind.MISSING))
        stated = StatedMetadata(None, False)
    female, age = stated.female, stated.age
    if dataset == BUU:
        by_id = stated_by_id(source_id)
        if by_id is None:
            problems.append(Problem(source_id, "the id does not say sex and age, as other ids of this collection do"))
        else:
            problems += compare_with_id(source_id, stated, f"{layout.SOURCE_METADATA}: {source_id}")
            female, age = by_id.female, float(by_id.age)
    return SourceRecord(dataset, female, age, _availability(age, confirmed=dataset == BUU), labels.get(source_id))


def _availability(age: float | None, *, confirmed: bool) -> str:
    measured, sentinel, zero, absent = _AVAILABILITY
    if age is None:
        return absent
    if age == 0:
        return zero
    return sentinel if age == 45 and not confirmed else measured


def demographics_of(dataset: str, records: Sequence[SourceRecord]) -> DemographicsRow:
    """What the sources of one collection come to."""
    availability = Counter(record.availability for record in records)
    labels = [record.labels for record in records if record.labels is not None]
    with_finding = sum(map(has_finding, labels))
    return DemographicsRow(
        dataset,
        len(records),
        sum(record.female for record in records),
        {name: availability[name] for name in _AVAILABILITY},
        _age_years([r.age for r in records if r.availability == _MEASURED and r.age is not None]),
        with_finding,
        len(labels) - with_finding,
        sum(not each for each in labels),
    )


def _age_years(ages: Sequence[float]) -> AgeYears:
    exact = [Fraction(age) for age in ages]
    bins = {f"[{low},{high})": sum(low <= age < high for age in ages) for low, high in _AGE_BINS}
    bins |= {f"{_AGE_BINS[-1][1]} and over": over} if (over := len(ages) - sum(bins.values())) else {}
    return AgeYears(
        float(mean(exact)) if exact else None,
        float(stdev(exact)) if len(exact) > 1 else None,
        float(pstdev(exact)) if exact else None,
        float(median(exact)) if exact else None,
        min(ages, default=None),
        max(ages, default=None),
        bins,
    )
