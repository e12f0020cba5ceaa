"""Agreement between readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.agreement import agreement

#: Three readers, 450 pairs, Yes and No: the published marginals of the plausibility question.
READER_STUDY = [[3, 0]] * 434 + [[2, 1]] * 9 + [[1, 2]] * 4 + [[0, 3]] * 3

#: The worked example of the Wikipedia article on Fleiss' kappa: 14 raters, 10 subjects, kappa 0.210.
TEXTBOOK = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def test_the_reader_studys_published_figures() -> None:
    result = agreement(READER_STUDY)
    assert (result.agreements, result.comparisons) == (1324, 1350)
    assert result.raw == 1324 / 1350
    assert result.fleiss_kappa == pytest.approx(0.49018126888217367, abs=1e-12)
    assert result.gwet_ac1 == pytest.approx(0.9799846263682873, abs=1e-12)


def test_a_textbook_table() -> None:
    result = agreement(TEXTBOOK)
    assert result.raw == pytest.approx(0.378, abs=5e-4)
    assert result.fleiss_kappa == pytest.approx(0.210, abs=5e-4)


def test_ac1_by_hand() -> None:
    # Two raters, two subjects: observed 1/2, shares 3/4 and 1/4, chance 2 * 3/16 = 3/8, (1/2 - 3/8) / (5/8).
    result = agreement([[2, 0], [1, 1]])
    assert (result.gwet_chance, result.gwet_ac1) == (0.375, 0.2)
    assert result.fleiss_chance == 9 / 16 + 1 / 16


def test_kappa_is_undefined_without_variation_and_ac1_is_not() -> None:
    result = agreement([[3, 0], [3, 0]])
    assert result.fleiss_kappa is None
    assert result.gwet_ac1 == 1.0


def test_nothing_but_raw_agreement_is_defined_for_a_single_category() -> None:
    result = agreement([[2], [2]])
    assert (result.raw, result.fleiss_kappa, result.gwet_ac1, result.gwet_chance) == (1.0, None, None, None)


@given(
    st.integers(2, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, columns - 1), min_size=3, max_size=3).map(
                lambda ratings: [ratings.count(category) for category in range(columns)]
            ),
            min_size=1,
            max_size=8,
        )
    ),
)
def test_order_is_immaterial_and_coefficients_do_not_exceed_one(
    table: list[list[int]],
) -> None:
    result = agreement(table)
    assert agreement(table[::-1]) == result
    assert agreement([row[::-1] for row in table]) == result
    assert 0 <= result.raw <= 1
    for coefficient in (result.fleiss_kappa, result.gwet_ac1):
        assert coefficient is None or -1 <= coefficient <= 1


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], "empty"),
        ([[]], "empty"),
        ([[2, 1], [2, 2]], "subject 2 has 4 ratings, subject 1 has 3"),
        ([[2, 1], [3]], "subject 2 has 1 categories, subject 1 has 2"),
        ([[4, -1]], "subject 1 has a negative count"),
        ([[1, 0]], "at least two ratings a subject, got 1"),
    ],
)
def test_tables_that_are_no_ratings_are_refused(table: list[list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        agreement(table)
