"""What ids of sources say, and that ids of another form say nothing."""

import pytest

from spinefairbench.bundle.source_ids import dataset_of, file_names, source_of_file, stated_by_id


@pytest.mark.parametrize(
    ("source_id", "stated"),
    [
        ("buu_0001-F-037Y0", (True, 37)),
        ("buu_12-M-090Y1", (False, 90)),
        ("buu_0002-F-045Y0", (True, 45)),
        ("buu_0002-f-045Y0", (False, 45)),
        ("buu_0002-F-1000Y0", None),
        ("buu_0002-F-04\u0665Y0", None),
        ("buu_0002-F-045Y", None),
        ("buu_0002-F-045Y0\n", None),
        ("buu_x", None),
        ("vindr_0123abcd", None),
    ],
)
def test_sex_and_age_are_read_from_ids_of_one_form_only(source_id: str, stated: tuple[bool, int] | None) -> None:
    assert stated_by_id(source_id) == stated


def test_the_collection_is_what_stands_before_the_first_underscore() -> None:
    assert [dataset_of(each) for each in ("buu_0001-F-037Y0", "vindr_1_2", "other")] == ["buu", "vindr", "other"]


def test_a_file_is_called_as_its_collection_calls_it_or_by_the_whole_id() -> None:
    assert file_names("buu_0001-F-037Y0") == ("buu_0001-F-037Y0", "0001-F-037Y0")
    assert (file_names("odd"), file_names("odd_")) == (("odd",), ("odd_",))


@pytest.mark.parametrize("source_id", ["buu_0001-F-037Y0", "vindr_" + "0f" * 16])
def test_names_of_files_lead_back_to_the_source(source_id: str) -> None:
    assert [source_of_file(name) for name in file_names(source_id)] == [source_id, source_id]


@pytest.mark.parametrize(
    "name", ["scan", "0f" * 15, "0F" * 16, "0001-F-037Y", "vindr_0001-F-037Y0", "buu_" + "0f" * 16, ""]
)
def test_other_names_are_of_no_source(name: str) -> None:
    assert source_of_file(name) is None
