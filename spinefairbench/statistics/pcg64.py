"""NumPy's default random stream, without NumPy.

`numpy.random.default_rng(seed)` hashes the seed with SeedSequence into the state of PCG64 (a 128-bit linear
congruential generator with the XSL-RR output permutation) and draws bounded integers with Lemire's method. The frozen
intervals were drawn from that stream, so it is reproduced here exactly.

Sources: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
Number Generation", HMC-CS-2014-0905 (2014), section 6.3.3 for XSL-RR; D. Lemire, "Fast Random Integer
Generation in an Interval", ACM TOMACS 29(1), 2019; NumPy's documented SeedSequence algorithm.
"""

from collections.abc import Iterator
from itertools import islice

__all__ = ["PCG64", "packed_words", "repeat_lanes"]

_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_MASK32 = (1 << 32) - 1
_MASK64 = (1 << 64) - 1
_MASK128 = (1 << 128) - 1

# SeedSequence's constants: A for the hash that fills the pool, B for the hash that reads from it.
_POOL_WORDS = 4
_INIT_A = 0x43B0D7E5
_MULT_A = 0x931E8875
_INIT_B = 0x8B51F9DD
_MULT_B = 0x58F38DED
_MIX_LEFT = 0xCA01F9DD
_MIX_RIGHT = 0x4973F715
_XSHIFT = 16


class PCG64:
    """The bit stream of `numpy.random.default_rng(seed)` and its bounded integers.

    `seed` is a non-negative integer of any size. Raises ValueError for anything else.
    """

    __slots__ = ("_increment", "_spare_half", "_state")

    def __init__(self, seed: int) -> None:
        self._state, self._increment = _seeded(seed)
        # If 32 bits suffice, NumPy splits a 64-bit output in two and keeps the high half for the next call.
        self._spare_half: int | None = None

    def random_raw(self) -> int:
        """The next 64-bit output."""
        self._state = (self._state * _MULTIPLIER + self._increment) & _MASK128
        return _output(self._state)

    def integers(self, high: int, size: int | None = None) -> int | list[int]:
        """Random integers from 0 to high - 1: a single one, or a list of `size`.

        They equal those of `Generator.integers(0, high, size)` (with a 64-bit dtype that can hold them).
        Raises ValueError unless 1 <= high <= 2**64 and size >= 0.
        """
        if not 1 <= high <= 1 << 64:
            raise ValueError(f"high must be between 1 and 2**64, got {high}")
        if size is None:
            return next(self._bounded(high))
        if size < 0:
            raise ValueError(f"size must not be negative, got {size}")
        return list(islice(self._bounded(high), size))

    def _half(self) -> int:
        if self._spare_half is not None:
            half, self._spare_half = self._spare_half, None
            return half
        word = self.random_raw()
        self._spare_half = word >> 32
        return word & _MASK32

    def _bounded(self, high: int) -> Iterator[int]:
        if high == 1:
            while True:
                yield 0
        bits, draw = (32, self._half) if high <= 1 << 32 else (64, self.random_raw)
        mask = (1 << bits) - 1
        # A product with a low part below this belongs to an over-represented value, so it is drawn again.
        threshold = (1 << bits) % high
        while True:
            product = draw() * high
            while product & mask < threshold:
                product = draw() * high
            yield product >> bits


def packed_words(seed: int, words: int) -> Iterator[int]:
    """The endless stream of `PCG64(seed).random_raw()`, `words` outputs at a time.

    Each item is one integer whose 64-bit lanes, lowest first, are the next outputs. Arithmetic on one long integer
    advances all lanes at once, which makes this about five times as fast as drawing the outputs one by one. Raises
    ValueError unless `words` is a positive multiple of four and `seed` a non-negative integer.
    """
    if words < 4 or words % 4:
        raise ValueError(f"words must be a positive multiple of four, got {words}")
    state, increment = _seeded(seed)
    quarters = [bytearray() for _ in range(4)]
    for index in range(words):
        state = (state * _MULTIPLIER + increment) & _MASK128
        # A product of two 128-bit numbers fits in a 256-bit lane. There are four such numbers, each with every fourth
        # state, which are later folded into one without changing the order of the outputs.
        quarters[index % 4] += state.to_bytes(32, "little")
    states = [int.from_bytes(quarter, "little") for quarter in quarters]
    multiplier, step = _jump(increment, words)
    steps = repeat_lanes(step, 256, words // 4)
    state_mask = repeat_lanes(_MASK128, 256, words // 4)
    low = repeat_lanes(_MASK64, 128, words // 2)
    high = low << 64
    ones = repeat_lanes(1, 64, words)
    rotations = [
        (
            58 + stage,
            1 << stage,
            repeat_lanes(_MASK64 >> (1 << stage), 64, words),
            64 - (1 << stage),
            repeat_lanes(_MASK64 << (64 - (1 << stage)) & _MASK64, 64, words),
        )
        for stage in range(6)
    ]
    while True:
        even = states[0] | states[2] << 128
        odd = states[1] | states[3] << 128
        # The upper and lower halves of the states, in the order of the outputs.
        tops = (even >> 64) & low | odd & high
        lanes = tops ^ (even & low | (odd & low) << 64)
        # Each lane has its own rotation: rotate by 1, 2, 4 … 32 wherever that bit of the amount is set.
        for amount_bit, right, right_mask, left, left_mask in rotations:
            chosen = (tops >> amount_bit) & ones
            chosen = (chosen << 64) - chosen
            rotated = (lanes >> right) & right_mask | (lanes << left) & left_mask
            lanes ^= (lanes ^ rotated) & chosen
        yield lanes
        states = [(lane_states * multiplier + steps) & state_mask for lane_states in states]


def repeat_lanes(value: int, bits: int, count: int) -> int:
    """One integer with `value` in each of `count` lanes of `bits` bits (a multiple of eight)."""
    return int.from_bytes(value.to_bytes(bits // 8, "little") * count, "little")


def _jump(increment: int, steps: int) -> tuple[int, int]:
    """The multiplier and addend that advance the congruential generator by `steps` at once."""
    multiplier, addend = 1, 0
    square, square_addend = _MULTIPLIER, increment
    while steps:
        if steps & 1:
            multiplier, addend = multiplier * square & _MASK128, (addend * square + square_addend) & _MASK128
        square, square_addend = square * square & _MASK128, (square + 1) * square_addend & _MASK128
        steps >>= 1
    return multiplier, addend


def _output(state: int) -> int:
    folded = (state >> 64) ^ (state & _MASK64)
    # Doubled, so that a shift has the effect of a rotation.
    return (folded << 64 | folded) >> (state >> 122) & _MASK64


def _seeded(seed: int) -> tuple[int, int]:
    """The state and increment of the generator just before its first step. Raises ValueError for an invalid seed."""
    if type(seed) is not int or seed < 0:
        raise ValueError(f"a seed must be a non-negative integer, got {seed!r}")
    state_high, state_low, sequence_high, sequence_low = _seed_words(seed)
    increment = ((sequence_high << 64 | sequence_low) << 1 | 1) & _MASK128
    state = increment + (state_high << 64 | state_low)
    return (state * _MULTIPLIER + increment) & _MASK128, increment


def _seed_words(seed: int) -> list[int]:
    """SeedSequence(seed).generate_state(4, uint64)."""
    size = max(1, (seed.bit_length() + 31) // 32)
    raw = seed.to_bytes(size * 4, "little")
    entropy = [int.from_bytes(raw[at : at + 4], "little") for at in range(0, len(raw), 4)]
    pool = _mixed_pool(entropy)
    constant = _INIT_B
    halves = []
    for index in range(8):
        value = pool[index % _POOL_WORDS] ^ constant
        constant = constant * _MULT_B & _MASK32
        value = value * constant & _MASK32
        halves.append(value ^ value >> _XSHIFT)
    return [halves[at] | halves[at + 1] << 32 for at in range(0, 8, 2)]


def _mixed_pool(entropy: list[int]) -> list[int]:
    constant = _INIT_A

    def hashed(value: int) -> int:
        nonlocal constant
        value ^= constant
        constant = constant * _MULT_A & _MASK32
        value = value * constant & _MASK32
        return value ^ value >> _XSHIFT

    def mixed(left: int, right: int) -> int:
        value = (left * _MIX_LEFT - right * _MIX_RIGHT) & _MASK32
        return value ^ value >> _XSHIFT

    padded = entropy[:_POOL_WORDS] + [0] * (_POOL_WORDS - len(entropy))
    pool = [hashed(word) for word in padded]
    for source in range(_POOL_WORDS):
        for target in range(_POOL_WORDS):
            if source != target:
                pool[target] = mixed(pool[target], hashed(pool[source]))
    for word in entropy[_POOL_WORDS:]:
        for target in range(_POOL_WORDS):
            pool[target] = mixed(pool[target], hashed(word))
    return pool
