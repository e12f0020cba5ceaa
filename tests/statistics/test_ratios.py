"""An interval for a ratio of means."""

from fractions import Fraction

import numpy as np
import pytest

from spinefairbench.statistics.distributions import student_t_quantile
from spinefairbench.statistics.ratios import fieller_interval


def sample(n: int, seed: int) -> tuple[list[Fraction], list[Fraction]]:
    """Correlated values in quarters; the denominators are between 1/4 and 1."""
    draws = np.random.default_rng(seed)
    denominators = draws.integers(1, 5, n)
    numerators = [int(draws.integers(-1, below + 1)) for below in denominators]
    return [Fraction(value, 4) for value in numerators], [Fraction(int(value), 4) for value in denominators]


@pytest.mark.parametrize("n", [25, 200])
def test_at_each_end_the_t_statistic_of_numerator_less_ratio_times_denominator_is_the_quantile(n: int) -> None:
    numerators, denominators = sample(n, n)
    found = fieller_interval(numerators, denominators)
    assert found.interval is not None and found.reason is None
    x, y = np.array(numerators, float), np.array(denominators, float)
    for ratio in found.interval:
        left = x - ratio * y
        statistic = left.mean() / (left.std(ddof=1) / np.sqrt(n))
        assert abs(statistic) == pytest.approx(student_t_quantile(0.975, n - 1), rel=1e-6)
    assert found.interval[0] < x.mean() / y.mean() < found.interval[1]


def test_with_a_denominator_of_one_it_is_the_t_interval_of_the_mean() -> None:
    numerators, _ = sample(40, 1)
    x = np.array(numerators, float)
    reach = student_t_quantile(0.975, 39) * x.std(ddof=1) / np.sqrt(40)
    found = fieller_interval(numerators, [Fraction(1)] * 40)
    assert found.interval == pytest.approx((x.mean() - reach, x.mean() + reach), abs=1e-12)


def test_the_unit_of_both_does_not_matter() -> None:
    numerators, denominators = sample(30, 3)
    scaled = fieller_interval([value / 7 for value in numerators], [value / 7 for value in denominators])
    assert scaled.interval == pytest.approx(fieller_interval(numerators, denominators).interval, abs=1e-12)


def test_a_denominator_that_may_be_zero_has_no_interval() -> None:
    denominators = [Fraction(place % 25 == 0) for place in range(50)]
    found = fieller_interval([Fraction(place % 2) for place in range(50)], denominators)
    assert found == (None, "the denominator of the ratio may be 0")


def test_nineteen_affected_sources_have_no_interval_and_twenty_have_one() -> None:
    ones = [Fraction(1)] * 60
    few = fieller_interval([Fraction(1)] * 19 + [Fraction(0)] * 41, ones)
    assert few.interval is None
    assert few.reason == "only 19 of 60 sources differ from the most common value (an interval needs 20)"
    assert fieller_interval([Fraction(1)] * 20 + [Fraction(0)] * 40, ones).interval is not None


def test_no_source_has_no_interval_either() -> None:
    assert fieller_interval([], []).interval is None
