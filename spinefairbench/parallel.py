"""Work spread over processes, with the same result as without them."""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

    from spinefairbench.worker_pool import WorkerPool

__all__ = ["OrderedWorkers", "begun", "in_order", "shared_processes"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Items handed to each process before a result is waited for: all stay busy, and memory stays flat.
_IN_FLIGHT: Final = 3


class OrderedWorkers(Generic[_Item, _Result]):
    """Hands `function` of each item that is put in to `take`, in the order of the items.

    A context manager: when its block ends, all has been taken. `function`, items and results must be picklable. With
    one job, or where the system offers no processes, everything happens in this one.
    """

    def __init__(
        self,
        function: Callable[[_Item], _Result],
        jobs: int,
        take: Callable[[_Result], None],
        *,
        in_flight: float = _IN_FLIGHT,
    ) -> None:
        self._function = function
        self._take = take
        self._waiting: deque[tuple[_Item, Future[_Result]]] = deque()
        self._most = jobs * in_flight
        self._pool: WorkerPool | None = None
        if jobs > 1:
            shared = _SHARED.get()
            self._pool = _pool(jobs) if shared is None else shared.of(jobs)

    def put(self, item: _Item) -> None:
        """Hand over the next item; its result comes in turn."""
        if self._pool is None:
            self._take(self._function(item))
            return
        from spinefairbench.worker_pool import NoWorker

        try:
            future = self._pool.submit(self._function, item)
        except NoWorker:
            self._go_on_alone()
            self._take(self._function(item))
            return
        self._waiting.append((item, future))
        if len(self._waiting) >= self._most:
            self._take_first()

    def _take_first(self) -> None:
        from spinefairbench.worker_pool import NoWorker

        item, future = self._waiting.popleft()
        try:
            result = future.result()
        except NoWorker:
            # What a process was doing that was ended from outside can be done here.
            result = self._function(item)
        self._take(result)

    def _go_on_alone(self) -> None:
        while self._waiting:
            self._take_first()
        shared = _SHARED.get()
        if shared is not None and self._pool is not None:
            shared.drop(self._pool)
        elif self._pool is not None:
            self._pool.end()
        self._pool = None

    def __enter__(self) -> "OrderedWorkers[_Item, _Result]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pool = self._pool
        try:
            while kind is None and self._waiting:
                self._take_first()
        finally:
            for _, future in self._waiting:
                future.cancel()
            shared = _SHARED.get()
            if pool is not None and (shared is None or not shared.keeps(pool)):
                pool.end()


def in_order(function: Callable[[_Item], _Result], items: Iterable[_Item], jobs: int) -> Generator[_Result, None, None]:
    """`function` of each item, in the order of the items, computed as by `OrderedWorkers`."""
    done: list[_Result] = []
    with OrderedWorkers(function, jobs, done.append) as workers:
        for item in items:
            workers.put(item)
            yield from done
            done.clear()
    yield from done


def begun(function: Callable[[_Item], _Result], items: Iterable[_Item], jobs: int) -> Callable[[], Sequence[_Result]]:
    """What waits for `function` of each item, in the order of the items, computed as by `OrderedWorkers`.

    With several jobs all of it begins at once, and the caller can do something else before it waits.
    """
    done: list[_Result] = []
    workers = OrderedWorkers(function, jobs, done.append, in_flight=math.inf)
    for item in items:
        workers.put(item)

    def results() -> Sequence[_Result]:
        with workers:
            return done

    return results


class _SharedPool:
    """The processes that all `OrderedWorkers` of a block use, started when they are first needed."""

    def __init__(self) -> None:
        self._pool: WorkerPool | None = None
        self._jobs = 0

    def of(self, jobs: int) -> "WorkerPool | None":
        if self._pool is None or jobs != self._jobs:
            self.end()
            self._pool, self._jobs = _pool(jobs), jobs
        return self._pool

    def keeps(self, pool: "WorkerPool") -> bool:
        return pool is self._pool

    def drop(self, pool: "WorkerPool") -> None:
        """End a pool that has no process left; the next work gets another one."""
        if pool is self._pool:
            self.end()

    def end(self) -> None:
        if self._pool is not None:
            self._pool.end()
        self._pool = None


_SHARED: Final[ContextVar[_SharedPool | None]] = ContextVar("shared processes", default=None)


@contextmanager
def shared_processes() -> Iterator[None]:
    """In this block, all work is spread over the same processes: starting one takes a fifth of a second."""
    if _SHARED.get() is not None:
        yield
        return
    pool = _SharedPool()
    before = _SHARED.set(pool)
    try:
        yield
    finally:
        _SHARED.reset(before)
        pool.end()


def _pool(jobs: int) -> "WorkerPool | None":
    """A pool that starts processes when they are needed; None where the system has none at all."""
    try:
        from spinefairbench.worker_pool import WorkerPool
    except ImportError:
        return None
    return WorkerPool(jobs)
