"""The power of the printed intervals: what effect they detect, and how many sources that takes.

A plan gives the probability that the printed 95% interval excludes the null value, for an effect and a number of
sources. It takes the spread under that effect, not the one observed, and the interval that would be printed. The power
that is reached on new data is measured by scripts/validate_intervals.py.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Protocol

from spinefairbench.statistics.affected import ENOUGH_AFFECTED, affected_sources, effective_sources
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.distributions import beta_cdf, student_t_quantile
from spinefairbench.statistics.intervals import FEW_AFFECTED, FEW_CARRY, FEW_SOURCES
from spinefairbench.statistics.variance import clustered_mean

__all__ = [
    "ALPHA",
    "POWER",
    "Plan",
    "RatePlan",
    "at_least",
    "exceeds",
    "few_carry",
    "interval_reach",
    "minimum_detectable_effect",
    "pilot_noise",
    "rate_plan",
    "required_sources",
    "unplannable",
]

POWER: Final = 0.8
"""The probability of detection that is claimed."""
ALPHA: Final = 0.05
"""The two-sided level of the test: a 95% interval that excludes the null value."""

# From fewer sources than this nothing is planned, since their spread is too uncertain, and for fewer than the second
# number neither.
_LEAST_SOURCES: Final = 50
_LEAST_PLANNED: Final = 20
# If the variation of a rate is no more even than that of fewer equal sources than this, its spread is too uncertain.
_LEAST_CARRYING: Final = 5
_NORMAL: Final = NormalDist()
_CRITICAL: Final = _NORMAL.inv_cdf(1 - ALPHA / 2)
# More sources than this are out of reach.
_MOST_SOURCES: Final = 10**7
_BISECTIONS: Final = 40
# The percentile limits of a skewed mean lie (z² - 1)/6 standard errors, times its skewness, higher.
_SKEW_OF_LIMIT: Final = (_CRITICAL**2 - 1) / 6


class Plan(Protocol):
    """What is known of a quantity for planning: `reach` is the largest effect that can be asked about."""

    @property
    def asked(self) -> float:
        """The computed power that stands for `POWER`."""

    @property
    def reach(self) -> float:
        """No larger effect can be planned for."""

    def power(self, effect: float, sources: int) -> float:
        """The probability that the printed interval from so many sources shows the effect."""

    def objection(self, effect: float, sources: int) -> str | None:
        """Why that probability is not known, None where it is."""


def minimum_detectable_effect(plan: Plan, sources: int) -> float | str:
    """The smallest effect that the printed interval from `sources` sources shows with a probability of `POWER`.

    A reason in its place where no effect within reach is, or where that probability is not known.
    """
    low, high = 0.0, plan.reach
    if plan.power(high, sources) < plan.asked:
        return "no effect within reach would be found with a probability of 80%"
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if plan.power(middle, sources) < plan.asked:
            low = middle
        else:
            high = middle
    return plan.objection(high, sources) or high


def required_sources(plan: Plan, effect: float) -> int | str:
    """The smallest number of sources with which the printed interval shows `effect` with a probability of `POWER`.

    A reason in its place where it is not between 20 and 10^7, where the effect is out of reach, or where
    that probability is not known. Raises ValueError for an effect that is not positive.
    """
    if not effect > 0:
        raise ValueError(f"an effect to detect must be positive, got {effect}")
    if effect > plan.reach:
        return f"an effect of {effect:g} is out of reach"
    if plan.power(effect, _LEAST_PLANNED) >= plan.asked:
        return f"an effect of {effect:g} takes no more than {_LEAST_PLANNED} sources; fewer are not planned for"
    too_few, sufficient = _LEAST_PLANNED, 2 * _LEAST_PLANNED
    while plan.power(effect, sufficient) < plan.asked:
        too_few, sufficient = sufficient, sufficient * 2
        if sufficient > _MOST_SOURCES:
            return f"an effect of {effect:g} takes more than {_MOST_SOURCES:,} sources"
    while sufficient - too_few > 1:
        middle = (too_few + sufficient) // 2
        if plan.power(effect, middle) < plan.asked:
            too_few = middle
        else:
            sufficient = middle
    return plan.objection(effect, sufficient) or sufficient


def unplannable(totals: ClusterTotals) -> str | None:
    """Why nothing can be planned from these values, whatever they measure; None where something can."""
    if totals.n == 1:
        return "there is only one source, so the variation between sources is unknown"
    if not clustered_mean(totals).standard_error:
        return "all sources have the same value, so there is no variation to plan with"
    if totals.n < _LEAST_SOURCES:
        return f"there are only {totals.n} sources (fewer than {_LEAST_SOURCES})"
    return None


def few_carry(totals: ClusterTotals, affected: int) -> str | None:
    """The reason where few of many affected sources carry the variation; None where many do, or few are affected."""
    uneven = affected >= FEW_AFFECTED and effective_sources(totals) < ENOUGH_AFFECTED
    return FEW_CARRY if uneven else None


# --- what plans are made of ------------------------------------------------------------------------------------


def interval_reach(sources: int, skewness: float, *, percentile: bool) -> float:
    """How many standard errors the lower limit lies below the mean; `skewness` is that of the mean.

    For the percentile interval, whose resamples vary by (n - 1)/n of the variance, to the first order in the skewness:
    P. Hall, "The Bootstrap and Edgeworth Expansion", 1992, section 3.4. Otherwise Student's t quantile.
    """
    if percentile:
        return _CRITICAL * math.sqrt((sources - 1) / sources) - _SKEW_OF_LIMIT * skewness
    return student_t_quantile(1 - ALPHA / 2, sources - 1)


def pilot_noise(sources: int) -> float:
    """The variance, in standard errors, that an effect has because its standard error comes from so many sources."""
    return (_CRITICAL + _NORMAL.inv_cdf(POWER)) ** 2 / (2 * (sources - 1))


def exceeds(distance: float, variance: float) -> float:
    """The probability that a normal variable of this variance lies above -`distance`."""
    return _NORMAL.cdf(distance / math.sqrt(variance))


def at_least(number: int, sources: int, share: float) -> float:
    """The probability that at least `number` of the sources are affected, each with the probability `share`."""
    if number > sources:
        return 0.0
    return beta_cdf(share, number, sources - number + 1)


# --- a rate against a fixed value ------------------------------------------------------------------------------


@dataclass(frozen=True)
class RatePlan:
    """A mean of values in [0, 1] against a fixed value: that of the data, the truth lying `effect` from it toward 0.5.

    That is the harder direction, since the spread is mean·(1 - mean)·`spread`, in which `spread` stays as observed.
    `value` is the fixed value, or its distance from 1 if that is smaller. `independent` is how many independent values
    a source is worth for the chance that it differs from the end of the range.
    """

    value: float
    spread: float
    independent: float

    @property
    def asked(self) -> float:
        """What is claimed."""
        return POWER

    @property
    def reach(self) -> float:
        """Up to the other end of the range, which is not reached."""
        return 0.999 * (1 - self.value)

    def objection(self, effect: float, sources: int) -> str | None:
        """None: with few affected sources, Wilson's interval is printed."""
        del effect, sources
        return None

    def power(self, effect: float, sources: int) -> float:
        """The estimate must lie beyond the one whose limit is the fixed value, for either interval."""
        value, truth = self.value, self.value + effect
        error = math.sqrt(self.spread * truth * (1 - truth) / sources)
        skewness = (1 - 2 * truth) / math.sqrt(truth * (1 - truth)) * math.sqrt(self.spread / sources)
        wilson_reach = interval_reach(sources, skewness, percentile=False)
        wilson = value + wilson_reach * math.sqrt(self.spread * value * (1 - value) / sources)
        # The estimate c with c - z·sqrt(spread·c·(1 - c)/n) = value.
        square = _CRITICAL**2 * self.spread * (sources - 1) / sources**2
        root = math.sqrt(square * square + 4 * square * value * (1 - value))
        percentile = (2 * value + square + root) / (2 * (1 + square)) - _SKEW_OF_LIMIT * skewness * error
        variance = 1 + wilson_reach**2 / (4 * (sources - 1))
        trusted = 0.0
        if sources >= FEW_SOURCES:
            trusted = at_least(FEW_AFFECTED, sources, -math.expm1(self.independent * math.log1p(-truth)))
        return trusted * exceeds((truth - percentile) / error, variance) + (1 - trusted) * exceeds(
            (truth - wilson) / error, variance
        )


def rate_plan(totals: ClusterTotals) -> RatePlan | str:
    """The plan for a mean of values in [0, 1], or the reason why there is none."""
    affected = affected_sources(totals)
    if reason := unplannable(totals) or few_carry(totals, affected):
        return reason
    if effective_sources(totals) < _LEAST_CARRYING:
        return f"the variation comes from fewer than {_LEAST_CARRYING} sources"
    value = min(totals.estimate, 1 - totals.estimate)
    error = clustered_mean(totals).standard_error or 0.0
    independent = math.log1p(-min(affected / totals.n, 0.9)) / math.log1p(-value)
    return RatePlan(value, error**2 * totals.n / (value * (1 - value)), independent)
