"""Sign-flip randomization by source, and p values adjusted for multiple tests."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.pcg64 import packed_words

__all__ = ["flip_totals", "holm", "holm_in_families", "larger_of_each", "side_by_side", "sign_flip_p_values"]

# The number of sign patterns drawn at a time, so that memory does not grow with the iterations; a multiple of four.
_ROWS = 128


def sign_flip_p_values(differences: Sequence[Sequence[int]], bootstrap: Bootstrap = FROZEN) -> list[float]:
    """Two-sided p values for the null hypothesis that either sign of each source's difference is equally likely.

    Each item of `differences` contains one exact integer per source: the difference between two models, summed over the
    pairs of the source, in any unit. The statistic is the absolute value of the total. The p value is (b + 1) /
    (iterations + 1), where b is the number of random sign patterns whose statistic is at least the observed one, so it
    is never 0. The signs are bits of the PCG64 stream of `seed`, ceil(n/64) outputs per pattern of n sources, and items
    with the same number of sources share their patterns.

    Sources: R. A. Fisher, "The Design of Experiments", 1935, section 21; B. Phipson and G. K. Smyth, Statistical
    Applications in Genetics and Molecular Biology 9(1), 2010. Raises ValueError for no source
    or for a seed that is not a non-negative integer.
    """
    by_size: dict[int, list[int]] = {}
    for position, difference in enumerate(differences):
        if not difference:
            raise ValueError("there is no source to flip the sign of")
        by_size.setdefault(len(difference), []).append(position)
    p_values: dict[int, float] = {}
    for positions in by_size.values():
        reached = _patterns_that_reach([differences[position] for position in positions], bootstrap)
        for position, count in zip(positions, reached, strict=True):
            p_values[position] = (count + 1) / (bootstrap.iterations + 1)
    return [p_values[position] for position in range(len(differences))]


def _patterns_that_reach(differences: Sequence[Sequence[int]], bootstrap: Bootstrap) -> list[int]:
    """For each item, the number of sign patterns whose absolute total is at least the observed one."""
    packed, fields = _packed(differences)
    reached = [0] * len(differences)
    for totals in flip_totals(packed, bootstrap):
        for index, (shift, mask, span, observed) in enumerate(fields):
            # A field holds the sum of the values with a positive sign; twice that minus the span is the total.
            reached[index] += sum(abs(2 * (total >> shift & mask) - span) >= observed for total in totals)
    return reached


def flip_totals(values: Sequence[int], bootstrap: Bootstrap) -> Iterator[list[int]]:
    """For each random sign pattern, the sum of the `values` whose sign is positive, some patterns at a time.

    There is one value a source, which may hold several numbers side by side. The patterns are those of
    `sign_flip_p_values`.
    """
    tables = _byte_tables(values)
    row_words = -(-len(values) // 64)
    row_bytes = row_words * 8
    remaining = bootstrap.iterations
    for lanes in packed_words(bootstrap.seed, row_words * _ROWS):
        block = lanes.to_bytes(row_bytes * _ROWS, "little")
        totals = []
        for row in range(min(_ROWS, remaining)):
            signs = block[row * row_bytes : row * row_bytes + len(tables)]
            totals.append(sum(map(list.__getitem__, tables, signs)))
        yield totals
        remaining -= len(totals)
        if not remaining:
            break


def side_by_side(columns: Sequence[Sequence[int]], shifts: Sequence[int]) -> tuple[list[int], int, list[int]]:
    """One integer a source for `flip_totals`: its value in every column, each moved up by the column's shift.

    Values keep their signs, or those of one source would not flip together. The second item is to be added to a total
    before its fields are read: it makes the smallest sum of each field 0, so that none borrows of its neighbour. The
    third is what it adds to each field.
    """
    packed = [
        sum(value << shift for value, shift in zip(values, shifts, strict=True) if value)
        for values in zip(*columns, strict=True)
    ]
    added = [-sum(value for value in column if value < 0) for column in columns]
    return packed, sum(each << shift for each, shift in zip(added, shifts, strict=True)), added


def larger_of_each(ones: Iterable[float], others: Iterable[float]) -> list[float]:
    """The larger of every two values in the same place."""
    # Calling max() a million times would take twice as long.
    return [one if one > other else other for one, other in zip(ones, others, strict=True)]  # noqa: FURB136


def _packed(
    differences: Sequence[Sequence[int]],
) -> tuple[list[int], list[tuple[int, int, int, int]]]:
    """One integer per source that holds all its absolute differences, and the fields that read sums from it.

    The observed sign of a source's difference does not matter, since either sign is equally likely.
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
    """For every eight values, the sums of all their subsets, indexed by the byte whose bits select the subset."""
    tables = []
    for start in range(0, len(values), 8):
        sums = [0]
        for value in islice(values, start, start + 8):
            sums += [partial + value for partial in sums]
        # The last group may be short; it ignores the bits for which it has no value.
        tables.append(sums * (256 // len(sums)))
    return tables


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for multiple tests with Holm's method, in the order given.

    If the hypotheses with an adjusted value of at most alpha are rejected, the probability of any false rejection is at
    most alpha. Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6(2), 1979.
    """
    ordered = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, position in enumerate(ordered):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[position]))
        adjusted[position] = highest
    return adjusted


def holm_in_families(p_values: Sequence[float | None], families: Sequence[Hashable]) -> list[float | None]:
    """P values adjusted with Holm's method within each family, in the order given; None, which is in no family, stays."""
    members: dict[Hashable, dict[int, float]] = {}
    for place, (p_value, family) in enumerate(zip(p_values, families, strict=True)):
        if p_value is not None:
            members.setdefault(family, {})[place] = p_value
    adjusted: list[float | None] = [None] * len(p_values)
    for of_family in members.values():
        for place, value in zip(of_family, holm(list(of_family.values())), strict=True):
            adjusted[place] = value
    return adjusted
