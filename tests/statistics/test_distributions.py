"""Quantiles and tails against tables and closed forms."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from spinefairbench.statistics import distributions
from spinefairbench.statistics.distributions import (
    beta_cdf,
    beta_quantile,
    student_t_cdf,
    student_t_quantile,
)


# Any printed table of Student's t, for example E. S. Pearson and H. O. Hartley, "Biometrika Tables for
# Statisticians", vol. 1, table 12.
@pytest.mark.parametrize(
    ("q", "df", "value"),
    [
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.95, 5, 2.015),
        (0.975, 10, 2.228),
        (0.995, 20, 2.845),
        (0.975, 30, 2.042),
        (0.975, 120, 1.980),
    ],
)
def test_students_t_as_tabled(q: float, df: float, value: float) -> None:
    assert student_t_quantile(q, df) == pytest.approx(value, abs=5e-4)
    assert student_t_quantile(1 - q, df) == pytest.approx(-value, abs=5e-4)


@given(st.floats(0.001, 0.999))
def test_students_t_with_one_and_two_degrees_of_freedom_in_closed_form(q: float) -> None:
    assert student_t_quantile(q, 1) == pytest.approx(math.tan(math.pi * (q - 0.5)), rel=1e-8, abs=1e-8)
    closed = (2 * q - 1) * math.sqrt(2 / (4 * q * (1 - q)))
    assert student_t_quantile(q, 2) == pytest.approx(closed, rel=1e-8, abs=1e-8)


@given(st.floats(0.001, 0.999), st.floats(0.5, 1e9))
def test_students_t_distribution_inverts_its_quantile(q: float, df: float) -> None:
    # With more degrees of freedom than there ever are sources, what is left of t beside them is a rounding error.
    assert student_t_cdf(student_t_quantile(q, df), df) == pytest.approx(q, abs=1e-9 if df < 10_000 else 2e-7)


def test_many_degrees_of_freedom_are_normal() -> None:
    assert student_t_quantile(0.975, 1e8) == pytest.approx(1.959963984540054, abs=1e-12)
    assert student_t_quantile(0.975, 9e6) == pytest.approx(1.959963984540054, abs=1e-6)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.floats(0, 1))
def test_beta_tails_are_binomial_sums(case: tuple[int, int], p: float) -> None:
    least, n = case
    tail = math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(least, n + 1))
    assert beta_cdf(p, least, n - least + 1) == pytest.approx(tail, abs=1e-12)


@given(st.floats(0.001, 0.999), st.floats(0.05, 3000), st.floats(0.05, 3000))
def test_the_beta_quantile_inverts_the_distribution(q: float, a: float, b: float) -> None:
    x = beta_quantile(q, a, b)
    assert 0 <= x <= 1
    assert beta_cdf(math.nextafter(x, 0), a, b) - 1e-8 <= q <= beta_cdf(math.nextafter(x, 1), a, b) + 1e-8


@pytest.mark.parametrize(("q", "df"), [(0.0, 5), (1.0, 5), (0.5, 0)])
def test_a_quantile_that_does_not_exist_is_refused(q: float, df: float) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        student_t_quantile(q, df)


@pytest.mark.parametrize("q", [0.025, 0.5, 0.975])
@pytest.mark.parametrize(("a", "b"), [(0.5, 10.0), (3.0, 4.0), (20.5, 180.5), (999.0, 2.0)])
def test_a_quantile_takes_far_fewer_steps_than_halving_alone(
    q: float, a: float, b: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Halving from [0, 1] down to neighbouring numbers evaluates the distribution more than fifty times.
    asked: list[float] = []

    evaluated = distributions._beta_fraction

    def counted(x: float, a: float, b: float) -> float:
        asked.append(x)
        return evaluated(x, a, b)

    monkeypatch.setattr(distributions, "_beta_fraction", counted)
    found = distributions.beta_quantile(q, a, b)
    assert found == pytest.approx(stats.beta.ppf(q, a, b), rel=1e-9)
    assert len(asked) <= 32
