"""Both endpoints and the noise floor by stratum, and how strata differ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from spinefairbench.analysis.contrasts import ContrastRow, contrasts, finished, paired_p_values
from spinefairbench.analysis.estimates import (
    NO_ESTIMATE,
    Estimate,
    Request,
    Sample,
    adjustment_notes,
    flat_estimates,
    in_endpoint_pairs,
)
from spinefairbench.analysis.joint_contrasts import joint_contrasts
from spinefairbench.analysis.noise_floor import Floors, NoiseFloorRow, floor_row
from spinefairbench.analysis.partial_means import Values, partial_mean
from spinefairbench.analysis.report_distances import BySource, reports_by_source
from spinefairbench.analysis.result import Row, plain
from spinefairbench.analysis.strata import Metadata, Strata, Stratum, grouped
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Breakdown", "BreakdownRow", "breakdown_request", "family_of", "strata_adjustment_notes", "strata_request"]


@dataclass(frozen=True)
class BreakdownRow(Row):
    """One stratum of one model: endpoints with their intervals, and the floor of the stratum's pairs.

    T of the floor is over the stratum's pairs, F over all reports on the source image.
    """

    model: str
    by: str
    of: str
    stratum: str
    usable_pairs: int
    estimates: ByEndpoint[Estimate]
    floor: NoiseFloorRow

    @property
    def n_sources(self) -> int:
        """The sources with a usable pair of the stratum."""
        return self.estimates.recommendation.n_sources

    def to_json(self) -> dict[str, Any]:
        """Both endpoints side by side."""
        return {
            "model": self.model,
            "by": self.by,
            "of": self.of,
            "stratum": self.stratum,
            "usable_pairs": self.usable_pairs,
            "n_sources": self.n_sources,
            **flat_estimates(self.estimates),
            "floor": plain(self.floor),
        }


class Breakdown(NamedTuple):
    """Strata, a row each, and their contrasts."""

    rows: list[BreakdownRow]
    contrasts: list[ContrastRow]


def breakdown_request(
    models: Sequence[ModelReports],
    by: Sequence[str],
    metadata: Metadata,
    bootstrap: Bootstrap = FROZEN,
    *,
    excess_intervals: bool = True,
    reported: Sequence[BySource] | None = None,
) -> Request[Breakdown]:
    """Strata and contrasts of each model; `by` names some of `BREAKDOWNS`, the rest is as for `strata_request`.

    A stratum without a pair is left out. `reported` is `reports_by_source` of each model, where it is known.
    """
    known = zip(models, reported or map(reports_by_source, models), strict=True)
    groups = [group for model, by_source in known for name in by for group in grouped(model, name, metadata, by_source)]
    return strata_request(groups, bootstrap, excess_intervals=excess_intervals)


def strata_request(
    groups: Sequence[Strata], bootstrap: Bootstrap = FROZEN, *, excess_intervals: bool = True
) -> Request[Breakdown]:
    """A row for each stratum of each group, in the order given, and the contrasts of each group.

    Endpoints resample the sources of the stratum, as everywhere; excesses and paired contrasts resample all sources of
    the model (see `partial_means`). `excess_intervals`: whether intervals of the excesses of strata are wanted.
    """
    strata = [(group, stratum) for group in groups for stratum in group.strata]
    rows = [_row(*stratum) for stratum in strata]
    asked = [
        contrast
        for group in groups
        for contrast in (joint_contrasts(group) if group.grouping.joint else contrasts(group))
    ]
    endpoints = [Sample(totals) for _, stratum in strata for totals in stratum.pairs.totals]
    excesses = (
        [partial_mean(values) for group, stratum in strata for values in _excess_values(stratum.floors, group.sources)]
        if excess_intervals
        else []
    )
    differences = [contrast.difference for contrast in asked if contrast.difference is not None]

    @cache
    def p_values() -> dict[int, float]:
        return paired_p_values(asked, bootstrap)

    def finish(found: Sequence[Estimate]) -> Breakdown:
        left = iter(found)
        of_endpoints = in_endpoint_pairs(list(islice(left, len(endpoints))))
        estimated = [replace(row, estimates=own) for row, own in zip(rows, of_endpoints, strict=True)]
        if excess_intervals:
            of_excesses = in_endpoint_pairs(list(islice(left, len(excesses))))
            estimated = [
                replace(row, floor=row.floor.with_excess(excess))
                for row, excess in zip(estimated, of_excesses, strict=True)
            ]
        return Breakdown(estimated, finished(asked, list(left), p_values()))

    return Request([*endpoints, *excesses, *differences], finish, p_values)


def family_of(rows: Sequence[BreakdownRow], contrast_rows: Sequence[ContrastRow], p_values: str) -> dict[str, Any]:
    """What was adjusted for what, for the summary; `p_values` says over which contrasts p_holm is adjusted."""
    return {
        "intervals": "unadjusted: each of them holds at 95% on its own",
        "intervals_of_strata": sum(each.ci95 is not None for row in rows for each in row.estimates),
        "intervals_of_contrasts": sum(row.estimate.ci95 is not None for row in contrast_rows),
        "p_values": f"p_holm is adjusted by Holm over all contrasts of the model{p_values}",
    }


def strata_adjustment_notes(rows: Sequence[BreakdownRow]) -> list[str]:
    """One sentence where intervals of endpoints or excesses need an adjusted one."""
    return adjustment_notes(
        [each for row in rows for each in (*row.estimates, *(floor.excess for floor in row.floor.endpoints))]
    )


def _excess_values(floors: Floors, sources: Sequence[str]) -> list[Values]:
    """The excess of each source on both endpoints, None where it has none."""
    found: dict[str, ByEndpoint[Fraction]] = {floor.source_id: floor.excess for floor in floors.used}
    return [
        tuple(found[source_id][at] if source_id in found else None for source_id in sources)
        for at in range(len(ENDPOINTS))
    ]


def _row(group: Strata, stratum: Stratum) -> BreakdownRow:
    """The row of a stratum, without what is estimated of it."""
    nothing = ByEndpoint(NO_ESTIMATE, NO_ESTIMATE)
    return BreakdownRow(
        model=group.model,
        by=group.by,
        of=group.grouping.of,
        stratum=stratum.name,
        usable_pairs=len(stratum.usable),
        estimates=nothing,
        floor=floor_row(group.model, stratum.floors),
    )
