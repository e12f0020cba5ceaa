"""Which sources are views of one patient."""

import pytest

from spinefairbench.bundle.patients import patient_of


def test_two_views_have_one_patient() -> None:
    assert patient_of("buu_0001-F-037Y0") == patient_of("buu_0001-F-037Y1") == "buu_0001-F-037Y"


def test_another_age_or_sex_is_another_patient() -> None:
    assert len({patient_of(f"buu_0001-{sex}-{age}Y0") for sex in "FM" for age in ("037", "038")}) == 4


@pytest.mark.parametrize(
    "source_id",
    ["vindr_00af", "val_0001-F-037Y0", "buu_7", "buu_0001-F-037Y", "buu_0001-F-037Y01", "buu_0001-F-037Y0\n", ""],
)
def test_any_other_source_is_its_own_patient(source_id: str) -> None:
    assert patient_of(source_id) == source_id
