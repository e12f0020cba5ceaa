"""Intervals that resample patients, where two sources may be views of one patient."""

from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, SOURCES, Limit, Study, batches, chooser_of, covers, shares
from spinefairbench.analysis.estimates import DIFFERENCE, RATE, Sample, answer, estimates
from spinefairbench.analysis.patient_clusters import Quantity, patients_request
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(500)
_PAIRS: Final = 4
_CORRELATION: Final = 0.5


class PatientCell(NamedTuple):
    """A rate over four pairs a source, or an excess with one value a source; the share of sources with a second view."""

    kind: str
    mean: float
    paired_views: float
    sources: int


def _cells(quick: bool) -> list[PatientCell]:
    if quick:
        return [PatientCell("rate", 0.3, 1.0, 20), PatientCell("excess", 0.1, 0.5, 50)]
    return [
        PatientCell(kind, mean, views, sources)
        for kind, mean in (("rate", 0.02), ("rate", 0.1), ("rate", 0.5), ("excess", 0.1))
        for views in (1.0, 0.5)
        for sources in SOURCES
    ]


def _sample(cell: PatientCell, seed: int, number: int) -> Sample:
    chooser = chooser_of(seed, cell, number)
    weight = (1 - _CORRELATION) / _CORRELATION
    paired = round(cell.sources * cell.paired_views / 2)
    views = [2] * paired + [1] * (cell.sources - 2 * paired)
    ids: list[str] = []
    values: list[int] = []
    for patient, sources in enumerate(views):
        # Both views of a patient share one level, so they are as alike as pairs of one source.
        level = chooser.betavariate(cell.mean * weight, (1 - cell.mean) * weight)
        for view in range(sources):
            source_id = f"buu_{patient:04}-F-050Y{view}"
            if cell.kind == "rate":
                ids += [source_id] * _PAIRS
                values += [chooser.random() < level for _ in range(_PAIRS)]
            else:
                # Four binary outcomes against four of chance 0.3: in quarters, with mean level - 0.3.
                ids.append(source_id)
                values.append(
                    sum(chooser.random() < level for _ in range(_PAIRS))
                    - sum(chooser.random() < 0.3 for _ in range(_PAIRS))
                )
    if cell.kind == "rate":
        return Sample(ClusterTotals.from_units(values, ids, 1), RATE)
    return Sample(ClusterTotals.from_units(values, ids, _PAIRS), DIFFERENCE)


def _measure(cell: PatientCell, n_data_sets: int, seed: int) -> dict[str, float]:
    truth = cell.mean if cell.kind == "rate" else cell.mean - 0.3
    counts = {"patient": 0, "source": 0}
    for numbers in batches(n_data_sets):
        samples = [_sample(cell, seed, number) for number in numbers]
        rows = answer(patients_request([Quantity("m", "q", sample) for sample in samples]), _RESAMPLES)
        counts["patient"] += sum(covers(row.estimate, truth) for row in rows)
        counts["source"] += sum(covers(each, truth) for each in estimates(samples, _RESAMPLES))
    return shares(counts, n_data_sets)


STUDIES: Final = (
    Study(
        "patients",
        "Patients as clusters",
        "Of the stated share of sources, two are views of one patient and share one level, with an intra-cluster "
        f"correlation of {_CORRELATION}. An entry is the coverage of the printed interval that resamples patients, and of "
        "the one that resamples sources.",
        (
            "table2: summary.patients[].ci95",
            "table2: summary.patients[].adjusted_ci95",
            "noise-floor: summary.patients[].ci95",
            "noise-floor: summary.patients[].adjusted_ci95",
            "audit: summary.patients[].ci95",
            "audit: summary.patients[].adjusted_ci95",
        ),
        _cells,
        _measure,
        (Limit("patient", low=COVERAGE),),
    ),
)
