"""How every command of the generator ends where it cannot go on: sentences and an exit status, never a traceback."""

import os
import sys
from collections.abc import Callable

from spinefairbench.errors import SpineFairBenchError

__all__ = ["guarded"]


def _sentences(error: BaseException, advice: str) -> tuple[str, ...]:
    if isinstance(error, SpineFairBenchError):
        return tuple(map(str, error.problems))
    return ("out of memory",) if isinstance(error, MemoryError) else ("interrupted" + advice,)


def guarded(
    work: Callable[[], int], *, speaks: Callable[[BaseException], bool] = lambda _: True, advice: str = ""
) -> int:
    """What `work` returns; else 2 for unusable input or too little memory, 130 for an interrupt.

    `speaks` says whether this process is the one to report an error, `advice` follows the word of an interrupt.
    Where the reader of the output has left, the status is 1.
    """
    try:
        status = work()
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Nobody is left to tell, and Python would complain again on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (SpineFairBenchError, MemoryError, KeyboardInterrupt) as error:
        if speaks(error):
            for sentence in _sentences(error, advice):
                print(sentence, file=sys.stderr)
        return 130 if isinstance(error, KeyboardInterrupt) else 2
