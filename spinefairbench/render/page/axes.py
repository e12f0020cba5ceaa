"""Axes: from values to places, with ticks at round numbers."""

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.render.values import fixed_point

__all__ = ["CHANGE", "SHARE", "Scale", "round_scale", "symmetric_scale"]

_ROUND_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
_MOST_STEPS: Final = 5
_SMALLEST: Final = 1e-12


class Scale(NamedTuple):
    """A linear axis with its ticks; `decimals` are those of the tick labels, `origin` is the value of no change.

    `low` is at its left end, also where it is the larger one.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int = 1
    origin: float | None = None

    def share(self, value: float) -> float:
        """Where a value lies along the axis, from 0 to 1; one outside the axis is put at its end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    @property
    def mirrored(self) -> "Scale":
        """The axis that runs the other way."""
        return self._replace(low=self.high, high=self.low)

    def tick_label(self, tick: float) -> str:
        """A tick in words, with a true minus sign."""
        return fixed_point(tick, self.decimals).replace("-", "\u2212")


SHARE: Final = Scale(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), origin=0.0)
"""The axis of a share."""
CHANGE: Final = ByEndpoint(SHARE, Scale(1.0, 0.0, (1.0, 0.8, 0.6, 0.4, 0.2, 0.0), origin=1.0))
"""The axis of each endpoint: more change is to the right of both, so that of consistency runs from 1 to 0."""


def round_scale(values: Iterable[float], *, least: float = 0.0) -> Scale:
    """An axis from 0, or from below the lowest value where one is negative, that holds all values and at least `least`.

    It begins and ends at a tick or half way between two.
    """
    found = [0.0, least, *values]
    return _rounded(min(found), max(found), _MOST_STEPS)


def symmetric_scale(values: Iterable[float], *, least: float = 0.0, steps: int = 2) -> Scale:
    """An axis with 0 in its middle that holds all values and at least `least`; `steps`: the most ticks on a side."""
    reach = max(map(abs, (least, *values)))
    # Rounded on one side and mirrored, so that both sides have the same ticks.
    half = _rounded(0.0, reach, steps)
    end = next((tick for tick in half.ticks if tick >= half.high), round(half.high + half.ticks[1] / 2, half.decimals))
    ticks = tuple(sorted({*(-tick for tick in half.ticks), *half.ticks, -end, end}))
    return Scale(-end, end, tuple(tick + 0.0 for tick in ticks), half.decimals, 0.0)


def _rounded(low: float, high: float, steps: int) -> Scale:
    # Where all values are 0, or so near that no power of ten can be found, any axis will do.
    step = _round_step((high - low if high - low > _SMALLEST else 1.0) / steps)
    # Counted in halves of a step.
    first, last = math.floor(2 * low / step + 1e-9), max(math.ceil(2 * high / step - 1e-9), 2)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = tuple(round(number * step, decimals) + 0.0 for number in range(math.ceil(first / 2), last // 2 + 1))
    return Scale(first * step / 2, last * step / 2, ticks, decimals, 0.0)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * step for step in _ROUND_STEPS if power * step >= least * (1 - 1e-9))
