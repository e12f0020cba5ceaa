"""Totals that are packed side by side are those of each quantity by itself."""

from operator import sub

from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.packed_totals import PackedTotals

# Fields of no bit, of a few, of nearly a word, and of several words.
_VALUES = st.one_of(
    st.just(7), st.integers(0, 1), st.integers(-40, 40), st.integers(0, 1 << 60), st.integers(-(1 << 150), 1 << 150)
)


@given(st.data())
def test_each_column_has_the_totals_of_its_quantity(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 6))
    kinds = data.draw(st.lists(st.sampled_from([1, 3, 12, 1 << 40]), min_size=1, max_size=7))
    quantities = [tuple(data.draw(_VALUES) * kind for _ in range(n)) for kind in kinds]
    quantities.append(tuple(map(sub, quantities[0], quantities[-1])))
    drawn = data.draw(st.lists(st.lists(st.integers(0, n - 1), min_size=n, max_size=n), max_size=5))
    totals = PackedTotals(quantities, n)
    for start in (0, 2, 4):
        totals.add([sum(totals.packed[index] for index in row) for row in drawn[start : start + 2]])
    for values in quantities:
        column = totals.column(values)
        assert list(column.totals) == [sum(values[index] for index in row) for row in drawn]
        assert totals.is_constant(values) == (len(set(values)) == 1)


def test_quantities_that_are_alike_take_no_room_of_their_own() -> None:
    one, other = (0, 1, 2), (5, 0, 0)
    assert PackedTotals([one, other, one], 3).packed == PackedTotals([one, other], 3).packed
    # What has the same value everywhere takes none.
    assert PackedTotals([(4, 4)], 2).packed == [0, 0]


def test_a_difference_of_two_quantities_takes_no_room_of_its_own() -> None:
    one, other = (3, 1, 2), (0, 5, 1)
    difference = tuple(map(sub, one, other))
    totals = PackedTotals([difference, one, other], 3)
    assert totals.packed == PackedTotals([one, other], 3).packed
    totals.add([totals.packed[0] + totals.packed[0] + totals.packed[1]])
    assert list(totals.column(difference).totals) == [3 + 3 - 4]
