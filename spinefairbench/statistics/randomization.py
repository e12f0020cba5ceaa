"""Sign-flip randomization by source, and p values adjusted for multiple tests."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.sign_patterns import absolute_totals, sign_rows

__all__ = ["flip_totals", "holm", "holm_in_families", "larger_of_each", "side_by_side", "sign_flip_p_values"]


def sign_flip_p_values(differences: Sequence[Sequence[int]], bootstrap: Bootstrap = FROZEN) -> list[float]:
    """Two-sided p values for the null hypothesis that either sign of each source's difference is equally likely.

    Each item of `differences` contains one exact integer per source: the difference between two models, summed over the
    pairs of the source, in any unit. The statistic is the absolute value of the total. The p value is (b + 1) /
    (iterations + 1), where b is the number of random sign patterns whose statistic is at least the observed one, so it is
    never 0. The signs are those of `sign_rows`, so that items with the same number of sources share their patterns.

    Sources: R. A. Fisher, "The Design of Experiments", 1935, section 21; B. Phipson and G. K. Smyth, Statistical
    Applications in Genetics and Molecular Biology 9(1), 2010. Raises ValueError for no source or for a seed that is not
    a non-negative integer.
    """
    if not all(differences):
        raise ValueError("there is no source to flip the sign of")
    p_values = [0.0] * len(differences)
    # In the order of their numbers of sources, since the signs of the last two numbers only are kept.
    for position in sorted(range(len(differences)), key=lambda position: len(differences[position])):
        reached = _patterns_that_reach(differences[position], bootstrap)
        p_values[position] = (reached + 1) / (bootstrap.iterations + 1)
    return p_values


def _patterns_that_reach(difference: Sequence[int], bootstrap: Bootstrap) -> int:
    """The number of sign patterns whose absolute total is at least the observed one."""
    # The observed sign of a source's difference does not matter, since either sign is equally likely.
    totals = absolute_totals(list(map(abs, difference)), bootstrap)
    return totals.reaching(totals.level(sum(difference))).bit_count()


def flip_totals(values: Sequence[int], bootstrap: Bootstrap) -> Iterator[list[int]]:
    """For each random sign pattern, the sum of the `values` whose sign is positive, some patterns at a time.

    There is one value a source, which may hold several numbers side by side. The patterns are those of `sign_rows`.
    """
    tables = _byte_tables(values)
    for rows in sign_rows(len(values), bootstrap):
        yield [sum(map(list.__getitem__, tables, row)) for row in rows]


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
