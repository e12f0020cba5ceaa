"""The values of the secondary endpoints: one number a report, and their differences pair by pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from spinefairbench.analysis.estimates import Bounds, Sample
from spinefairbench.bundle.source_ids import VINDR, dataset_of
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.readability import TextMarks
from spinefairbench.metrics.report_terms import HIGHEST_SEVERITY
from spinefairbench.metrics.unmatched_predictions import unmatched_units, without_misspelt
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS

__all__ = [
    "ENDPOINTS",
    "UNMATCHED",
    "ModelValues",
    "PairedValues",
    "model_values",
]

SEVERITY: Final = "severity_language"
HEDGING: Final = "confidence"
UNMATCHED: Final = "unmatched_predictions"
ENDPOINTS: Final = (SEVERITY, HEDGING, UNMATCHED)

# Hedging terms have no largest number, but an adjusted interval needs one. The simulations are run with this.
_MOST_HEDGING: Final = 16


@dataclass(frozen=True)
class PairedValues:
    """The values of both reports of each pair, as integers in units of 1/`scale`; two of them differ by at most `most`."""

    source_ids: Sequence[str]
    of_source: Sequence[int]
    of_edited: Sequence[int]
    scale: int = 1
    most: int = 1

    @property
    def differences(self) -> list[int]:
        """The value of the source's report less that of the edit's."""
        return [one - other for one, other in zip(self.of_source, self.of_edited, strict=True)]

    @property
    def published_differences(self) -> list[float]:
        """The same as published: differences of floats, of which two that mean the same fraction may not be equal."""
        pairs = zip(self.of_source, self.of_edited, strict=True)
        return [one / self.scale - other / self.scale for one, other in pairs]

    @property
    def absolute(self) -> Sample:
        """The magnitudes of the differences by source."""
        totals = self._totals([abs(difference) for difference in self.differences]) if self.source_ids else None
        bounds: Bounds = (0, self.most)
        return Sample(totals, bounds)

    @property
    def signed(self) -> ClusterTotals | None:
        """The differences by source; None without a pair."""
        return self._totals(self.differences) if self.source_ids else None

    def _totals(self, units: Sequence[int]) -> ClusterTotals:
        return ClusterTotals.from_units(units, self.source_ids, self.scale)

    def labelled_only(self) -> "PairedValues":
        """Those of the sources whose findings were labelled."""
        kept = [place for place, source in enumerate(self.source_ids) if dataset_of(source) == VINDR]
        return replace(
            self,
            source_ids=[self.source_ids[place] for place in kept],
            of_source=[self.of_source[place] for place in kept],
            of_edited=[self.of_edited[place] for place in kept],
        )


def most_hedging(counts: Sequence[tuple[int, int]]) -> int:
    """By how much the hedging terms of two reports are taken to differ at most, given those of all pairs."""
    return max(_MOST_HEDGING, max((abs(one - other) for one, other in counts), default=0))


class ModelValues(NamedTuple):
    """The values of a model's usable pairs by endpoint, and those of the unmatched predictions with the spelling put right."""

    model: str
    by_endpoint: Mapping[str, PairedValues]
    corrected: PairedValues


def model_values(model: ModelReports, labels_of: Mapping[str, frozenset[int]]) -> ModelValues:
    """The values of a model. Pairs of a source that `labels_of` does not have are left out of the unmatched predictions.

    Raises ValueError where the texts of the reports were not read.
    """
    both = [(_marks(pair.source_marks), _marks(pair.counterfactual_marks)) for pair in model.usable]
    sources = [pair.source_id for pair in model.usable]
    hedging = [(one.hedging, other.hedging) for one, other in both]
    truth_of = {source: sum(1 << label for label in labels) for source, labels in labels_of.items()}
    known = [pair for pair in model.usable if pair.source_id in truth_of]
    by_endpoint = {
        SEVERITY: _paired(sources, [(one.severity, other.severity) for one, other in both], most=HIGHEST_SEVERITY),
        HEDGING: _paired(sources, hedging, most=most_hedging(hedging)),
        UNMATCHED: _unmatched(known, {source: without_misspelt(truth) for source, truth in truth_of.items()}),
    }
    return ModelValues(model.model, by_endpoint, _unmatched(known, truth_of))


def _marks(marks: TextMarks | None) -> TextMarks:
    if marks is None:
        raise ValueError("the texts of the reports were not read")
    return marks


def _unmatched(pairs: Sequence[PairReports], truth_of: Mapping[str, int]) -> PairedValues:
    def units(pair: PairReports, report: ReportFeatures) -> int:
        return unmatched_units(report.labels, truth_of[pair.source_id])

    values = [(units(pair, pair.source), units(pair, pair.counterfactual)) for pair in pairs]
    return _paired([pair.source_id for pair in pairs], values, scale=UNITS)


def _paired(
    sources: Sequence[str], values: Sequence[tuple[int, int]], *, scale: int = 1, most: int = 1
) -> PairedValues:
    return PairedValues(sources, [one for one, _ in values], [other for _, other in values], scale, most)
