"""How the generator fails: its errors, the phrases they share, and how a command turns them into an exit status."""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext

from spinefairbench import problems
from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.ending_signals import Ended, ended_by_signals
from spinefairbench.files.reading import reason

__all__ = [
    "CheckpointError",
    "ConfigError",
    "DeviceError",
    "InputError",
    "LaunchError",
    "MissingLibraryError",
    "exit_status",
    "fault_sentences",
    "one_line",
    "short_list",
    "unreadable",
]


class ConfigError(SpineFairBenchError):
    """A configuration has an unknown key, a wrong type or a value out of range; each problem names the key."""


class CheckpointError(SpineFairBenchError):
    """A checkpoint or base model is not what it should be, or was not loaded completely."""


class InputError(SpineFairBenchError):
    """A radiograph or mask cannot be used."""


class DeviceError(SpineFairBenchError):
    """The requested device is not available, or has too little memory for one image."""


class LaunchError(SpineFairBenchError):
    """A launch over several processes did not start the processes it announced, or one of them failed."""


class MissingLibraryError(SpineFairBenchError):
    """An optional library is not installed; the problem says how to install it."""


def short_list(names: Iterable[str], limit: int = 8) -> str:
    """Names for a message, in sorted order: at most `limit` of them, then how many more there are."""
    names = sorted(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def fault_sentences(where: str, found: Mapping[str, Collection[str]]) -> list[str]:
    """One sentence for each kind of fault that was found: how many names it concerns, and which."""
    return [f"{where}: {len(names)} {fault}: {short_list(names)}" for fault, names in found.items() if names]


def one_line(error: BaseException, limit: int = 200) -> str:
    """The text of another library's exception on one line, cut to `limit` characters."""
    return " ".join(str(error).split())[:limit]


def unreadable(where: str, error: OSError) -> str:
    """The sentence for a file or folder that the operating system does not let us read."""
    return str(problems.unreadable(where, reason(error)))


def exit_status(
    work: Callable[[], int], *, reports: Callable[[BaseException], bool] = lambda _: True, advice: str = ""
) -> int:
    """Run a command's work and return its exit status, with a sentence on stderr for each problem.

    Returns what `work` returns, or 2 for unusable input, a file that cannot be used or too little memory, 130 for an
    interrupt, 143 and 129 for SIGTERM and SIGHUP, and 1 if the reader of the output has gone away. `reports` says whether
    this process is the one to report an error; `advice` is added to the message of an interrupt or signal.
    """
    # A launched process may wait for others where Python hears no signal: there, the launcher's must end it at once.
    signals = nullcontext() if "WORLD_SIZE" in os.environ else ended_by_signals()
    try:
        with signals:
            status = work()
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again on exit, with nobody left to read it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (SpineFairBenchError, OSError, MemoryError, KeyboardInterrupt) as error:
        if reports(error):
            print(_explanation(error, advice), file=sys.stderr)
        if isinstance(error, KeyboardInterrupt):
            return error.status if isinstance(error, Ended) else 130
        return 2
    return status


def _explanation(error: BaseException, advice: str) -> str:
    if isinstance(error, SpineFairBenchError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'input or output failed'}: {reason(error)}"
    if isinstance(error, MemoryError):
        return "out of memory"
    return f"{error if isinstance(error, Ended) else 'interrupted'}{advice}"
