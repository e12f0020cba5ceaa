"""The order by excess: the smallest first, ties together, and what has no excess in no place."""

from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE, excess_ranks


def test_the_smallest_excess_is_first_and_equal_ones_share_a_place() -> None:
    assert excess_ranks([0.2, -0.1, None, 0.2, 0.3]) == [2, 1, None, 2, 4]
    assert excess_ranks([None]) == [None]


def test_the_order_says_that_it_has_no_interval_and_whom_it_does_not_compare() -> None:
    assert "no interval of the ranks" in EXCESS_ORDER_NOTE
    assert "not comparable between models that sample and models that decode deterministically" in EXCESS_ORDER_NOTE
