"""Work spread over processes."""

import pytest

from spinefairbench.analysis import parallel
from spinefairbench.analysis.parallel import OrderedWorkers


def _square(value: int) -> int:
    return value * value


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_their_items(jobs: int) -> None:
    taken: list[int] = []
    with OrderedWorkers(_square, jobs, taken.append) as workers:
        for value in range(20):
            workers.put(value)
    assert taken == [value * value for value in range(20)]


def test_no_more_processes_than_windows_can_wait_for_are_asked_for_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[int] = []
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", lambda jobs, **_: asked_for.append(jobs))
    OrderedWorkers(_square, 64, print)
    monkeypatch.setattr("sys.platform", "win32")
    OrderedWorkers(_square, 64, print)
    assert asked_for == [64, 61]


def _refuse(value: int) -> int:
    raise ValueError(f"refused {value}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_process_is_an_error_here(jobs: int) -> None:
    with pytest.raises(ValueError, match="refused 1"), OrderedWorkers(_refuse, jobs, print) as workers:
        workers.put(1)


def test_a_pool_of_which_the_pipes_are_closed_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was killed leaves closed pipes: the work goes on alone, and an interruption stays one."""

    class Closed:
        def submit(self, function: object, item: object) -> None:
            raise OSError("handle is closed")

        def shutdown(self, *, cancel_futures: bool) -> None:
            raise OSError("handle is closed")

    monkeypatch.setattr(parallel, "_pool", lambda jobs: Closed())
    taken: list[int] = []
    with OrderedWorkers(abs, 2, taken.append) as workers:
        workers.put(-1)
        workers.put(-2)
    assert taken == [1, 2]
    with pytest.raises(KeyboardInterrupt), OrderedWorkers(abs, 2, taken.append):
        raise KeyboardInterrupt
