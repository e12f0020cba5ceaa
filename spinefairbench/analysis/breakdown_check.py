"""The command breakdown: strata, their contrasts, and what must be known to read them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from spinefairbench.analysis.breakdown import (
    Breakdown,
    BreakdownRow,
    breakdown_request,
    family_of,
    strata_adjustment_notes,
)
from spinefairbench.analysis.estimates import Request, answer
from spinefairbench.analysis.finding_check import by_finding
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.analysis.strata import BREAKDOWNS_WITHOUT_METADATA, FINDING, Metadata
from spinefairbench.bundle.metadata_agreement import Agreement, metadata_agreement
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata, read_source_metadata
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import no_usable_pair
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

__all__ = ["ask", "breakdown", "check"]


def breakdown(panels: PanelReports, by: str, metadata: Metadata, *, bootstrap: Bootstrap = FROZEN) -> CheckResult:
    """Strata as rows, contrasts under `contrasts`, what was adjusted for what under `family`."""
    return answer(_request(panels, by, metadata, bootstrap), bootstrap)


def _request(panels: PanelReports, by: str, metadata: Metadata, bootstrap: Bootstrap) -> Request[CheckResult]:
    return breakdown_request(panels.models, [by], metadata, bootstrap).then(partial(_told, panels, by, metadata))


def _told(panels: PanelReports, by: str, metadata: Metadata, found: Breakdown) -> CheckResult:
    models = panels.models
    rows, contrast_rows = found
    problems = list(panels.problems)
    problems += [no_usable_pair(model.model) for model in models if not model.usable]
    summary: dict[str, Any] = {
        "contrasts": plain(contrast_rows),
        "family": family_of(rows, contrast_rows, " under one breakdown (model, by)"),
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
    return notes + strata_adjustment_notes(rows)


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
    return answer(ask(inputs), inputs.bootstrap)


def ask(inputs: Inputs) -> Request[CheckResult]:
    """What the command `breakdown` needs estimated. Raises BundleError or UsageError."""
    if inputs.options.by == FINDING:
        return by_finding(inputs)
    by = inputs.options.by
    metadata = read_source_metadata(inputs.bundle)
    request = _request(inputs.panels(marks=False), by, metadata, inputs.bootstrap)
    if by in BREAKDOWNS_WITHOUT_METADATA:
        return request
    agreement = metadata_agreement(inputs.bundle)
    return request.then(partial(_with_agreement, agreement))


def _with_agreement(agreement: Agreement, result: CheckResult) -> CheckResult:
    """A stratum by age or sex is no better than what is stated of it."""
    return replace(
        result,
        problems=(*result.problems, *agreement.problems),
        not_checked=(*result.not_checked, *agreement.not_checked),
    )
