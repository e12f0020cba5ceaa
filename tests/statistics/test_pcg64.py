"""The generator gives NumPy's numbers, to the bit."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.statistics.pcg64 import PCG64, packed_words, repeat_lanes
from tests import DATA

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((DATA / "pcg64.json").read_text(encoding="utf-8"))
SEEDS = st.one_of(st.integers(0, 5), st.integers(0, 1 << 33), st.integers(0, 1 << 300))


@pytest.mark.parametrize("case", VECTORS["random_raw"], ids=lambda case: f"seed {case['seed']}")
def test_raw_outputs_are_numpys(case: dict[str, Any]) -> None:
    generator = PCG64(case["seed"])
    assert [generator.random_raw() for _ in case["uint64"]] == [int(word) for word in case["uint64"]]


@pytest.mark.parametrize("case", VECTORS["integers"], ids=lambda case: f"high {case['high']}")
def test_bounded_integers_are_numpys(case: dict[str, Any]) -> None:
    assert PCG64(case["seed"]).integers(case["high"], len(case["values"])) == case["values"]


@pytest.mark.parametrize("case", VECTORS["rejections"], ids=lambda case: f"high {case['high']}")
def test_rejected_draws_are_drawn_again_as_numpy_does(case: dict[str, Any]) -> None:
    # Just above 2**31 and 3 * 2**30: of these, half and a quarter of all draws are rejected.
    values = PCG64(case["seed"]).integers(case["high"], case["count"])
    assert isinstance(values, list)
    assert sum(values) == case["sha_sum"]
    assert values[-1] == case["last"]


def test_the_high_half_of_an_output_is_kept_for_the_next_call() -> None:
    one_by_one, at_once = PCG64(42), PCG64(42)
    assert [one_by_one.integers(1000) for _ in range(7)] == at_once.integers(1000, 7)


def test_a_raw_output_does_not_disturb_the_half_that_is_kept() -> None:
    generator, reference = PCG64(42), PCG64(42)
    words = [reference.random_raw() for _ in range(2)]
    assert generator.integers(1 << 32) == words[0] & 0xFFFFFFFF
    assert generator.random_raw() == words[1]
    assert generator.integers(1 << 32) == words[0] >> 32


def test_drawing_below_one_leaves_the_stream_alone() -> None:
    generator = PCG64(9)
    assert generator.integers(1, 5) == [0] * 5
    assert generator.random_raw() == PCG64(9).random_raw()


def test_sixty_four_bit_draws_are_whole_outputs() -> None:
    generator, reference = PCG64(3), PCG64(3)
    assert generator.integers(1 << 64, 4) == [reference.random_raw() for _ in range(4)]


@given(SEEDS, st.integers(1, 6), st.integers(1, 3))
@settings(max_examples=60)
def test_packed_words_are_the_same_stream(seed: int, quarters: int, blocks: int) -> None:
    words = 4 * quarters
    stream, reference = packed_words(seed, words), PCG64(seed)
    for _ in range(blocks):
        lanes = next(stream)
        assert [lanes >> 64 * at & (1 << 64) - 1 for at in range(words)] == [
            reference.random_raw() for _ in range(words)
        ]
        assert lanes < 1 << 64 * words


@given(SEEDS, st.integers(1, 1 << 64), st.integers(0, 30))
def test_draws_stay_below_the_bound(seed: int, high: int, size: int) -> None:
    values = PCG64(seed).integers(high, size)
    assert isinstance(values, list)
    assert len(values) == size
    assert all(0 <= value < high for value in values)


@given(SEEDS, st.lists(st.tuples(st.integers(1, 1 << 62), st.integers(0, 9)), max_size=5))
@settings(max_examples=60)
def test_any_sequence_of_calls_agrees_with_numpy(seed: int, calls: list[tuple[int, int]]) -> None:
    ours, theirs = PCG64(seed), np.random.default_rng(seed)
    for high, size in calls:
        assert ours.integers(high, size) == theirs.integers(0, high, size=size).tolist()


@pytest.mark.parametrize("seed", [-1, 1.5, "42", None, True])
def test_a_seed_that_is_no_natural_number_is_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match="seed must be a non-negative integer"):
        PCG64(seed)


@pytest.mark.parametrize("high", [0, -3, (1 << 64) + 1])
def test_a_bound_outside_64_bits_is_refused(high: int) -> None:
    with pytest.raises(ValueError, match="high must be between"):
        PCG64(1).integers(high, 2)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size must not be negative"):
        PCG64(1).integers(5, -1)


@pytest.mark.parametrize("words", [0, 3, 6])
def test_a_block_that_cannot_be_folded_is_refused(words: int) -> None:
    with pytest.raises(ValueError, match="multiple of four"):
        next(packed_words(1, words))


def test_repeated_lanes_hold_the_value_each() -> None:
    assert repeat_lanes(0x0102, 16, 3) == 0x010201020102
