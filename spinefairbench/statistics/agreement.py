"""Agreement between raters, computed exactly except for one final division."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Agreement", "agreement"]

#: One row per subject and one column per category: the number of raters who chose that category for the subject.
RatingCounts = Sequence[Sequence[int]]


class Agreement(NamedTuple):
    """Agreement in a table of ratings.

    `comparisons` is the number of pairs of raters, summed over the subjects; `agreements` is the number of those pairs
    that chose the same category, and `raw` their share. `fleiss_kappa` is None if all ratings are the same category,
    and `gwet_ac1` with fewer than two categories, because they are then not defined. `fleiss_chance` and `gwet_chance`
    are the agreement that each expects by chance.

    Sources: J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76(5), 1971;
    K. L. Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement", British Journal
    of Mathematical and Statistical Psychology 61(1), 2008.
    """

    agreements: int
    comparisons: int
    raw: float
    fleiss_kappa: float | None
    gwet_ac1: float | None
    fleiss_chance: float
    gwet_chance: float | None


def agreement(table: RatingCounts) -> Agreement:
    """All measures of agreement for a table with one row per subject and one column per category.

    The columns must be all the categories that a rater could choose, because AC1 depends on their number even if one
    was never chosen. Raises ValueError for an empty table, rows of different lengths, negative counts, fewer than two
    raters, or subjects with different numbers of raters.
    """
    raters = _constant_raters(table)
    agreements = sum(count * (count - 1) // 2 for row in table for count in row)
    comparisons = len(table) * raters * (raters - 1) // 2
    observed = Fraction(agreements, comparisons)
    shares = [Fraction(sum(column), len(table) * raters) for column in zip(*table, strict=True)]
    chance_kappa = sum((share * share for share in shares), Fraction(0))
    chance_ac1 = (1 - chance_kappa) / (len(shares) - 1) if len(shares) > 1 else None
    return Agreement(
        agreements,
        comparisons,
        float(observed),
        _beyond_chance(observed, chance_kappa),
        None if chance_ac1 is None else _beyond_chance(observed, chance_ac1),
        float(chance_kappa),
        None if chance_ac1 is None else float(chance_ac1),
    )


def _beyond_chance(observed: Fraction, chance: Fraction) -> float | None:
    return None if chance == 1 else float((observed - chance) / (1 - chance))


def _constant_raters(table: RatingCounts) -> int:
    """The number of raters, which must be the same for every subject."""
    if not table or not table[0]:
        raise ValueError("the table of ratings is empty")
    raters = sum(table[0])
    for number, row in enumerate(table, start=1):
        if len(row) != len(table[0]):
            raise ValueError(f"subject {number} has {len(row)} categories, subject 1 has {len(table[0])}")
        if min(row) < 0:
            raise ValueError(f"subject {number} has a negative count")
        if sum(row) != raters:
            raise ValueError(f"subject {number} has {sum(row)} ratings, subject 1 has {raters}")
    if raters < 2:
        raise ValueError(f"agreement needs at least two ratings a subject, got {raters}")
    return raters
