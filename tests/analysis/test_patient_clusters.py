"""Intervals that resample patients."""

import pytest

from spinefairbench.analysis.estimates import Sample, answer
from spinefairbench.analysis.patient_clusters import PatientRow, Quantity, patient_notes, patients_request
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals
from spinefairbench.statistics.clusters import ClusterTotals

#: 60 patients with two views each, and 60 sources that are patients of their own.
IDS = [f"buu_{number:04}-M-060Y{view}" for number in range(60) for view in (0, 1)] + [f"vindr_{n}" for n in range(60)]
#: Both views of a patient are changed or neither is.
CHANGED = [number % 3 == 0 for number in range(60) for _ in (0, 1)] + [number % 2 for number in range(60)]


def rows_of(values: list[int], ids: list[str]) -> list[PatientRow]:
    sample = Sample(ClusterTotals.from_units(values, ids, 1))
    return answer(patients_request([Quantity("m", "recommendation_change", sample)]), Bootstrap(500))


def test_the_mean_stays_and_the_interval_is_that_of_the_patients() -> None:
    [row] = rows_of(CHANGED, IDS)
    assert (row.n_sources, row.n_patients, row.sources_sharing_a_patient) == (180, 120, 120)
    by_source = ClusterTotals.from_units(CHANGED, IDS, 1)
    assert row.estimate.value == by_source.estimate == pytest.approx(70 / 180)
    patients = [each[:-1] if each.startswith("buu_") else each for each in IDS]
    by_hand = ClusterTotals.from_units(CHANGED, patients, 1)
    [expected, narrower] = percentile_intervals([by_hand, by_source], Bootstrap(500))
    assert row.estimate.ci95 == expected
    assert expected[1] - expected[0] > 1.15 * (narrower[1] - narrower[0])


def test_the_reasons_speak_of_patients() -> None:
    [row] = rows_of([0, 1, 1, 1], ["buu_0001-F-037Y0", "buu_0001-F-037Y1", "vindr_1", "vindr_2"])
    assert row.estimate.adjusted_ci95 is not None
    assert str(row.estimate.adjustment_reason).startswith("there are only 3 patients (fewer than 50)")


def test_it_is_said_how_many_sources_share_a_patient() -> None:
    assert patient_notes([]) == []
    [note] = patient_notes(rows_of(CHANGED, IDS))
    assert note.startswith("120 of 180 sources share a patient")


def test_a_model_without_a_value_has_a_row_without_one() -> None:
    [row] = answer(patients_request([Quantity("m", "recommendation_change", Sample(None))]), Bootstrap(10))
    assert (row.n_sources, row.n_patients, row.estimate.value) == (0, 0, None)
