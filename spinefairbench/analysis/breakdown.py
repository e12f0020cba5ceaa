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
    answer,
    flat_estimates,
    in_endpoint_pairs,
)
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.joint_contrasts import joint_contrasts
from spinefairbench.analysis.noise_floor import Floors, NoiseFloorRow, floor_row
from spinefairbench.analysis.partial_means import Values, partial_means
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.analysis.strata import BREAKDOWNS_WITHOUT_METADATA, Metadata, Strata, Stratum, grouped
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata, read_source_metadata
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import no_usable_pair
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Breakdown", "BreakdownRow", "breakdown", "breakdown_request", "check"]


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

    A stratum without a pair is left out. Endpoints resample the sources of the stratum, as everywhere; excesses and
    paired contrasts resample all sources of the model, those without a value counting neither above nor below the line.
    """
    groups = [group for model in models for name in by for group in grouped(model, name, metadata)]
    strata = [(group, stratum) for group in groups for stratum in group.strata]

    def finish(found: Sequence[Estimate]) -> Breakdown:
        excesses = [values for group, stratum in strata for values in _excess_values(stratum.floors, group.sources)]
        asked = [
            contrast
            for group in groups
            for contrast in (joint_contrasts(group) if group.grouping.joint else contrasts(group))
        ]
        paired = [contrast.differences for contrast in asked if contrast.row.paired]
        means = partial_means([*excesses, *paired], bootstrap)
        pairs = zip(strata, in_endpoint_pairs(found), in_endpoint_pairs(means[: len(excesses)]), strict=True)
        rows = [_row(group, stratum, estimates, excess) for (group, stratum), estimates, excess in pairs]
        return Breakdown(rows, finished(asked, means[len(excesses) :], bootstrap))

    return Request([Sample(totals) for _, stratum in strata for totals in stratum.pairs.totals], finish)


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


# --- the command -----------------------------------------------------------------------------------------------


def breakdown(panels: PanelReports, by: str, metadata: Metadata, *, bootstrap: Bootstrap = FROZEN) -> CheckResult:
    """Strata as rows, contrasts under `contrasts`, what was adjusted for what under `family`."""
    models = panels.models
    rows, contrast_rows = answer(breakdown_request(models, [by], metadata, bootstrap), bootstrap)
    problems = list(panels.problems)
    problems += [no_usable_pair(model.model) for model in models if not model.usable]
    summary: dict[str, Any] = {
        "contrasts": plain(contrast_rows),
        "family": {
            "intervals": "unadjusted: each of them holds at 95% on its own",
            "intervals_of_strata": sum(each.ci95 is not None for row in rows for each in row.estimates),
            "intervals_of_contrasts": sum(row.estimate.ci95 is not None for row in contrast_rows),
            "p_values": "p_holm is adjusted by Holm over all contrasts of the model under one breakdown (model, by)",
        },
    }
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(_notes(by, models, metadata, rows)))


def _notes(by: str, models: Sequence[ModelReports], metadata: Metadata, rows: Sequence[BreakdownRow]) -> list[str]:
    notes = []
    if by in ("age", "sex"):
        notes.append(
            f"strata of `edit` are by the {by} that the edit asked for, strata of `source` by what the dataset says "
            "of the source"
        )
    if by in ("age", "sex", "same-or-cross"):
        notes.append(
            "source ages of 45.0 and 0 and sexes other than F may stand for unknown; they are reported as unknown, "
            "not imputed"
        )
    if by in ("age", "same-or-cross"):
        notes.append("a source counts as young below 50 years, halfway between the ages that the edits ask for")
    if by == "same-or-cross":
        notes.append("same: the edit asked for the age group (or sex) that the source has; cross: for the other one")
        notes.append(
            "age and sex: the contrasts are those with the edit that keeps both, which only renders the image anew, and "
            "the last is their difference in differences"
        )
    sources = {pair.source_id for model in models for pair in model.pairs}
    if by == "same-or-cross":
        notes.append(_known_words([metadata[source_id] for source_id in sources & metadata.keys()], len(sources)))
    missing = len(sources - metadata.keys())
    if missing and by not in BREAKDOWNS_WITHOUT_METADATA:
        notes.append(f"{missing} of {len(sources)} sources have no metadata; they count as unknown")
    if by != "dataset":
        notes.append(
            "contrasts within a source have the same F on both sides, so a difference of change rates is one of "
            "excesses too"
        )
    shown = [(*row.estimates, *(floor.excess for floor in row.floor.endpoints)) for row in rows]
    return notes + adjustment_notes([each for of_row in shown for each in of_row])


def _known_words(known: Sequence[SourceMetadata], n_sources: int) -> str:
    ages = sum(each.age is not None for each in known)
    sexes = sum(each.sex is not None for each in known)
    both = sum(None not in each for each in known)
    return (
        f"of {n_sources:,} sources the age group is known of {ages:,}, the sex of {sexes:,} and both of {both:,}; a code "
        "other than F does not identify men, so all of known sex are female and every cross-sex edit asks for a male"
    )


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `breakdown`."""
    metadata = read_source_metadata(inputs.bundle)
    return breakdown(inputs.panels(), inputs.options.by, metadata, bootstrap=inputs.bootstrap)
