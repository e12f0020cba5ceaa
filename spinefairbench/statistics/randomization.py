"""Sign-flip randomization by source, and p values adjusted for multiple tests."""

from collections.abc import Hashable, Sequence

from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.sign_patterns import absolute_totals

__all__ = ["holm", "holm_in_families", "sign_flip_p_values"]


def sign_flip_p_values(differences: Sequence[Sequence[int]], bootstrap: Bootstrap = FROZEN) -> list[float]:
    """Two-sided p values for the null hypothesis that either sign of each source's difference is equally likely.

    Each item of `differences` contains one exact integer per source: the difference between two models, summed over the
    pairs of the source, in any unit. The statistic is the absolute value of the total. The p value is (b + 1) /
    (iterations + 1), where b is the number of random sign patterns whose statistic is at least the observed one, so it is
    never 0. The signs are those of `sign_patterns`, so that items with the same number of sources share their patterns.

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
