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


def _refuse(value: int) -> int:
    raise ValueError(f"refused {value}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_process_is_an_error_here(jobs: int) -> None:
    with pytest.raises(ValueError, match="refused 1"), OrderedWorkers(_refuse, jobs, print) as workers:
        workers.put(1)
