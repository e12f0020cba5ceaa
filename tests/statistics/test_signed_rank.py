"""Wilcoxon's signed-rank test and Cohen's d_z."""

import json
import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.statistics.signed_rank import cohens_dz, signed_rank
from tests import DATA

# Written by scripts/write_wilcoxon_vectors.py, with SciPy.
VECTORS = json.loads((DATA / "wilcoxon_vectors.json").read_text(encoding="ascii"))
SMALL = st.lists(st.integers(-4, 4), min_size=1, max_size=60)


def test_as_scipy_has_it() -> None:
    assert len(VECTORS) == 200
    for vector in VECTORS:
        result = signed_rank(vector["differences"])
        assert result.statistic == vector["statistic"]
        assert result.p_value == pytest.approx(vector["p_value"], rel=1e-12, abs=1e-12)
        effect = vector["cohens_d_z"]
        assert cohens_dz(vector["differences"]) == (None if effect is None else pytest.approx(effect, rel=1e-12))


def test_the_exact_p_value_counts_the_signs_that_are_as_extreme() -> None:
    differences = [5, -1, 4, 3, -2, 7]
    observed = signed_rank(differences)
    assert observed.statistic == 3  # the ranks 1 and 2
    ranks = range(1, 7)
    sums = [sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign) for signs in product((0, 1), repeat=6)]
    assert observed.p_value == sum(min(each, 21 - each) <= 3 for each in sums) / 64


def test_ties_share_their_mean_rank_and_lower_the_variance() -> None:
    # Without the zeros: 1, 1, -1, 2 with ranks 2, 2, 2, 4. The variance is (4·5·9 - (3³ - 3)/2)/24 = 7.
    result = signed_rank([0, 1, 1, -1, 0, 2])
    assert result.statistic == 2
    assert result.p_value == pytest.approx(math.erfc(3 / math.sqrt(7) / math.sqrt(2)), rel=1e-14)


def test_fifty_differences_are_exact_and_fifty_one_are_not() -> None:
    # With one sign only, the exact p value is that of 2 of the 2^n patterns of signs.
    assert signed_rank(range(1, 51)).p_value == 2 / 2**50
    assert signed_rank(range(1, 52)).p_value > 2 / 2**40


def test_nothing_differs() -> None:
    assert signed_rank([0, 0, 0]) == (0, 1)
    assert cohens_dz([0, 0, 0]) is None


def test_an_effect_size_worked_by_hand() -> None:
    assert cohens_dz([1, 2, 3]) == 2
    assert cohens_dz([-1, -2, -3]) == -2
    assert cohens_dz([-1, 1]) == 0
    assert cohens_dz([2, 2]) is None
    assert cohens_dz([2]) is None


def test_equal_fractions_are_ties_where_the_floats_are_not() -> None:
    thirds = [Fraction(1, 3), Fraction(1) - Fraction(2, 3)]
    assert 1 - 2 / 3 != 1 / 3
    assert signed_rank(thirds).p_value == signed_rank([1, 1]).p_value
    assert signed_rank([1 / 3, 1 - 2 / 3]).p_value == signed_rank([1, 2]).p_value


@pytest.mark.parametrize("differences", [[], [math.nan, 1.0], [math.inf]])
def test_what_cannot_be_ranked(differences: list[float]) -> None:
    with pytest.raises(ValueError, match="difference"):
        signed_rank(differences)
    with pytest.raises(ValueError, match="difference"):
        cohens_dz(differences)


@given(SMALL)
def test_the_order_and_the_sign_do_not_matter(differences: list[int]) -> None:
    result = signed_rank(differences)
    assert signed_rank(differences[::-1]) == result
    assert signed_rank([-value for value in differences]) == result
    assert 0 < result.p_value <= 1
    effect, opposite = cohens_dz(differences), cohens_dz([-value for value in differences])
    assert effect == (None if opposite is None else -opposite)
