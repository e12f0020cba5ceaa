"""Both endpoints and the noise floor by stratum, and how strata differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from spinefairbench.analysis.contrasts import ContrastRow, contrasts, finished
from spinefairbench.analysis.estimates import (
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
    models: Sequence[ModelReports], by: Sequence[str], metadata: Metadata, bootstrap: Bootstrap = FROZEN
) -> Request[Breakdown]:
    """Strata and contrasts of each model; `by` names some of `BREAKDOWNS`.

    A stratum without a pair is left out.
    """
    return strata_request(
        [group for model in models for name in by for group in grouped(model, name, metadata)], bootstrap
    )


def strata_request(groups: Sequence[Strata], bootstrap: Bootstrap = FROZEN) -> Request[Breakdown]:
    """A row for each stratum of each group, in the order given, and the contrasts of each group.

    Endpoints resample the sources of the stratum, as everywhere; excesses and paired contrasts resample all sources of
    the model (see `partial_means`).
    """
    strata = [(group, stratum) for group in groups for stratum in group.strata]
    asked = [
        contrast
        for group in groups
        for contrast in (joint_contrasts(group) if group.grouping.joint else contrasts(group))
    ]
    of_strata = len(strata) * len(ENDPOINTS)

    def finish(found: Sequence[Estimate]) -> Breakdown:
        estimates = in_endpoint_pairs(found[:of_strata])
        excesses = in_endpoint_pairs(found[of_strata : 2 * of_strata])
        rows = [_row(*stratum, *both) for stratum, *both in zip(strata, estimates, excesses, strict=True)]
        return Breakdown(rows, finished(asked, found[2 * of_strata :], bootstrap))

    samples = [Sample(totals) for _, stratum in strata for totals in stratum.pairs.totals]
    for group, stratum in strata:
        samples += map(partial_mean, _excess_values(stratum.floors, group.sources))
    samples += [partial_mean(contrast.differences) for contrast in asked if contrast.row.paired]

    return Request(samples, finish)


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


def _row(
    group: Strata, stratum: Stratum, estimates: ByEndpoint[Estimate], excess: ByEndpoint[Estimate]
) -> BreakdownRow:
    return BreakdownRow(
        model=group.model,
        by=group.by,
        of=group.grouping.of,
        stratum=stratum.name,
        usable_pairs=len(stratum.usable),
        estimates=estimates,
        floor=floor_row(group.model, stratum.floors, excess),
    )
