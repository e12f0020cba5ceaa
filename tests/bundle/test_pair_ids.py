"""What is a pair id, and where its source ends."""

import pytest

from spinefairbench.bundle.pair_ids import pair_id_of, parts_of, source_of, split_pair_id


@pytest.mark.parametrize("pair_id", ["", "x", "__young_male", "x__young", "x_young_male", "x__young_male "])
def test_what_is_no_pair_id(pair_id: str) -> None:
    assert split_pair_id(pair_id) is None


def test_a_source_id_may_hold_the_separator() -> None:
    assert split_pair_id("a__b__young_male") == parts_of("a__b__young_male") == ("a__b", "young_male")
    assert source_of("a__b__young_male") == "a__b"
    assert pair_id_of("a__b", "young_male") == "a__b__young_male"


def test_what_pairs_share_is_one_object() -> None:
    one, other = (parts_of(pair_id_of("s1", edit)) for edit in ("young_male", "young_female"))
    assert one[0] is other[0]
