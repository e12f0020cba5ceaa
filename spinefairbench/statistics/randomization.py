"""Sign-flip randomization by source, and p values of a family."""

from collections.abc import Sequence
from itertools import islice

from spinefairbench.statistics.pcg64 import packed_words

__all__ = ["holm", "sign_flip_p_values"]

# Sign patterns drawn at a time, so that memory does not grow with the iterations; a multiple of four.
_ROWS = 128


def sign_flip_p_values(
    differences: Sequence[Sequence[int]], *, iterations: int = 10_000, seed: int = 42
) -> list[float]:
    """Two-sided p values of the hypothesis that each source's difference is as likely to have the other sign.

    Each item holds one exact integer a source: the difference between two models summed over the source's
    pairs, in any unit. The statistic is the absolute total (R. A. Fisher, "The Design of Experiments",
    1935, section 21); p = (b + 1)/(iterations + 1) with b the random sign patterns that reach what was
    observed (B. Phipson and G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 9(1),
    2010), so that it is never 0. Signs are bits of the PCG64 stream of `seed`, ceil(n/64) outputs a
    pattern, and the same patterns serve all items with as many sources. Raises ValueError for fewer than
    one iteration, no source, or a seed that is not a non-negative integer.
    """
    if iterations < 1:
        raise ValueError(f"there must be at least one iteration, got {iterations}")
    by_size: dict[int, list[int]] = {}
    for position, difference in enumerate(differences):
        if not difference:
            raise ValueError("there is no source to flip the sign of")
        by_size.setdefault(len(difference), []).append(position)
    p_values: dict[int, float] = {}
    for positions in by_size.values():
        reached = _patterns_that_reach([differences[position] for position in positions], iterations, seed)
        for position, count in zip(positions, reached, strict=True):
            p_values[position] = (count + 1) / (iterations + 1)
    return [p_values[position] for position in range(len(differences))]


def _patterns_that_reach(differences: Sequence[Sequence[int]], iterations: int, seed: int) -> list[int]:
    """For each difference, how many sign patterns give at least the observed absolute total."""
    packed, fields = _packed(differences)
    tables = _byte_tables(packed)
    row_words = -(-len(packed) // 64)
    row_bytes = row_words * 8
    reached = [0] * len(differences)
    remaining = iterations
    for lanes in packed_words(seed, row_words * _ROWS):
        block = lanes.to_bytes(row_bytes * _ROWS, "little")
        totals = []
        for row in range(min(_ROWS, remaining)):
            signs = block[row * row_bytes : row * row_bytes + len(tables)]
            totals.append(sum(map(list.__getitem__, tables, signs)))
        for index, (shift, mask, span, observed) in enumerate(fields):
            # A field holds the sum of what is kept positive, offset; twice that less the span is the total.
            reached[index] += sum(abs(2 * (total >> shift & mask) - span) >= observed for total in totals)
        remaining -= len(totals)
        if not remaining:
            break
    return reached


def _packed(
    differences: Sequence[Sequence[int]],
) -> tuple[list[int], list[tuple[int, int, int, int]]]:
    """One integer a source with all absolute differences side by side, and a field for each to read sums
    with.

    The sign of a source's own difference does not matter, since either sign is equally likely.
    """
    packed = [0] * len(differences[0])
    fields = []
    shift = 0
    for difference in differences:
        magnitudes = [abs(value) for value in difference]
        span = sum(magnitudes)
        for index, magnitude in enumerate(magnitudes):
            packed[index] |= magnitude << shift
        width = span.bit_length()
        fields.append((shift, (1 << width) - 1, span, abs(sum(difference))))
        shift += width
    return packed, fields


def _byte_tables(values: Sequence[int]) -> list[list[int]]:
    """For every eight values, the sums of all their subsets, by the byte whose bits choose the subset."""
    tables = []
    for start in range(0, len(values), 8):
        sums = [0]
        for value in islice(values, start, start + 8):
            sums += [partial + value for partial in sums]
        # A short last group ignores the bits that it has no value for.
        tables.append(sums * (256 // len(sums)))
    return tables


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for the whole family they form, in the order given.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
    6(2), 1979: an adjusted value of at most alpha rejects while the chance of any false rejection stays at
    most alpha.
    """
    ordered = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, position in enumerate(ordered):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[position]))
        adjusted[position] = highest
    return adjusted
