"""What the page's first figure shows, and the order of models that every other figure and table follows."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.noise_floor import Repeats
from spinefairbench.metrics.endpoint import RECOMMENDATION_CHANGE, Endpoint
from spinefairbench.render.page.contents import FloorRow

__all__ = ["FindingRow", "Told", "by_what_is_told", "figure_order", "finding_rows"]


class Told(Enum):
    """What the interval of an excess says, in the order in which it is shown."""

    MORE = "told from noise: more with the edit"
    NOTHING = "no telling: the interval includes zero"
    LESS = "told from noise: less with the edit"
    NO_INTERVAL = "no interval can be given"


_TOLD: dict[int | None, Told] = {1: Told.MORE, 0: Told.NOTHING, -1: Told.LESS, None: Told.NO_INTERVAL}


class FindingRow(NamedTuple):
    """One model: T, F and the excess as in `EndpointFloor`.

    `varies` is False where repeated reports on one image never differ in what is counted, so that the excess is no
    measure to compare models by. `strong` sets a submission apart from `published` models.
    """

    model: str
    changed: float
    repeated: float
    excess: Estimate
    varies: bool
    published: bool = False
    strong: bool = False

    @property
    def told(self) -> Told:
        """What the interval that is judged by says."""
        return _TOLD[self.excess.side]

    @property
    def is_told(self) -> bool:
        """Whether the excess is told from noise, in either direction."""
        return self.told in (Told.MORE, Told.LESS)

    @property
    def order(self) -> tuple[int, float, float]:
        """A key to sort by: by what is told, then by the lower bound, the largest first."""
        lower = 0.0 if self.excess.judged_ci95 is None else self.excess.judged_ci95[0]
        return list(Told).index(self.told), -lower, -(self.excess.value or 0.0)


def finding_rows(floors: Sequence[FloorRow], endpoint: Endpoint = RECOMMENDATION_CHANGE) -> list[FindingRow]:
    """The models that have a floor, in the order given."""
    mixed = len({row.published for row in floors}) > 1
    found = []
    for row in floors:
        floor = row.floor.endpoints.at(endpoint)
        if floor.T is None or floor.F is None or floor.excess.value is None:
            continue
        varies = row.floor.repeats is Repeats.DIFFER
        strong = mixed and not row.published
        found.append(FindingRow(row.model, floor.T, floor.F, floor.excess, varies, row.published, strong))
    return found


def by_what_is_told(rows: Iterable[FindingRow]) -> list[FindingRow]:
    """Those told from noise first, each group by the lower bound of its excess."""
    return sorted(rows, key=lambda row: row.order)


def figure_order(floors: Sequence[FloorRow], models: Iterable[str]) -> dict[str, int]:
    """The place of each of `models`: that of the figure, and after it those that the figure lacks, as they come."""
    shown = [row.model for row in by_what_is_told(finding_rows(floors))]
    return {model: place for place, model in enumerate(dict.fromkeys([*shown, *models]))}
