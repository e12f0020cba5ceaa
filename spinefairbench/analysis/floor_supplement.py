"""What is said of a noise floor beside its frozen figures: T against other pairs, an interval for the normalized excess.

The frozen T compares an edited report with the source report of the same pair alone. The source reports of the other
pairs are calls on the same image, so comparing with them too averages over more of the run-to-run variation.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, NO_ESTIMATE, Estimate, chosen_estimate
from spinefairbench.analysis.report_distances import ReportGroup, SourceReports, reports_by_source, within
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.ratios import IntervalOrReason, fieller_interval

__all__ = [
    "FloorSupplement",
    "OtherPairsSource",
    "against_other_pairs",
    "normalized_interval",
    "other_pairs_excess",
]


class OtherPairsSource(NamedTuple):
    """T against the other pairs, and its excess over F, of one source; exact fractions."""

    source_id: str
    changed: ByEndpoint[Fraction]
    excess: ByEndpoint[Fraction]


@dataclass(frozen=True)
class FloorSupplement:
    """Beside the frozen figures of one endpoint: T against other pairs, what is left of it, an interval.

    `changed` in [0, 1] and `excess` in [-1, 1] weight the sources equally; None where there is none.
    `normalized` is the interval of the frozen normalized excess.
    """

    changed: float | None
    excess: Estimate
    normalized: IntervalOrReason

    def fields(self) -> dict[str, Any]:
        """The fields that stand beside those of the frozen floor."""
        return {
            "normalized_excess_ci95": self.normalized.interval,
            "normalized_excess_ci95_reason": self.normalized.reason,
            "n_sources_other_pairs": self.excess.n_sources,
            "T_other_pairs": self.changed,
            "excess_other_pairs": self.excess.value,
            "excess_other_pairs_ci95": self.excess.ci95,
        }


def against_other_pairs(model: ModelReports) -> list[OtherPairsSource]:
    """T of each source against the source reports of its other pairs, sources sorted by id.

    Of a source, the mean over its usable edited reports of the mean distance to all its usable source reports but the
    one of the same pair. A source needs one usable edited report and two usable source reports. Unlike the frozen T,
    it also uses an edited report whose own source report is a refusal.
    """
    return [
        OtherPairsSource(source_id, changed, ByEndpoint.collect(t - f for t, f in zip(changed, repeated, strict=True)))
        for source_id, source in reports_by_source(model).items()
        if len(source.source_reports) > 1 and (changed := _changed(source)) is not None
        for repeated in (within(source.source_reports),)
    ]


def _changed(source: SourceReports) -> ByEndpoint[Fraction] | None:
    group = ReportGroup(source.source_reports)
    compared = [pair for pair in source.pairs if pair.counterfactual.usable]
    if not compared:
        return None

    def mean_of(endpoint: Endpoint) -> Fraction:
        # Summed by the number of other reports, which is one more where the pair's own is a refusal.
        units: Counter[int] = Counter()
        for pair in compared:
            edited, own = pair.counterfactual, pair.source
            of_all, _ = group.moments(endpoint, endpoint.categories(edited))
            left_out = endpoint.distance(own, edited) if own.usable else 0
            units[len(source.source_reports) - own.usable] += of_all - left_out
        scale = endpoint.scale * len(compared)
        return sum((Fraction(each, number * scale) for number, each in units.items()), Fraction(0))

    return ByEndpoint.of(mean_of)


def other_pairs_excess(sources: Sequence[OtherPairsSource]) -> ByEndpoint[Estimate]:
    """The mean excess over F on each endpoint, the sources weighing the same.

    Its interval is the one that `statistics.intervals` takes where the percentile interval fails, whether or not it
    does: with 50 sources, of which few differ, the percentile interval covers 0.925 (scripts/validation/floors.py), and
    no frozen figure asks for it here. None with fewer than two sources.
    """
    if not sources:
        return ByEndpoint(NO_ESTIMATE, NO_ESTIMATE)
    ids = [source.source_id for source in sources]
    columns = zip(*(source.excess for source in sources), strict=True)
    return ByEndpoint.collect(
        chosen_estimate(ClusterTotals.from_fractions(values, ids), DIFFERENCE) for values in columns
    )


def normalized_interval(changed: Sequence[Fraction], repeated: Sequence[Fraction]) -> IntervalOrReason:
    """The interval of (T - F)/(1 - F), from T and F of each source; it ends at 1, the largest value there is."""
    found = fieller_interval([t - f for t, f in zip(changed, repeated, strict=True)], [1 - floor for floor in repeated])
    if found.interval is None:
        return found
    lower, upper = found.interval
    return IntervalOrReason((lower, min(1.0, upper)))
