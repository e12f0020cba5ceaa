"""Work spread over processes, with the same result as without them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

__all__ = ["map_in_order"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Results waited for at a time, for each process: enough to keep all busy, few enough to keep memory flat.
_IN_FLIGHT: Final = 3


def map_in_order(function: Callable[[_Item], _Result], items: Iterable[_Item], jobs: int) -> Iterator[_Result]:
    """`function` of each item, in order; `function` must be importable by name and its values picklable.

    With one job, or where the system offers no processes, everything happens here.
    """
    if jobs < 2 or (isinstance(items, Sequence) and len(items) < 2):
        yield from map(function, items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    try:
        # Started afresh and not forked: a fork copies whatever threads hold at that moment.
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    except (OSError, ImportError):
        yield from map(function, items)
        return
    with pool:
        try:
            yield from _in_flight(pool, function, items, jobs * _IN_FLIGHT)
        finally:
            pool.shutdown(cancel_futures=True)


def _in_flight(
    pool: "ProcessPoolExecutor", function: Callable[[_Item], _Result], items: Iterable[_Item], most: int
) -> Iterator[_Result]:
    from collections import deque

    waiting: deque[Future[_Result]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
