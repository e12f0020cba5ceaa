"""Processes that work is handed to, each through a pipe of its own: one that dies takes nothing with it but its task.

The executor of the standard library shares queues and locks among its processes, and one that is killed while it holds
them stops all others and, at times, the program.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process, resource_tracker
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["NoWorker", "WorkerPool"]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class NoWorker(Exception):
    """A task has no process: its own was ended, or none can be started. It can be done here."""


class _Task(NamedTuple):
    """What one process is asked, and whom to tell what comes of it."""

    function: Callable[[Any], Any]
    item: Any
    future: Future[Any]


class WorkerPool:
    """At most `jobs` processes, started when there is work for them.

    One that is ended from outside is not replaced: what ended it, such as too little memory, would end the next one.
    """

    def __init__(self, jobs: int) -> None:
        self._most = jobs
        self._lock = threading.Lock()
        # Of None, each thread takes one, and ends.
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._open = 0
        self._workers: list[_Worker] = []
        self._alive = 0

    def submit(self, function: Callable[[_Item], _Result], item: _Item) -> "Future[_Result]":
        """What will hold `function` of the item, or the error that it raised; all three must be picklable.

        It raises NoWorker where the process that had the task was ended from outside; so does this where there is no
        process at all.
        """
        future: Future[_Result] = Future()
        with self._lock:
            if self._open >= self._alive and len(self._workers) < self._most:
                self._start()
            if not self._alive:
                raise NoWorker
            self._open += 1
            self._tasks.put(_Task(function, item, future))
        return future

    def end(self) -> None:
        """End all processes, whatever they are doing."""
        with self._lock:
            self._most = 0
            lost = list(self._waiting())
            for worker in self._workers:
                worker.process.kill()
                self._tasks.put(None)
        _give_back(lost)
        for worker in self._workers:
            worker.thread.join()
            worker.process.join()
            worker.process.close()
        self._workers = []

    def _start(self) -> None:
        """Start one more process, and the thread that asks it; where that cannot be done, there are no more."""
        try:
            _track_resources()
        except (OSError, RuntimeError):
            self._most = len(self._workers)
            return
        with _interruptions_withheld():
            try:
                process, connection = _started()
            except (OSError, RuntimeError):
                self._most = len(self._workers)
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            try:
                thread.start()
            except RuntimeError:
                self._most = len(self._workers)
                process.kill()
                process.join()
                connection.close()
                return
        self._workers.append(_Worker(process, thread))
        self._alive += 1

    def _serve(self, connection: "Connection[Any, Any]") -> None:
        """Ask one process one task after the other, until there is no more, or no process."""
        with connection:
            while (task := self._tasks.get()) is not None:
                if not (task.future.cancelled() or _ask(connection, task)):
                    self._lose(task)
                    return
                with self._lock:
                    self._open -= 1

    def _lose(self, task: _Task) -> None:
        """A process has ended: its task is lost, and if it was the last, all others are too."""
        with self._lock:
            self._alive -= 1
            lost = [task] if self._alive else [task, *self._waiting()]
            self._open -= len(lost)
        _give_back(lost)

    def _waiting(self) -> Iterator[_Task]:
        """Take out the tasks that no process has yet."""
        with suppress(Empty):
            while True:
                task = self._tasks.get_nowait()
                if task is not None:
                    yield task


class _Worker(NamedTuple):
    process: Any
    thread: threading.Thread


def _ask(connection: "Connection[Any, Any]", task: _Task) -> bool:
    """Ask a process; False where it has ended, or what was to be passed on cannot be."""
    with suppress(Exception):
        connection.send((task.function, task.item))
        error, result = connection.recv()
        if task.future.set_running_or_notify_cancel():
            if error is None:
                task.future.set_result(result)
            else:
                task.future.set_exception(error)
        return True
    return False


def _give_back(tasks: Iterable[_Task]) -> None:
    """Say of these tasks that they have no process."""
    for task in tasks:
        if task.future.set_running_or_notify_cancel():
            task.future.set_exception(NoWorker())


def _track_resources() -> None:
    """Start the process that outlives all others and removes what they leave. Raises OSError or RuntimeError.

    Starting it lets interruptions through again, so it is started before they are withheld for what must not be
    interrupted: a thread that does not withhold them would take one, and Python would raise it in the main thread. A
    hangup, which a terminal sends to every process, stays withheld from it: it ends by itself, after those it serves.
    """
    if sys.platform != "win32":
        with _interruptions_withheld():
            resource_tracker.ensure_running()


def _started() -> "tuple[Any, Connection[Any, Any]]":
    """A process, and the pipe to it. Raises OSError or RuntimeError where the system has no more of them."""
    # Started afresh and not forked: a fork copies whatever threads hold at that moment.
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, gc.get_threshold()), daemon=True)
    try:
        process.start()
    except BaseException:
        here.close()
        raise
    finally:
        # Held by the process alone, the pipe ends with it.
        there.close()
    return process, here


def _work(connection: "Connection[Any, Any]", objects_between_collections: tuple[int, int, int]) -> None:
    """What a process does: answer tasks until its parent has gone."""
    # A terminal interrupts every process; only the one that was started by hand shall say so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # They were withheld while this process was started, but can end it as any other.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGHUP})
    # Cycles are searched for as seldom as in the parent, for the same reason.
    gc.set_threshold(*objects_between_collections)
    with suppress(RuntimeError):  # without a thread, it ends after the task it is at
        threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(Exception):  # of what cannot be passed on, the parent hears when it does the task itself
        while True:
            _answer(connection)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _answer(connection: "Connection[Any, Any]") -> None:
    """Read a task and send (error, result); one of them is None."""
    function, item = connection.recv()
    answer: tuple[Exception | None, Any]
    try:
        answer = None, function(item)
    except Exception as error:
        answer = error, None
    connection.send(answer)


@contextmanager
def _interruptions_withheld() -> Iterator[None]:
    """Processes started in this block never see Ctrl-C, which is for their parent to act on; ours is only delayed.

    So is what else ends this process: an exception must not leave a process behind that is half started. Threads
    started in it leave these signals to the main thread for good.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # An alarm repeats an interruption that was lost.
    withheld = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, withheld)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
