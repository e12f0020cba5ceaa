"""Reactions laid over a difference: their variance, their skewness and how many sources they reach."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import comb

import pytest
from scipy import stats

from spinefairbench.statistics.superposition import DifferencePlan, Layout, Reaction, moved_third


def reaction(base: float = 0.0, alike: float = 0.0, pairs: int = 4, *, certain: bool = True) -> Reaction:
    layout = Layout(1 / pairs, 1 - 1 / pairs)
    return Reaction(base, layout, 1.0, alike, (1 - base) * (1 - base + alike * base), certain)


def test_independent_reactions_are_binomial() -> None:
    for_tenth = reaction()
    assert for_tenth.none(0.1) == pytest.approx(0.9**4)
    assert for_tenth.variance(0.1) == pytest.approx(0.1 * 0.9 / 4)
    # n·p·(1 - p)·(1 - 2p) of a binomial number, as a share of n.
    assert for_tenth.third_moment(0.1) == pytest.approx(4 * 0.1 * 0.9 * 0.8 / 4**3)


def test_reactions_that_are_all_alike_in_a_source_are_one() -> None:
    whole = reaction(alike=1.0)
    assert whole.none(0.1) == pytest.approx(0.9, rel=1e-6)
    assert whole.variance(0.1) == pytest.approx(0.1 * 0.9)
    assert whole.third_moment(0.1) == pytest.approx(0.1 * 0.9 * 0.8, rel=1e-6)


def test_reactions_that_are_somewhat_alike_are_beta_binomial() -> None:
    # Beta(1/5, 4/5) has the mean 1/5 and the intraclass correlation 1/2: P(0 of 2) is 4/5 · 9/5 / (1 · 2).
    assert reaction(alike=0.5, pairs=2).none(0.2) == pytest.approx(0.72)


def test_where_it_is_in_doubt_the_variance_is_half_way() -> None:
    doubtful = reaction(alike=0.5, certain=False)
    independent, as_alike = reaction().variance(0.1), reaction(alike=0.5).variance(0.1)
    assert doubtful.variance(0.1) == pytest.approx((independent + as_alike) / 2)
    assert doubtful.doubt(0.1) == pytest.approx((as_alike - independent) / 2)
    assert reaction(alike=0.5).doubt(0.1) == 0


def test_the_third_moment_of_one_pair_by_enumeration() -> None:
    """A value and its base, independent and 1 with the rate 1/5; a free value reacts with a quarter."""
    rate, reacting = Fraction(1, 5), Fraction(1, 4)
    outcomes = []
    for value, base, reacts in product((0, 1), repeat=3):
        chance = Fraction(1)
        for drawn, share in ((value, rate), (base, rate), (reacts, reacting)):
            chance *= share if drawn else 1 - share
        outcomes.append((chance, max(value, reacts) - base))
    mean = sum(chance * difference for chance, difference in outcomes)
    third = sum(chance * (difference - mean) ** 3 for chance, difference in outcomes)
    # Without a reaction, the third moment is 0; the covariance of the squared difference with the value is
    # (4/5)·(1/5) - (1/5)·(8/25), and the part of the value's variance that the base does not share all of it.
    skewing = float(Fraction(4, 25) - Fraction(8, 125))
    laid_over = reaction(base=0.2, pairs=1)
    assert float(mean) == pytest.approx(0.2)
    assert moved_third(laid_over, 0.2, skewing, 0.16) == pytest.approx(float(third))


def plan(*, one_sided: bool, still_affected: float = 0.0) -> DifferencePlan:
    return DifferencePlan(
        reaction(base=0.0 if one_sided else 0.4),
        still=0.0 if one_sided else 0.06,
        mean_spread=0.06,
        not_shared=0.03,
        still_third=0.0,
        skewing=0.0,
        still_affected=still_affected,
        more_affected=1.0,
        one_sided=one_sided,
        pilot_sources=200,
    )


def test_of_one_sign_six_affected_sources_are_needed() -> None:
    share = 1 - 0.98**4
    fewer = sum(comb(100, number) * share**number * (1 - share) ** (100 - number) for number in range(6))
    assert plan(one_sided=True).power(0.02, 100) == pytest.approx(1 - fewer)
    assert plan(one_sided=True).objection(0.02, 100) is None


def test_of_both_signs_ten_affected_sources_are_needed() -> None:
    assert plan(one_sided=False, still_affected=0.3).objection(0.01, 100) is None
    assert plan(one_sided=False, still_affected=0.01).objection(0.01, 100) == (
        "with 100 sources, fewer than 10 may differ from 0"
    )


def test_the_power_rises_with_the_effect_and_the_sources() -> None:
    noisy = plan(one_sided=False, still_affected=0.5)
    by_effect = [noisy.power(effect / 100, 200) for effect in range(1, 30)]
    by_sources = [noisy.power(0.03, sources) for sources in (50, 100, 400, 1600)]
    assert by_effect == sorted(by_effect) and by_sources == sorted(by_sources)
    assert by_effect[0] < 0.2 and by_effect[-1] > 0.99


@pytest.mark.parametrize("sources", [19, 20, 49, 50, 100, 1600])
@pytest.mark.parametrize("effect", [0.02, 0.1, 0.3])
@pytest.mark.parametrize(("still_third", "skewing"), [(0.0, 0.0), (0.01, 0.02), (-0.9, 0.0)])
def test_the_power_of_both_signs_by_scipy(effect: float, sources: int, still_third: float, skewing: float) -> None:
    """The estimate less its distance from the limit is normal, with the spread that its standard error adds."""
    noisy = replace(plan(one_sided=False, still_affected=0.1), still_third=still_third, skewing=skewing)
    variance = noisy.variance(effect)
    skewness = min(max(noisy.third_moment(effect) / variance**1.5, -6), 6) / math.sqrt(sources)
    z, t = stats.norm.ppf(0.975), stats.t.ppf(0.975, sources - 1)
    # The percentile interval is printed from 50 sources on, where 20 of them are likely affected.
    enough = stats.binom.sf(19, sources, noisy.affected(effect)) >= 0.5
    reach = z * math.sqrt(1 - 1 / sources) - (z * z - 1) / 6 * skewness if sources >= 50 and enough else t
    distance = effect * math.sqrt(sources / variance) - reach + 3 / 16 * reach * skewness**2
    spread = (
        1
        - reach * skewness
        + 3 / 8 * (reach * skewness) ** 2
        + reach**2 / (2 * (sources - 1))
        + (z + stats.norm.ppf(0.8)) ** 2 / (2 * 199)
    )
    expected = stats.norm.cdf(distance / math.sqrt(max(0.2, spread)))
    assert noisy.power(effect, sources) == pytest.approx(expected, abs=1e-9)


def test_without_any_variation_nothing_is_claimed() -> None:
    rigid = replace(plan(one_sided=False), still=0.0, mean_spread=0.0, not_shared=0.0)
    assert rigid.variance(0.0) == 0.0
    assert rigid.power(0.0, 100) == 0.0


def test_sources_that_react_wholly_need_one_less() -> None:
    whole = replace(plan(one_sided=True), reaction=reaction(pairs=1))
    # A source has one pair, so that the effect is the share of affected sources: five of them show it, not six.
    fewer = sum(comb(100, number) * 0.05**number * 0.95 ** (100 - number) for number in range(5))
    assert whole.power(0.05, 100) == pytest.approx(1 - fewer)


def test_what_is_asked_and_within_reach() -> None:
    assert plan(one_sided=True).asked == 0.8
    assert plan(one_sided=False).asked == pytest.approx(0.815)
    assert plan(one_sided=True).reach == pytest.approx(0.999)
    assert plan(one_sided=False).reach == pytest.approx(0.999 * 0.6 * 0.7)
