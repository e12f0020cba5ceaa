"""Work on many samples that are resampled, dealt out over processes while the caller goes on."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeVar

from spinefairbench.parallel import begun
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["Interval", "begun_by_size"]

Interval = tuple[float, float]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# About what one resample costs, in nanoseconds: to draw, look up and add a cluster, more where the totals of its samples
# take more than one machine word, to add one more sample of it, and to compute and sort the statistic of a sample.
_DRAW: Final = 43.0
_LONG: Final = 14.0
_ADD: Final = 0.36
_READ: Final = 190.0
# Samples whose totals fit in a machine word.
_SHORT: Final = 2
# Work below which a second process costs more than it saves, in the same unit: half a second.
_WORTH_A_PROCESS: Final = 5e8


def begun_by_size(
    function: Callable[[Sequence[_Item], Bootstrap], Sequence[_Result]],
    samples: Sequence[_Item],
    sizes: Sequence[int],
    bootstrap: Bootstrap,
) -> Callable[[], Sequence[_Result]]:
    """What waits for `function` of the samples: a result each, in the order given, all from the same draws.

    `sizes` are their numbers of clusters. With several jobs the work begins at once, in other processes; the function,
    samples and results must then be picklable.
    """
    parts = _dealt(sizes, bootstrap)
    if len(parts) < 2:
        return lambda: function(samples, bootstrap) if samples else []
    drawn = [[samples[place] for place in part] for part in parts]
    results = begun(partial(_of_part, function, bootstrap.for_one_process), drawn, bootstrap.jobs)

    def collected() -> list[_Result]:
        found: dict[int, _Result] = {}
        for part, of_part in zip(parts, results(), strict=True):
            found.update(zip(part, of_part, strict=True))
        return [found[place] for place in range(len(samples))]

    return collected


def _of_part(
    function: Callable[[Sequence[_Item], Bootstrap], Sequence[_Result]], bootstrap: Bootstrap, part: Sequence[_Item]
) -> Sequence[_Result]:
    return function(part, bootstrap)


class _Piece(NamedTuple):
    """Samples of one size, by their places."""

    size: int
    places: list[int]

    @property
    def cost(self) -> float:
        return self.cost_of_draws + self.cost_of_samples

    @property
    def cost_of_draws(self) -> float:
        return self.size * (_DRAW if len(self.places) <= _SHORT else _DRAW + _LONG)

    @property
    def cost_of_samples(self) -> float:
        return len(self.places) * (self.size * _ADD + _READ)

    def split(self, jobs: int) -> "list[_Piece]":
        """For each process a piece; the whole where drawing costs more than the samples do, since each would draw."""
        if self.cost_of_samples < self.cost_of_draws:
            return [self]
        return [_Piece(self.size, self.places[at::jobs]) for at in range(jobs)]


def _dealt(sizes: Sequence[int], bootstrap: Bootstrap) -> list[list[int]]:
    """The places of samples of these sizes in parts that take about as long, one for each process that is worth it.

    Samples of one size share their draws, so a size is split only where all ends sooner.
    """
    by_size: dict[int, list[int]] = {}
    for place, size in enumerate(sizes):
        by_size.setdefault(size, []).append(place)
    whole = [_Piece(size, places) for size, places in by_size.items()]
    if _cost(whole) * bootstrap.iterations < _WORTH_A_PROCESS:
        return [list(range(len(sizes)))]
    split = [piece for each in whole for piece in each.split(bootstrap.jobs)]
    dealt = min(
        (_in_parts(pieces, bootstrap.jobs) for pieces in (whole, split)), key=lambda parts: max(map(_cost, parts))
    )
    return [[place for piece in part for place in piece.places] for part in dealt if part]


def _in_parts(pieces: Sequence[_Piece], parts: int) -> list[list[_Piece]]:
    """The pieces, the most costly first, each dealt to the part with the least so far."""
    dealt: list[list[_Piece]] = [[] for _ in range(parts)]
    for piece in sorted(pieces, key=lambda piece: piece.cost, reverse=True):
        min(dealt, key=_cost).append(piece)
    return dealt


def _cost(pieces: Sequence[_Piece]) -> float:
    return sum(piece.cost for piece in pieces)
