"""Three stages of work that overlap: reading ahead, the device's own work, and finishing what it has made.

The result is that of one stage after the other: every item passes the same functions in the same order, each stage
handles one item at a time, and only the waiting is gone.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_stages"]

_Item = TypeVar("_Item")
_Loaded = TypeVar("_Loaded")
_Worked = TypeVar("_Worked")
_Done = TypeVar("_Done")


def in_stages(
    items: Iterable[_Item],
    load: Callable[[_Item], _Loaded],
    work: Callable[[_Loaded], _Worked],
    finish: Callable[[_Worked], _Done],
    depth: int,
) -> Generator[_Done]:
    """`finish(work(load(item)))` of each item, in order.

    `work` runs in the calling thread. At most `depth` items are loaded ahead of it in a second thread, and at most
    `depth` wait to be finished in a third; with 0 all is done in the calling thread. An error is raised when the turn of
    its item has come, after the results of all items before it.
    """
    if depth == 0:
        for item in items:
            yield finish(work(load(item)))
        return
    left = iter(items)
    loading: deque[Future[_Loaded]] = deque()
    finishing: deque[Future[_Done]] = deque()
    with ThreadPoolExecutor(1) as loader, ThreadPoolExecutor(1) as finisher:
        try:
            failed: BaseException | None = None
            while failed is None:
                # The item that is worked on next, and those ahead of it.
                for item in left:
                    loading.append(loader.submit(load, item))
                    if len(loading) > depth:
                        break
                if not loading:
                    break
                try:
                    worked = work(loading.popleft().result())
                # An interrupt too: what has been made before it is not lost.
                except BaseException as error:
                    failed = error
                else:
                    finishing.append(finisher.submit(finish, worked))
                # What is done already is handed on at once, so that little is lost if all is killed.
                while finishing and (len(finishing) > depth or finishing[0].done()):
                    yield finishing.popleft().result()
            while finishing:
                yield finishing.popleft().result()
            if failed is not None:
                raise failed
        finally:
            for loaded in loading:
                loaded.cancel()
            for done in finishing:
                done.cancel()
