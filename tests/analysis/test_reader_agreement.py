"""The agreement of three readers, worked by hand, and what keeps it from being computed."""

import pytest

from spinefairbench.analysis.reader_agreement import agreement_row, no_interval_notes, term_lines
from spinefairbench.problems import Problem

ANSWERS = {
    "a__young_male": ("Yes", "Yes", "Yes"),
    "b__young_male": ("Yes", "Yes", "No"),
    "c__young_male": ("No", "Yes", "No"),
    "d__young_male": ("Yes", "Yes", "Yes"),
}


def test_every_term_by_hand() -> None:
    problems: list[Problem] = []
    row = agreement_row("q1", ANSWERS, problems)
    assert row is not None and problems == []
    # 9 Yes and 3 No; of three pairs of readers, 3, 1, 1 and 3 agree.
    assert (row.pairs, row.category_totals) == (4, {"No": 3, "Yes": 9})
    assert row.category_marginals == {"No": 0.25, "Yes": 0.75}
    assert (row.pairwise_agreements, row.pairwise_comparisons) == (8, 12)
    assert row.raw_agreement == pytest.approx(2 / 3)
    assert row.fleiss_p_e == pytest.approx(0.25**2 + 0.75**2)
    assert row.fleiss_kappa == pytest.approx((2 / 3 - 0.625) / 0.375)
    # Gwet's chance agreement: the sum of share·(1 - share), over the number of categories less one.
    assert row.gwet_p_e == pytest.approx(2 * 0.25 * 0.75)
    assert row.gwet_ac1 == pytest.approx((2 / 3 - 0.375) / 0.625)
    assert term_lines([row]) == [
        "q1: No 3 (0.2500), Yes 9 (0.7500); p_bar 0.6667, p_e 0.6250 (Fleiss) and 0.3750 (Gwet)"
    ]


@pytest.mark.parametrize(
    ("question", "given", "categories"),
    [
        ("q1", "Yes", ["No", "Yes"]),
        ("q4", "Cannot tell", ["Cannot tell", "Image A edited", "Image B edited"]),
        ("q3", "Better", ["Better"]),
    ],
)
def test_answers_that_nobody_chose_count_where_they_are_known(question: str, given: str, categories: list[str]) -> None:
    row = agreement_row(question, {"a__young_male": (given,) * 3, "b__young_male": (given,) * 3}, [])
    assert row is not None
    assert list(row.category_totals) == categories
    assert (row.category_totals[given], row.raw_agreement) == (6, 1.0)
    assert row.fleiss_kappa is None


def test_a_pair_without_three_answers_is_named_and_leaves_no_row() -> None:
    problems: list[Problem] = []
    few = {**ANSWERS, "e__young_male": ("Yes", "No"), "f__young_male": ("No",) * 4}
    assert agreement_row("q2", few, problems) is None
    assert problems == [
        Problem("q2", "e__young_male has 2 answers; expected 3, one for each reader"),
        Problem("q2", "f__young_male has 4 answers; expected 3, one for each reader"),
    ]
    assert agreement_row("q2", {}, problems) is None


def test_why_there_is_no_interval_is_said_of_each_coefficient() -> None:
    row = agreement_row("q1", ANSWERS, [])
    assert row is not None
    reasons = {"Fleiss' kappa": row.fleiss_kappa_ci95_reason, "Gwet's AC1": row.gwet_ac1_ci95_reason}
    assert no_interval_notes([row]) == [
        f"q1: no interval for {name}: {reason}" for name, reason in reasons.items() if reason is not None
    ]
    assert row.fleiss_kappa_ci95_reason is not None
