"""Work spread over processes."""

import pytest

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
