"""Work spread over processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spinefairbench.parallel import OrderedWorkers, begun, in_order, shared_processes
from spinefairbench.worker_pool import NoWorker, WorkerPool
from tests import ROOT


def _square(value: int) -> int:
    return value * value


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_their_items(jobs: int) -> None:
    taken: list[int] = []
    with OrderedWorkers(_square, jobs, taken.append) as workers:
        for value in range(20):
            workers.put(value)
    assert taken == [value * value for value in range(20)]


def _refuse(value: int) -> int:
    raise ValueError(f"refused {value}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_process_is_an_error_here(jobs: int) -> None:
    with pytest.raises(ValueError, match="refused 1"), OrderedWorkers(_refuse, jobs, print) as workers:
        workers.put(1)


def test_where_there_is_no_process_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pool: WorkerPool, function: object, item: object) -> None:
        raise NoWorker

    monkeypatch.setattr(WorkerPool, "submit", refuse)
    taken: list[int] = []
    with OrderedWorkers(abs, 2, taken.append) as workers:
        workers.put(-1)
        workers.put(-2)
    assert taken == [1, 2]
    with pytest.raises(KeyboardInterrupt), OrderedWorkers(abs, 2, taken.append):
        raise KeyboardInterrupt


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_in_order_come_as_they_are_ready(jobs: int) -> None:
    given: list[int] = []

    def items() -> Iterator[int]:
        for value in range(30):
            given.append(value)
            yield value

    results = in_order(_square, items(), jobs)
    assert next(results) == 0
    assert len(given) < 30
    assert list(results) == [value * value for value in range(1, 30)]


def _process(value: int) -> tuple[int, int]:
    return value, os.getpid()


def test_processes_are_shared_in_a_block_and_end_with_it() -> None:
    with shared_processes():
        first = dict(in_order(_process, range(8), 2))
        with shared_processes():
            second = dict(in_order(_process, range(8), 2))
        assert len({*first.values(), *second.values()}) <= 2
        # Work that was given up halfway leaves them usable.
        with pytest.raises(ValueError, match="refused 3"):
            list(in_order(_refuse, range(3, 9), 2))
        assert set(dict(in_order(_process, range(8), 2)).values()) <= {*first.values(), *second.values()}
    assert not {*first.values()} & set(dict(in_order(_process, range(8), 2)).values())


def _end_abruptly(value: tuple[int, int]) -> int:
    number, parent = value
    if os.getpid() != parent and number == 2:
        os._exit(1)
    return number


def test_shared_processes_that_were_killed_are_replaced() -> None:
    with shared_processes():
        items = [(number, os.getpid()) for number in range(12)]
        assert list(in_order(_end_abruptly, items, 2)) == list(range(12))
        again = dict(in_order(_process, range(8), 2))
        again |= dict(in_order(_process, range(8, 16), 2))
        assert list(again) == list(range(16))
        assert again[15] != os.getpid()


@pytest.mark.parametrize("jobs", [1, 2])
def test_begun_work_is_waited_for_and_comes_in_order(jobs: int) -> None:
    with shared_processes():
        results = begun(abs, (-number for number in range(9)), jobs)
        assert list(results()) == list(range(9)) == list(results())


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="signals that are withheld are told by /proc")
def test_a_hangup_leaves_the_helper_of_the_processes_to_tidy_up() -> None:
    """A terminal sends it to every process; Python warns of a helper that ended before those it serves."""
    code = (
        "from multiprocessing.resource_tracker import _resource_tracker\n"
        "from spinefairbench.parallel import in_order\n"
        "assert list(in_order(abs, [-1, -2], 2)) == [1, 2]\n"
        "print(open(f'/proc/{_resource_tracker._pid}/status').read())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    [withheld] = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("SigBlk:")]
    assert int(withheld, 16) >> (signal.SIGHUP - 1) & 1
