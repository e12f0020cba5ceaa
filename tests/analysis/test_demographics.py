"""Sex, age and labels of sources, worked by hand: what may be unknown is not counted, and nothing is imputed."""

import pytest

from spinefairbench.analysis.demographics import demographics_of, source_records
from spinefairbench.bundle.source_metadata import StatedMetadata
from spinefairbench.problems import Problem

METADATA = {
    "buu_1-F-045Y0": StatedMetadata(45.0, True),
    "buu_2-M-000Y0": StatedMetadata(0.0, False),
    "buu_3-F-091Y0": StatedMetadata(None, True),
    "buu_4-M-017Y1": StatedMetadata(17.0, False),
    "vindr_a": StatedMetadata(45.0, True),
    "vindr_b": StatedMetadata(0.0, False),
    "vindr_c": StatedMetadata(None, False),
    "vindr_d": StatedMetadata(18.0, False),
    "vindr_e": StatedMetadata(74.5, True),
}
LABELS = {
    **{source_id: frozenset[int]() for source_id in METADATA if source_id.startswith("buu")},
    "vindr_a": frozenset({7}), "vindr_b": frozenset({0, 7}), "vindr_c": frozenset({12}), "vindr_d": frozenset[int](),
}  # fmt: skip


def _records(metadata: dict[str, StatedMetadata] = METADATA) -> tuple[list[Problem], dict[str, list[str]]]:
    problems: list[Problem] = []
    found: dict[str, list[str]] = {}
    for record in source_records(metadata, metadata, LABELS, problems):
        found.setdefault(record.dataset, []).append(record.availability)
    return problems, found


def test_an_age_of_45_counts_where_the_id_confirms_it_and_0_never() -> None:
    assert _records() == (
        [],
        {
            "buu": ["measured", "unavailable_zero", "measured", "measured"],
            "vindr": ["unavailable_sentinel_45", "unavailable_zero", "not_stated", "measured", "measured"],
        },
    )


def test_each_collection_is_counted_by_hand() -> None:
    records = source_records(METADATA, METADATA, LABELS, [])
    buu = demographics_of("buu", [record for record in records if record.dataset == "buu"])
    vindr = demographics_of("vindr", [record for record in records if record.dataset == "vindr"])
    assert (buu.n_sources, buu.female, buu.male_or_unknown, buu.age_measured_n) == (4, 2, 2, 3)
    ages = buu.age_measured_years
    assert (ages.mean, ages.median, ages.min, ages.max) == (51.0, 45.0, 17.0, 91.0)
    # Deviations of -6, 40 and -34.
    assert ages.sd == pytest.approx((2792 / 2) ** 0.5) and ages.sd_population == pytest.approx((2792 / 3) ** 0.5)
    assert ages.bins == {
        "[0,18)": 1, "[18,30)": 0, "[30,45)": 0, "[45,60)": 1, "[60,75)": 0, "[75,91)": 0, "91 and over": 1,
    }  # fmt: skip
    assert (buu.any_finding, buu.no_finding_label_or_unascertained, buu.unlabelled) == (0, 4, 4)
    # The labels of the last source could not be read, so it is in neither stratum.
    assert (vindr.any_finding, vindr.no_finding_label_or_unascertained, vindr.unlabelled) == (2, 2, 1)
    assert vindr.to_json()["age_measured_pct"] == 40.0
    assert vindr.age_measured_years.bins["[18,30)"] == vindr.age_measured_years.bins["[60,75)"] == 1


def test_no_age_at_all_gives_no_moments() -> None:
    [record] = source_records(["vindr_b"], METADATA, LABELS, [])
    ages = demographics_of("vindr", [record]).age_measured_years
    assert (ages.mean, ages.sd, ages.sd_population, ages.median, ages.min, ages.max) == (None,) * 6
    assert set(ages.bins.values()) == {0}


@pytest.mark.parametrize(
    ("source_id", "stated", "said"),
    [
        ("buu_1-F-045Y0", StatedMetadata(44.0, True), "source_age is 44.0; the id says 45"),
        ("buu_1-F-045Y0", StatedMetadata(45.0, False), "source_sex is not F; the id says F"),
        ("buu_1-M-045Y0", StatedMetadata(45.0, True), "source_sex is F; the id says another one"),
        ("buu_1", StatedMetadata(45.0, True), "the id does not say sex and age"),
    ],
)
def test_metadata_that_contradict_the_id_are_told(source_id: str, stated: StatedMetadata, said: str) -> None:
    [problem], _ = _records({source_id: stated})
    assert said in str(problem) and source_id in str(problem)


def test_a_source_without_metadata_is_told_and_counted() -> None:
    problems: list[Problem] = []
    records = source_records(["vindr_x"], {}, LABELS, problems)
    assert [str(problem) for problem in problems] == [
        "dataset/source_metadata.json: the source vindr_x of the common core is missing"
    ]
    assert demographics_of("vindr", records).age_availability["not_stated"] == 1
