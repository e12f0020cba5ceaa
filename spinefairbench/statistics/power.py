"""Minimum detectable effects, and the number of sources needed to detect an effect."""

import math

from spinefairbench.statistics.distributions import student_t_quantile

__all__ = ["DEFAULT_ALPHA", "DEFAULT_POWER", "minimum_detectable_effect", "required_sources"]

DEFAULT_POWER = 0.8
#: Two-sided significance level.
DEFAULT_ALPHA = 0.05

# More sources than this are out of reach.
_MOST_SOURCES = 10**9


def minimum_detectable_effect(
    standard_error: float,
    n_sources: int,
    *,
    power: float = DEFAULT_POWER,
    alpha: float = DEFAULT_ALPHA,
) -> float | None:
    """The true effect that a two-sided test at level `alpha` detects with probability `power`.

    `standard_error` is that of the estimate from `n_sources` sources; the result has the same unit, that of the
    endpoint. For a rate, the effect is its distance from a fixed value; for a paired difference, its distance from 0.
    None if it cannot be determined: with one source, or with a standard error of 0, which shows no variation.

    Source: H. S. Bloom, "Minimum detectable effects", Evaluation Review 19(5), 1995, with t quantiles for
    n_sources - 1 degrees of freedom. Raises ValueError for a power or alpha outside (0, 1) or a negative standard
    error.
    """
    _check(standard_error, power, alpha)
    if n_sources < 2 or standard_error == 0:
        return None
    return _multiplier(n_sources, power, alpha) * standard_error


def required_sources(
    effect: float,
    standard_error: float,
    n_sources: int,
    *,
    power: float = DEFAULT_POWER,
    alpha: float = DEFAULT_ALPHA,
) -> int | None:
    """The smallest number of sources with which a two-sided test at level `alpha` detects `effect`.

    `standard_error` is that of the estimate from `n_sources` sources, in the unit of `effect`. It is assumed to fall
    with the square root of the number of sources, with the same design effect and number of pairs per source. `power`
    is the probability of detection. None if it cannot be determined (see `minimum_detectable_effect`), or if more than
    10^9 sources would be needed. Raises ValueError for an effect that is not positive, and as
    `minimum_detectable_effect` does.
    """
    _check(standard_error, power, alpha)
    if not effect > 0:
        raise ValueError(f"an effect to detect must be positive, got {effect}")
    if n_sources < 2 or standard_error == 0:
        return None
    spread = standard_error * math.sqrt(n_sources)

    def enough(sources: int) -> bool:
        return _multiplier(sources, power, alpha) * spread / math.sqrt(sources) <= effect

    if not enough(_MOST_SOURCES):
        return None
    too_few, sufficient = 1, 2
    while not enough(sufficient):
        too_few, sufficient = sufficient, sufficient * 2
    while sufficient - too_few > 1:
        middle = (too_few + sufficient) // 2
        too_few, sufficient = (too_few, middle) if enough(middle) else (middle, sufficient)
    return sufficient


def _multiplier(n_sources: int, power: float, alpha: float) -> float:
    df = n_sources - 1
    return student_t_quantile(1 - alpha / 2, df) + student_t_quantile(power, df)


def _check(standard_error: float, power: float, alpha: float) -> None:
    if not 0 < power < 1:
        raise ValueError(f"power must be between 0 and 1, got {power}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, got {alpha}")
    if not (standard_error >= 0 and math.isfinite(standard_error)):
        raise ValueError(f"a standard error must be a non-negative number, got {standard_error}")
