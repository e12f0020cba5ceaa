"""Intervals that resample patients, beside those that resample sources.

Two views of one patient are two sources, and what a model says of them may be alike. The published intervals take
sources for independent; these do not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from spinefairbench.analysis.estimates import Estimate, Request, Sample, answer
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.bundle.patients import patient_of
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

__all__ = ["PatientRow", "Quantity", "patient_notes", "patients_request", "with_patients"]


class Quantity(NamedTuple):
    """A mean over sources to be estimated once more with patients as clusters; its sources have ids."""

    model: str
    name: str
    sample: Sample


@dataclass(frozen=True)
class PatientRow(Row):
    """One mean with its patient-clustered interval; the mean is the one over sources.

    Of `n_sources` sources of `n_patients` patients, `sources_sharing_a_patient` have another of the same patient
    among them.
    """

    ESTIMATES: ClassVar = {"estimate": "estimate"}

    model: str
    quantity: str
    n_sources: int
    n_patients: int
    sources_sharing_a_patient: int
    estimate: Estimate


def patients_request(quantities: Sequence[Quantity]) -> Request[list[PatientRow]]:
    """A row for each quantity, in the order given."""
    regrouped = [
        Sample(None if totals is None else totals.regrouped(patient_of), bounds)
        for _, _, (totals, bounds, _) in quantities
    ]
    return Request(
        regrouped, lambda found: [_row(quantity, each) for quantity, each in zip(quantities, found, strict=True)]
    )


def _row(quantity: Quantity, estimate: Estimate) -> PatientRow:
    totals = quantity.sample.totals
    patients = Counter(map(patient_of, totals.ids or ())) if totals is not None else Counter[str]()
    reason = estimate.adjustment_reason
    return PatientRow(
        quantity.model,
        quantity.name,
        patients.total(),
        len(patients),
        sum(sources for sources in patients.values() if sources > 1),
        # The statistics call every cluster a source.
        replace(estimate, adjustment_reason=None if reason is None else reason.replace("source", "patient")),
    )


def patient_notes(rows: Sequence[PatientRow]) -> list[str]:
    """How many sources share a patient, and what the rows are, a sentence each; none without rows."""
    if not rows:
        return []
    most = max(rows, key=lambda row: row.n_sources)
    return [
        (
            f"{most.sources_sharing_a_patient} of {most.n_sources} sources share a patient with another one, as far as "
            "their ids say; the intervals under `patients` resample patients, all others resample sources"
        )
    ]


def with_patients(result: CheckResult, quantities: Sequence[Quantity], bootstrap: Bootstrap = FROZEN) -> CheckResult:
    """The result with these quantities under `patients`, nothing else changed."""
    rows = answer(patients_request(quantities), bootstrap)
    return replace(
        result,
        summary={**result.summary, "patients": plain(rows)},
        notes=(*result.notes, *patient_notes(rows)),
    )
