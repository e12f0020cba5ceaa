"""One process or several: who takes which batches, and who writes.

accelerate shards the batches. A launcher that quietly starts one process where several were meant, or
processes that each believe they are alone, would do the work twice into one folder; so the number of
processes is compared with what was promised.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from spinefairbench.generator.errors import DeviceError, LaunchError
from spinefairbench.generator.libraries import library

__all__ = ["Team", "announced_processes", "end_process", "is_writer_by_environment", "join_team"]

_LAUNCHER_MARKS = ("ACCELERATE_MIXED_PRECISION", "ACCELERATE_DYNAMO_BACKEND")


def is_writer_by_environment() -> bool:
    """Whether this process is the one that speaks, known before the processes have met."""
    return os.environ.get("RANK", "0") == "0"


def announced_processes(asked: int | None) -> int:
    """How many processes there should be: `--processes`, else what the launcher announced, else one.

    Raises LaunchError where the two disagree, and where `accelerate launch` started this process without
    saying how many there are, as it does when it starts a single one whatever it was asked for.
    """
    text = os.environ.get("WORLD_SIZE")
    try:
        world = None if text is None else int(text)
    except ValueError:
        raise LaunchError(f"WORLD_SIZE is {text!r}, expected a number of processes") from None
    launched = any(mark in os.environ for mark in _LAUNCHER_MARKS)
    if world is None and launched and asked != 1:
        raise LaunchError(
            "accelerate launch started one process and set no WORLD_SIZE; start several with 'torchrun --standalone"
            " --nproc_per_node N -m spinefairbench.generator.infer', or say --processes 1 if one was meant"
        )
    there = 1 if world is None else world
    if asked is not None and asked != there:
        raise LaunchError(f"--processes {asked}: the launcher started {there}")
    return there


class Team:
    """The processes of a run; alone, every method is the obvious one."""

    def __init__(self, state: Any = None) -> None:
        self._state = state
        self.rank: int = 0 if state is None else state.process_index
        self.size: int = 1 if state is None else state.num_processes

    @property
    def is_writer(self) -> bool:
        return self.rank == 0

    def share(self, items: Sequence[int]) -> list[int]:
        """This process's part of a list of different numbers, in order; each process must call it.

        Raises LaunchError where the parts do not make up the whole.
        """
        if self._state is None:
            return list(items)
        with self._state.split_between_processes(list(items)) as part:
            parts = self.gather(list(part))
        # Where there are fewer items than processes, accelerate gives the last one to several of them.
        taken: set[int] = set()
        for rank, given in enumerate(parts):
            parts[rank] = [item for item in given if item not in taken]
            taken.update(given)
        if taken != set(items):
            raise LaunchError(f"accelerate shared out {len(taken)} of {len(items)} batches")
        mine: list[int] = parts[self.rank]
        return mine

    def gather(self, value: Any) -> list[Any]:
        """Every process's value, in order of rank; each process must call it."""
        if self._state is None:
            return [value]
        gathered: list[Any] = library("accelerate.utils").gather_object([value])
        return gathered

    def finish(self) -> None:
        """Wait until every process has done its part; each process must call it."""
        if self._state is not None:
            self._state.wait_for_everyone()


def end_process(status: int) -> NoReturn:
    """End the program; a launched process at once, without taking the process group down.

    The group's own threads may still run when the interpreter ends, and destroying them then aborts the process
    now and then, after all its work is done.
    """
    if "WORLD_SIZE" in os.environ:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def join_team(expected: int, device: str) -> Team:
    """The team of this launch.

    Raises LaunchError where it has not as many processes as were announced, DeviceError where it has fewer GPUs.
    """
    if expected == 1:
        return Team()
    if device == "cuda":
        place, there = int(os.environ.get("LOCAL_RANK", "0")), library("torch").cuda.device_count()
        if place >= there:
            raise DeviceError(f"--device cuda: process {place + 1} on this machine has no GPU of its own, {there} here")
    # Without cpu=True each process on the CPU believes that it is alone.
    state = library("accelerate").PartialState(cpu=device == "cpu")
    if state.num_processes != expected:
        raise LaunchError(f"the launcher announced {expected} processes, accelerate sees {state.num_processes}")
    return Team(state)
