"""Quantiles and cumulative probabilities of Student's t distribution and the beta distribution."""

import math
from functools import lru_cache

__all__ = ["beta_cdf", "beta_quantile", "student_t_cdf", "student_t_quantile"]

# With more degrees of freedom, Student's t distribution equals the normal distribution to all digits in use.
_NORMAL_DF = 1e7
_TINY = 1e-300
# A relative error of a probability far above what the rounding of each unit of its logarithm comes to.
_CLOSE = 2.0**-44
_LARGEST_EXPONENT = 700.0


def beta_cdf(x: float, a: float, b: float) -> float:
    """P(X <= x) for X ~ Beta(a, b) with positive a and b: the regularized incomplete beta function.

    Computed from its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22) with Lentz's method,
    to an accuracy of about 1e-12.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        # The fraction converges quickly only on one side.
        return 1.0 - beta_cdf(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / (a * _beta_fraction(x, a, b))


def _beta_fraction(x: float, a: float, b: float) -> float:
    value, upper, lower = 1.0, 1.0, 0.0
    for index in range(1, 20_000):
        half, end = index // 2, a + index
        if index % 2:
            term = -(a + half) * (a + b + half) * x / ((end - 1) * end)
        else:
            term = half * (b - half) * x / ((end - 1) * end)
        lower = 1 / ((1 + term * lower) or _TINY)
        upper = (1 + term / upper) or _TINY
        factor = upper * lower
        value *= factor
        if -1e-15 < factor - 1 < 1e-15:
            break
    return value


def beta_quantile(q: float, a: float, b: float) -> float:
    """The x in [0, 1] with P(X <= x) = q for X ~ Beta(a, b) with positive a and b, by bisection."""
    below, above = _quantile_bracket(q, a, b)
    low, high = 0.0, 1.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        # Most halvings are decided by what is known of the quantile already.
        if middle <= below or (middle < above and beta_cdf(middle, a, b) < q):
            low = middle
        else:
            high = middle


def _quantile_bracket(q: float, a: float, b: float) -> tuple[float, float]:
    """Two values with the quantile between them: close together where Newton's method finds it, else 0 and 1."""
    below, above = 0.0, 1.0
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    x = a / (a + b)
    while below < x < above:
        difference = q - beta_cdf(x, a, b)
        below, above = (x, above) if difference > 0 else (below, x)
        left, right = math.log(x), math.log1p(-x)
        log_density = (a - 1) * left + (b - 1) * right - log_beta
        slope = math.exp(min(-log_density, _LARGEST_EXPONENT))
        step = difference * slope
        close = _CLOSE * max(x, q * slope) * (1 + abs(a * left) + abs(b * right))
        if abs(step) < close:
            low, high = x + step - close, x + step + close
            return low if beta_cdf(low, a, b) < q else 0.0, 1.0 if beta_cdf(high, a, b) < q else high
        x = x + step if below < x + step < above else (below + above) / 2
    return 0.0, 1.0


def student_t_cdf(t: float, df: float) -> float:
    """P(T <= t) for Student's t with `df` > 0 degrees of freedom."""
    if df > _NORMAL_DF:
        return 0.5 * math.erfc(-t / math.sqrt(2))
    tail = 0.5 * beta_cdf(df / (df + t * t), df / 2, 0.5)
    return tail if t < 0 else 1 - tail


@lru_cache(maxsize=1024)
def student_t_quantile(q: float, df: float) -> float:
    """The t with P(T <= t) = q for Student's t with `df` degrees of freedom.

    Raises ValueError unless 0 < q < 1 and df > 0.
    """
    if not 0 < q < 1 or df <= 0:
        raise ValueError(f"no t quantile at {q} with {df} degrees of freedom")
    if q < 0.5:
        return -student_t_quantile(1 - q, df)
    if df > _NORMAL_DF:
        from statistics import NormalDist

        return NormalDist().inv_cdf(q)
    # t²/(df + t²) has a beta distribution, whose quantiles lie in [0, 1], so that bisection needs no search for bounds.
    share = beta_quantile(2 * q - 1, 0.5, df / 2)
    return math.sqrt(df * share / (1 - share))
