"""The order of models by their excess, beside the ranks by the published endpoints: estimates only."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.noise_floor import UNREPEATED_NOTE

__all__ = ["EXCESS_ORDER_NOTE", "excess_ranks"]

EXCESS_ORDER_NOTE: Final = (
    "the order by excess (1: the smallest) is one of estimates alone: no interval of the ranks that a model may have is "
    f"given for it; {UNREPEATED_NOTE}"
)


def excess_ranks(excesses: Sequence[float | None]) -> list[int | None]:
    """The rank of each excess, 1 for the smallest; equal ones share the smaller rank, and None has none."""
    known = [excess for excess in excesses if excess is not None]
    return [None if excess is None else 1 + sum(other < excess for other in known) for excess in excesses]
