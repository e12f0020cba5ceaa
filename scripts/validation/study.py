"""What a simulation is: cells with a known truth, what is measured in each, and what must hold."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from spinefairbench.analysis.estimates import Estimate

__all__ = [
    "COVERAGE",
    "LEAST_SOURCES",
    "SOURCES",
    "TYPE_I",
    "Cell",
    "Limit",
    "Study",
    "batches",
    "chooser_of",
    "covers",
    "holds",
    "shares",
]

LEAST_SOURCES: Final = 20
"""The smallest number of sources for which the limits must hold."""
SOURCES: Final = (20, 50, 200, 1000)
"""The numbers of sources that are simulated."""


class Cell(Protocol):
    """One setting of a simulation: a named tuple, the number of sources among its fields."""

    @property
    def sources(self) -> int:
        """The number of sources of a data set."""

    def _asdict(self) -> dict[str, Any]:
        """All settings by name."""


class Limit(NamedTuple):
    """A measured share and the range in which it must lie; None where it has no such end."""

    measure: str
    low: float | None = None
    high: float | None = None

    def miss(self, value: float) -> float:
        """By how much a value is outside the range; 0 inside it."""
        below = 0.0 if self.low is None else self.low - value
        above = 0.0 if self.high is None else value - self.high
        return max(0.0, below, above)


COVERAGE: Final = 0.93
"""An interval called a 95% interval must contain the true value at least this often."""
TYPE_I: Final = 0.06
"""A test at the 5% level may reject a true null hypothesis at most this often."""


@dataclass(frozen=True)
class Study:
    """A simulation of something that commands print.

    `printed_by` are the JSON fields that it vouches for, each as "command: path" with [] for the items of a list and *
    for anything. `explains` says how the data are drawn and what the numbers of a table entry are, in Markdown.
    `cells` lists the settings (True: a few of them), and `measure` simulates one: (cell, number of data sets, seed) to
    the measured shares. The first measure is shown in bold. `limits` must hold in every cell of at least
    `LEAST_SOURCES` sources.
    """

    name: str
    title: str
    explains: str
    printed_by: tuple[str, ...]
    cells: Callable[[bool], Sequence[Cell]]
    measure: Callable[[Any, int, int], Mapping[str, float]]
    limits: tuple[Limit, ...]
    data_sets: int = 500

    def vouches_for(self, field: str) -> bool:
        """Whether it vouches for a field, "command: path"."""
        patterns = (re.escape(each).replace(r"\*", ".*") for each in self.printed_by)
        return any(re.fullmatch(pattern, field) for pattern in patterns)

    def misses(self, cell: Cell, measured: Mapping[str, float]) -> dict[str, float]:
        """{measure: by how much it is outside its limit} of a cell; empty where all hold."""
        if cell.sources < LEAST_SOURCES:
            return {}
        # A measure that a cell does not have, because nothing was printed in it, has nothing to hold.
        found = {
            limit.measure: limit.miss(measured[limit.measure]) for limit in self.limits if limit.measure in measured
        }
        return {measure: miss for measure, miss in found.items() if miss > 0}


def chooser_of(seed: int, *setting: object) -> random.Random:
    """The random numbers of one cell: the same for the same seed and setting."""
    # Seeded simulation, not a secret.
    return random.Random(f"{seed} {setting}")  # noqa: S311


def holds(interval: tuple[float, float], truth: float) -> bool:
    """Whether the interval contains the true value, which may be a rounded number."""
    return interval[0] - 1e-12 <= truth <= interval[1] + 1e-12


def covers(found: Estimate, truth: float) -> bool:
    """Whether the interval that is judged by contains the true value; not where there is none."""
    return found.judged_ci95 is not None and holds(found.judged_ci95, truth)


def batches(data_sets: int, size: int = 100) -> Iterator[range]:
    """The numbers of the data sets, `size` at a time: those that share their draws, as the models of a panel do."""
    for start in range(0, data_sets, size):
        yield range(start, min(start + size, data_sets))


def shares(counts: Mapping[str, int], data_sets: int) -> dict[str, float]:
    """Counts of data sets as shares of all."""
    return {name: count / data_sets for name, count in counts.items()}
