"""What ids of sources say, and that ids of another form say nothing."""

import pytest

from spinefairbench.bundle.source_ids import dataset_of, stated_by_id


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
