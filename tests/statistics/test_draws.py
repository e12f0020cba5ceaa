"""Bounded draws from whole blocks are the draws of the generator, one by one."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.draws import BoundedDraws
from spinefairbench.statistics.pcg64 import PCG64, packed_words

#: Bounds for which a half, a quarter or almost no halves are rejected, and some that never reject any.
BOUNDS = st.one_of(
    st.sampled_from([2, 1 << 16, 1 << 31, (1 << 31) + 1, 3 * (1 << 30) + 1, (1 << 32) - 1]),
    st.integers(2, (1 << 32) - 1),
)


@given(st.integers(0, 1 << 64), BOUNDS, st.integers(1, 8), st.integers(1, 3))
def test_blocks_give_the_generators_integers(seed: int, n: int, quarters: int, blocks: int) -> None:
    words = 4 * quarters
    stream, draws = packed_words(seed, words), BoundedDraws(n, words)
    values = array("I")
    for _ in range(blocks):
        values.extend(draws.below(next(stream)))
    assert values.tolist() == PCG64(seed).integers(n, len(values))
    # What is missing was rejected, not lost.
    halves = PCG64(seed).integers(1 << 32, 2 * words * blocks)
    assert isinstance(halves, list)
    assert len(values) == sum(half * n & 0xFFFFFFFF >= (1 << 32) % n for half in halves)


def test_below_one_there_is_only_zero() -> None:
    assert BoundedDraws(1, 4).below(12345).tolist() == [0] * 8


@pytest.mark.parametrize("n", [0, -1, 1 << 32])
def test_bounds_without_a_32_bit_draw_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="draws are made below"):
        BoundedDraws(n, 4)


def test_a_block_without_a_rejection_is_not_looked_through() -> None:
    # Looking through the parts for rejected halves costs more than drawing; below 3, one half in 2**32 is rejected.
    draws = BoundedDraws(3, 4)
    asked: list[int] = []
    halves = draws._halves

    def counted(lanes: int) -> "array[int]":
        asked.append(lanes)
        return halves(lanes)

    draws._halves = counted  # type: ignore[method-assign]
    assert len(draws.below(next(packed_words(1, 4)))) == 8
    assert len(asked) == 1
    # A product whose low part is 0 is below the threshold 1, so that the half is rejected.
    assert len(draws.below(0)) == 0
    assert len(asked) == 3
