"""Stages that overlap: the same results in the same order, at most so many at once, and errors in their turn."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spinefairbench.generator.overlap import in_stages

DEPTHS = (0, 1, 2, 5)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_are_those_of_one_stage_after_the_other(depth: int, count: int) -> None:
    found = in_stages(range(count), lambda n: n + 1, lambda n: n * 10, lambda n: f"{n}!", depth)
    assert list(found) == [f"{(n + 1) * 10}!" for n in range(count)]


@pytest.mark.parametrize("depth", DEPTHS)
def test_no_more_is_read_ahead_or_left_to_finish_than_was_asked_for(depth: int) -> None:
    loaded: list[int] = []
    worked: list[int] = []
    finished: list[int] = []

    def work(item: int) -> int:
        worked.append(item)
        assert len(loaded) <= len(worked) + depth
        # The one that has just been worked on, and those that wait.
        assert len(worked) - len(finished) <= depth + 2
        return item

    def note(into: list[int]) -> Callable[[int], int]:
        def run(item: int) -> int:
            into.append(item)
            return item

        return run

    assert list(in_stages(range(20), note(loaded), work, note(finished), depth)) == list(range(20))
    assert loaded == worked == finished == list(range(20)), "each stage takes one item at a time, in order"


def test_stages_run_at_the_same_time_and_work_stays_in_the_callers_thread() -> None:
    """Reading the third and finishing the first go on while the second is worked on; else this would wait for ever."""
    third_is_read, first_is_finished = threading.Event(), threading.Event()
    caller = threading.current_thread()

    def load(item: int) -> int:
        if item == 3:
            third_is_read.set()
        return item

    def work(item: int) -> int:
        assert threading.current_thread() is caller
        if item == 2:
            assert third_is_read.wait(60) and first_is_finished.wait(60)
        return item

    def finish(item: int) -> int:
        if item == 1:
            first_is_finished.set()
        return item

    assert list(in_stages([1, 2, 3], load, work, finish, 1)) == [1, 2, 3]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("stage", ["load", "work", "finish"])
@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_an_error_or_interrupt_comes_after_the_results_before_it(
    depth: int, stage: str, kind: type[BaseException]
) -> None:
    def failing(name: str) -> Callable[[int], int]:
        def run(item: int) -> int:
            if name == stage and item == 3:
                raise kind("three")
            return item

        return run

    made: list[int] = []
    stages: Iterator[Any] = in_stages(range(9), failing("load"), failing("work"), failing("finish"), depth)
    with pytest.raises(kind, match="three"):
        made.extend(stages)
    # `extend` takes what came before the error.
    assert made == [0, 1, 2]


@pytest.mark.parametrize("depth", [1, 3])
def test_a_caller_that_stops_leaves_no_thread_behind(depth: int) -> None:
    before = threading.active_count()
    stages = in_stages(range(50), lambda n: n, lambda n: n, lambda n: n, depth)
    assert next(stages) == 0
    stages.close()
    assert threading.active_count() == before
