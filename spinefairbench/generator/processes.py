"""One process or several: which of them makes which batches, and which one writes.

accelerate splits the batches. A launcher that quietly starts one process instead of several, or processes that
each believe they are alone, would do the work twice into one folder; so the number of processes is compared with
the number that was announced.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Final, NoReturn, Protocol

from spinefairbench.generator.failures import DeviceError, LaunchError
from spinefairbench.generator.libraries import library, torch

__all__ = ["ProcessGroup", "ProcessState", "announced_processes", "exit_process", "is_first_process", "join_processes"]

# One process reads or fetches what the others wait for; the libraries would give up after minutes.
_PATIENCE: Final = timedelta(days=2)
_LAUNCHER_MARKS = ("ACCELERATE_MIXED_PRECISION", "ACCELERATE_DYNAMO_BACKEND")


class ProcessState(Protocol):
    """The part of accelerate's PartialState that is used here."""

    @property
    def process_index(self) -> int:
        """This process's rank, from 0."""

    @property
    def num_processes(self) -> int:
        """How many processes there are."""

    def split_between_processes(self, inputs: list[int]) -> AbstractContextManager[list[int]]:
        """This process's part of a list."""

    def wait_for_everyone(self) -> None:
        """Return when every process has called this."""


def is_first_process() -> bool:
    """Whether the environment says that this process is the first one, known before the processes have met."""
    return os.environ.get("RANK", "0") == "0"


def announced_processes(requested: int | None) -> int:
    """The number of processes to expect: `--processes`, or what the launcher announced, or one.

    Raises LaunchError if the two disagree, and if `accelerate launch` started this process without saying how
    many there are, as it does when it starts a single one whatever it was asked for.
    """
    text = os.environ.get("WORLD_SIZE")
    try:
        announced = None if text is None else int(text)
    except ValueError:
        raise LaunchError(f"WORLD_SIZE is {text!r}, expected a number of processes") from None
    launched = any(mark in os.environ for mark in _LAUNCHER_MARKS)
    if announced is None and launched and requested != 1:
        raise LaunchError(
            "accelerate launch started one process and set no WORLD_SIZE; start several with 'torchrun --standalone"
            " --nproc_per_node N -m spinefairbench.generator.infer', or give --processes 1 if you meant one"
        )
    started = 1 if announced is None else announced
    if requested is not None and requested != started:
        raise LaunchError(f"--processes {requested}: the launcher started {started}")
    return started


class ProcessGroup:
    """The processes of a run; without a state, a single process."""

    def __init__(self, state: ProcessState | None = None) -> None:
        self._state = state
        self.rank: int = 0 if state is None else state.process_index
        self.size: int = 1 if state is None else state.num_processes

    @property
    def is_writer(self) -> bool:
        """Whether this process is the one that writes the manifests."""
        return self.rank == 0

    def split(self, items: Sequence[int]) -> list[int]:
        """This process's part of a list of distinct numbers, in order; every process must call it.

        Raises LaunchError if the parts do not make up the whole.
        """
        if self._state is None:
            return list(items)
        with self._state.split_between_processes(list(items)) as part:
            parts = self.gather(list(part))
        # If there are fewer items than processes, accelerate gives the last one to several of them.
        taken: set[int] = set()
        for rank, given in enumerate(parts):
            parts[rank] = [item for item in given if item not in taken]
            taken.update(given)
        if taken != set(items):
            raise LaunchError(f"accelerate handed out {len(taken)} of {len(items)} batches")
        mine: list[int] = parts[self.rank]
        return mine

    def gather(self, value: Any) -> list[Any]:
        """Every process's value, in order of rank; every process must call it."""
        if self._state is None:
            return [value]
        gathered: list[Any] = library("accelerate.utils").gather_object([value])
        return gathered

    def wait(self) -> None:
        """Wait until every process has called this."""
        if self._state is not None:
            self._state.wait_for_everyone()


def exit_process(status: int) -> NoReturn:
    """End the program; a launched process ends at once, without taking the process group down.

    The group's own threads may still run when the interpreter ends, and destroying them then aborts the process
    now and then, after all its work is done.
    """
    if "WORLD_SIZE" in os.environ:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def join_processes(expected: int, device: str) -> ProcessGroup:
    """The processes of this launch.

    Raises LaunchError if there are not as many as were announced, DeviceError if there are too few GPUs.
    """
    if expected == 1:
        return ProcessGroup()
    if device == "cuda":
        place, gpus = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
        if place >= gpus:
            raise DeviceError(
                f"--device cuda: process {place + 1} on this machine has no GPU of its own; GPUs found: {gpus}"
            )
    # Without cpu=True each process on the CPU believes that it is alone.
    state = library("accelerate").PartialState(cpu=device == "cpu", timeout=_PATIENCE)
    if state.num_processes != expected:
        raise LaunchError(f"the launcher announced {expected} processes, accelerate sees {state.num_processes}")
    return ProcessGroup(state)
