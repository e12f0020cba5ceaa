"""Processes that work is handed to: however one of them ends, all that was asked is answered."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from spinefairbench.parallel import in_order, shared_processes
from spinefairbench.worker_pool import NoWorker, WorkerPool
from tests import ROOT

_LONG = "x" * 300_000
"""More than a pipe holds: whoever sends it waits for the other end."""


def _die_at(task: tuple[int, int, str]) -> str:
    number, parent, text = task
    if os.getpid() != parent and number in (0, 1, 5):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return text + str(number)


@pytest.mark.parametrize("text", ["", _LONG])
@pytest.mark.parametrize("jobs", [2, 3])
def test_every_task_is_done_whichever_process_dies(text: str, jobs: int) -> None:
    tasks = [(number, os.getpid(), text) for number in range(20)]
    assert list(in_order(_die_at, tasks, jobs)) == [f"{text}{number}" for number in range(20)]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("error", [BlockingIOError(11, "Resource temporarily unavailable"), RuntimeError("no")])
def test_where_no_process_can_be_started_there_is_none(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: object) -> None:
        raise error

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
    pool = WorkerPool(2)
    with pytest.raises(NoWorker):
        pool.submit(abs, -1)
    pool.end()
    assert list(in_order(abs, [-1, -2], 2)) == [1, 2]


@pytest.mark.parametrize("allowed", [0, 1])
def test_where_no_more_threads_can_be_started_there_are_no_more_processes(
    allowed: int, threads_allowed: Callable[[int], list[threading.Thread]]
) -> None:
    threads_allowed(allowed)
    with shared_processes():
        assert list(in_order(abs, range(-9, 0), 3)) == list(range(9, 0, -1))
        assert len(multiprocessing.active_children()) == allowed
    assert multiprocessing.active_children() == []


class _Unreadable(Exception):
    """An error that cannot be made again from what it holds."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def _raise(number: int) -> int:
    if number == 3:
        raise _Unreadable("which number: ", str(number))
    return number


def test_an_error_that_cannot_be_passed_on_is_raised_here() -> None:
    results = in_order(_raise, range(5), 2)
    with pytest.raises(_Unreadable, match="which number: 3"):
        list(results)


def test_an_end_waits_for_nothing() -> None:
    pool = WorkerPool(2)
    futures = [pool.submit(time.sleep, 3600) for _ in range(5)]
    pool.end()
    assert all(future.done() for future in futures)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="processes that have ended are told by /proc")
def test_processes_end_with_their_parent_even_in_the_middle_of_a_task() -> None:
    code = (
        "import multiprocessing, time\nfrom spinefairbench.worker_pool import WorkerPool\n"
        "pool = WorkerPool(2)\npool.submit(abs, -1).result()\n"
        "for _ in range(2):\n    pool.submit(time.sleep, 3600)\n"
        "print(*(each.pid for each in multiprocessing.active_children()), flush=True)\ntime.sleep(3600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = parent.stdout.readline().split()
        parent.kill()
    assert len(workers) == 2
    try:
        waited = 0
        while left := [number for number in workers if _lives(number)]:
            assert waited < 6000, f"left: {left}"
            time.sleep(0.01)
            waited += 1
    finally:
        for number in workers:
            with suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)


def _lives(number: str) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="signals that threads withhold are told by /proc")
def test_every_thread_of_a_pool_leaves_interruptions_to_the_main_thread() -> None:
    # In a process of its own, where what starts with the first worker has not been started yet.
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom spinefairbench.worker_pool import WorkerPool\n"
        "def blocked(task):\n    [line] = [each for each in (task / 'status').read_text().splitlines() if each.startswith('SigBlk:')]\n"
        "    return int(line.split()[1], 16)\n"
        "if __name__ == '__main__':\n    pool = WorkerPool(2)\n    waiting = [pool.submit(abs, -n) for n in (1, 2)]\n"
        "    others = [task for task in Path('/proc/self/task').iterdir() if task.name != str(os.getpid())]\n"
        "    print(len(others), all(blocked(task) >> signal.SIGINT - 1 & 1 for task in others))\n"
        "    print([each.result() for each in waiting])\n    pool.end()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "2 True\n[1, 2]\n"
