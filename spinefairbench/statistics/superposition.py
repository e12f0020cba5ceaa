"""The spread of a difference of two means under an effect: what is seen without one, with an effect laid over it.

The difference is that of a mean from a base, each source having both. Under an effect, a share of the pairs whose value
is still free (their distance from 1) reacts, at random but as much alike within a source as its values are. So a
share `a` of what is free turns a value v into v + (1 - v): the mean moves by a·(1 - base).
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from spinefairbench.statistics.affected import ENOUGH_AFFECTED
from spinefairbench.statistics.intervals import FEW_AFFECTED, FEW_SOURCES
from spinefairbench.statistics.power import (
    POWER,
    at_least,
    exceeds,
    interval_reach,
    pilot_noise,
)

__all__ = ["MOST_ALIKE", "DifferencePlan", "Layout", "Reaction", "moved_third"]

# An interval excludes 0 if so many sources are affected, all to the same side; one fewer if each of them wholly.
_ONE_SIDED: Final = 6
_WHOLLY: Final = 0.9
# How sure it must be that enough sources are affected for the t interval, whose power is computed.
_SURE: Final = 0.9
# The share of what is free beyond which an effect changes the spread too much to be laid over what was seen.
_FREE: Final = 0.7
# By how much of the variance, to either side, it may be in doubt.
_DOUBT: Final = 0.08
# By how much the normal approximation overstates the power, from simulations.
_EXCESS_OF_NORMAL: Final = 0.015
MOST_ALIKE: Final = 1 - 1e-9


class Layout(NamedTuple):
    """The variance of a mean of values with the variance 1 and the correlation r within sources is (own + shared·r)/n."""

    own: float
    shared: float


class Reaction(NamedTuple):
    """How pairs react.

    `alike` is the correlation within a source, `both_free` the mean product of two free parts, and `size` the variance
    of a value over that of a value of 0 or 1 with the same mean, for values that can react in part. Unless
    `certain`, reactions may also be independent of one another, and whole.
    """

    base: float
    layout: Layout
    size: float
    alike: float
    both_free: float
    certain: bool

    def share(self, effect: float) -> float:
        """Of what is free, the share that reacts."""
        return min(1.0, effect / (1 - self.base))

    def pairs(self, effect: float) -> float:
        """The share of pairs that react, each as far as `size` says."""
        return min(1.0, self.share(effect) / self.size)

    def variance(self, effect: float) -> float:
        """What reactions add to the variance of a source's mean; half way between the two limits where in doubt."""
        least, most = self._limits(effect)
        return (least + most) / 2

    def doubt(self, effect: float) -> float:
        """By how much the variance may be off to either side."""
        least, most = self._limits(effect)
        return (most - least) / 2

    def _limits(self, effect: float) -> tuple[float, float]:
        share = self.share(effect)
        own, shared = self.layout
        apart, together, both = (1 - self.base) * own, shared * self.both_free, share * (1 - share)
        if self.certain:
            return (both * self.size * (apart + together * self.alike),) * 2
        return both * self.size * apart, both * (apart + together * self.alike)

    def third_moment(self, effect: float) -> float:
        """The third central moment of the mean reaction of a source, as of a beta-binomial share."""
        alike = self.alike * self.both_free / (1 - self.base)
        theta = min(alike, MOST_ALIKE) / (1 - min(alike, MOST_ALIKE))
        pairs = 1 / self.layout.own
        first = effect
        second = first * (effect + theta) / (1 + theta)
        third = second * (effect + 2 * theta) / (1 + 2 * theta)
        mean = pairs * first
        square = pairs * (pairs - 1) * second + mean
        cube = pairs * (pairs - 1) * (pairs - 2) * third + 3 * pairs * (pairs - 1) * second + mean
        return float((cube - 3 * mean * square + 2 * mean**3) / pairs**3) * self.size**2

    def none(self, share: float) -> float:
        """The probability that no pair of a source reacts, as of a beta-binomial number."""
        theta = min(self.alike, MOST_ALIKE) / (1 - min(self.alike, MOST_ALIKE))
        pairs, chance = 1 / self.layout.own, 1.0
        for index in range(math.ceil(pairs - 1e-9)):
            chance *= math.pow((1 - share + index * theta) / (1 + index * theta), min(1.0, pairs - index))
        return chance


@dataclass(frozen=True)
class DifferencePlan:
    """A difference from a base, against 0.

    `still` is the variance of a source's difference without an effect, `mean_spread` that of its mean and
    `not_shared` the part of the latter that the base does not share. `still_third` is the third central moment,
    `skewing` the covariance of the squared difference with the mean and `still_affected` the share of affected sources
    without an effect. `more_affected` corrects the share of sources that react for values that can react in part.
    `one_sided`: without an effect, all differences are 0.
    """

    reaction: Reaction
    still: float
    mean_spread: float
    not_shared: float
    still_third: float
    skewing: float
    still_affected: float
    more_affected: float
    one_sided: bool
    pilot_sources: int

    @property
    def asked(self) -> float:
        """What is claimed; a little more of the normal approximation, which says a little too much."""
        return POWER if self.one_sided else POWER + _EXCESS_OF_NORMAL

    @property
    def reach(self) -> float:
        """All that is free, or most of it where the base varies."""
        return 0.999 * (1 - self.reaction.base) * (1.0 if self.one_sided else _FREE)

    def variance(self, effect: float) -> float:
        """The variance of a source's difference under an effect."""
        share = self.reaction.share(effect)
        spread = self.still - 2 * share * self.not_shared + share * share * self.mean_spread
        return max(0.0, spread) + self.reaction.variance(effect)

    def third_moment(self, effect: float) -> float:
        """The third central moment of a source's difference under an effect."""
        moved = moved_third(self.reaction, effect, self.skewing, self.not_shared)
        return self.still_third + moved

    def affected(self, effect: float) -> float:
        """The share of sources whose difference is not 0 under an effect."""
        silent = math.pow(self.reaction.none(self.reaction.pairs(effect)), self.more_affected)
        return 1 - (1 - self.still_affected) * silent

    def objection(self, effect: float, sources: int) -> str | None:
        """With differences of both signs, enough sources must be affected, and it must not matter how they react."""
        if self.one_sided:
            return None
        if at_least(ENOUGH_AFFECTED, sources, self.affected(effect)) < _SURE:
            return f"with {sources} sources, fewer than {ENOUGH_AFFECTED} may differ from 0"
        if self.reaction.doubt(effect) > _DOUBT * self.variance(effect):
            return (
                "the spread depends on how alike the reactions to an edit are, and how far they go, which is not known"
            )
        return None

    def power(self, effect: float, sources: int) -> float:
        """Of one sign, the chance of enough affected sources; of both, that of a mean far enough from 0.

        The latter is normal, with the mean and variance of the estimate less its distance from the limit, to the first
        order in the skewness and with the kurtosis 3 + 1.5·skewness² of a gamma distribution.
        """
        affected = self.affected(effect)
        if self.one_sided:
            needed = _ONE_SIDED - (effect >= _WHOLLY * affected)
            return at_least(needed, sources, affected)
        variance = self.variance(effect)
        if variance <= 0:
            return 0.0
        skewness = self.third_moment(effect) / variance**1.5
        skewness = max(-6.0, min(6.0, skewness)) / math.sqrt(sources)
        trusted = sources >= FEW_SOURCES and at_least(FEW_AFFECTED, sources, affected) >= 0.5
        reach = interval_reach(sources, skewness, percentile=trusted)
        kurtosis = (reach * skewness) ** 2 * 3 / 8 + reach * reach / (2 * (sources - 1))
        spread = 1 - reach * skewness + kurtosis + pilot_noise(self.pilot_sources)
        distance = effect / math.sqrt(variance / sources) - reach + reach * skewness**2 * 3 / 16
        return exceeds(distance, max(0.2, spread))


def moved_third(reaction: Reaction, effect: float, skewing: float, not_shared: float) -> float:
    """What an effect adds to the third central moment, the difference x and the reaction w of a source being dependent.

    It is that of w, three times that of x·x·w, which falls by `skewing` as the mean rises, and three times that of
    x·w·w, since only what is free reacts.
    """
    share, (own, _) = reaction.share(effect), reaction.layout
    together = share * share + reaction.alike * share * (1 - share)
    less = share * own + 2 * (1 - own) * (1 - reaction.base) * together - 2 * effect * share
    return reaction.third_moment(effect) - 3 * (share * skewing + not_shared * less)
