"""Distributions and counts, worked out by hand."""

import pytest

from spinefairbench.generator.effect_rows import AttributeRow, DifferenceRow, NoiseRow, Tally, contrasts
from spinefairbench.generator.released import PROMPTS

from .conftest import needs_libraries


def test_each_two_edits_differ_in_age_in_sex_or_in_both() -> None:
    found = [group for group, _, _ in contrasts(list(PROMPTS))]
    assert sorted(found) == ["age", "age", "age and sex", "age and sex", "sex", "sex"]
    assert list(contrasts(["young_male", "elderly_male"])) == [("age", "elderly_male", "young_male")]


@needs_libraries
def test_quantiles_are_over_the_pairs_and_sources_are_counted_once() -> None:
    tally = Tally()
    for source, value in (("a", 0.0), ("a", 1.0), ("b", 2.0), ("b", 3.0), ("c", 4.0)):
        tally.add(source, "edit and source", "young_male", {"pixels": value})
    (row,) = tally.difference_rows()
    q05, q95 = row.q05, row.q95
    assert (q05, q95) == pytest.approx((0.2, 3.8))
    assert row == DifferenceRow("edit and source", "young_male", "pixels", 3, 5, 1, q05, 1.0, 2.0, 3.0, q95, 4.0)


@needs_libraries
def test_edits_are_set_against_the_noise_of_their_own_source() -> None:
    tally = Tally()
    between = {"a": (3.0, 1.0), "b": (1.0, 1.0), "c": (5.0, 5.0)}
    for source, values in between.items():
        for value in values:
            tally.add(source, "two edits", "age", {"pixels": value})
    for source, value in (("a", 1.5), ("b", 1.0)):  # c has no noise to compare with; b is equal and not more
        tally.add(source, "two null images", "noise", {"pixels": value})
    assert tally.noise_rows(["null", "reconstruction"]) == [NoiseRow("null", "age", "pixels", 2, 1)]


@needs_libraries
def test_an_attribute_says_what_was_asked_for_it() -> None:
    tally = Tally()
    for source, value in (("a", 0.5), ("b", -0.5), ("c", 1.5)):
        tally.add_attributes(source, "elderly minus young", "male", {"age": value, "bmi": value})
    age, bmi = tally.attribute_rows()
    assert age == AttributeRow("age", "elderly minus young", "male", 3, 3, age.q05, 0.0, 0.5, 1.0, age.q95, 0.5, 50.0)
    assert (age.q05, age.q95) == pytest.approx((-0.4, 1.4))
    assert bmi.asked is None
