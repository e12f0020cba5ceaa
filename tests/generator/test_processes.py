"""Sharing batches over processes: each batch is made once, whatever the launcher and accelerate do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from spinefairbench.generator.failures import (
    DeviceError,
    LaunchError,
)
from spinefairbench.generator.processes import ProcessGroup, announced_processes, join_processes

from .conftest import needs_libraries


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("WORLD_SIZE", "ACCELERATE_MIXED_PRECISION", "ACCELERATE_DYNAMO_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_processes_are_what_the_launcher_announces(launch: pytest.MonkeyPatch) -> None:
    assert announced_processes(None) == 1
    launch.setenv("WORLD_SIZE", "2")
    assert announced_processes(None) == 2 == announced_processes(2)
    with pytest.raises(LaunchError, match="the launcher started 2"):
        announced_processes(3)
    launch.setenv("WORLD_SIZE", "two")
    with pytest.raises(LaunchError, match="WORLD_SIZE"):
        announced_processes(None)


def test_an_accelerate_launch_that_announces_nothing_is_refused(launch: pytest.MonkeyPatch) -> None:
    launch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    with pytest.raises(LaunchError, match="torchrun"):
        announced_processes(None)
    with pytest.raises(LaunchError):
        announced_processes(2)
    assert announced_processes(1) == 1


class Member(ProcessGroup):
    """One process of several that were given these parts."""

    def __init__(self, rank: int, parts: Sequence[list[int]]) -> None:
        class State:
            process_index, num_processes = rank, len(parts)

            @contextmanager
            def split_between_processes(self, inputs: list[int]) -> Iterator[list[int]]:
                yield parts[rank]

            def wait_for_everyone(self) -> None:
                pass

        super().__init__(State())
        self._parts = parts

    def gather(self, value: Any) -> list[Any]:
        return [list(part) for part in self._parts]


@needs_libraries
def test_a_batch_that_is_handed_out_twice_is_made_once() -> None:
    parts = [[7], [7], [7]]
    assert [Member(rank, parts).split([7]) for rank in range(3)] == [[7], [], []]


@needs_libraries
def test_a_batch_that_is_handed_to_nobody_is_an_error() -> None:
    with pytest.raises(LaunchError, match="1 of 2"):
        Member(0, [[1], [1]]).split([1, 2])


class State:
    """accelerate's state of a process that believes it is alone."""

    process_index, num_processes = 0, 1

    def __init__(self, cpu: bool, timeout: timedelta) -> None:
        self.cpu, self.patient = cpu, timeout > timedelta(days=1)


@needs_libraries
def test_processes_that_each_believe_they_are_alone_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accelerate.PartialState", State)
    with pytest.raises(LaunchError, match="announced 2 processes, accelerate sees 1"):
        join_processes(2, "cpu")


@needs_libraries
def test_more_processes_than_gpus_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accelerate.PartialState", State)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    monkeypatch.setenv("LOCAL_RANK", "1")
    with pytest.raises(DeviceError, match="process 2 on this machine has no GPU of its own"):
        join_processes(2, "cuda")


@needs_libraries
def test_alone_the_whole_list_is_mine() -> None:
    assert ProcessGroup().split([3, 1]) == [3, 1] and ProcessGroup().is_writer
