"""Arguments in, exit status out.

Exit status: 0 all held; 1 a check failed; 2 wrong usage, or input missing or unreadable; 128 + n ended by signal n (130: interrupted).
"""

import signal
import sys
from typing import Final, NoReturn

__all__ = ["entry_point", "main"]

_INTERRUPTED: Final = 130
_MOMENT: Final = 0.01
"""Seconds after which an interruption that was lost is repeated."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status; nothing is raised but SystemExit from --help and --version."""
    from spinefairbench.cli import application

    return application.main(argv)


def entry_point() -> NoReturn:
    """What `reviewer_verify.py` and the installed `spinefairbench` call."""
    sys.unraisablehook = _interrupt_again
    status = _INTERRUPTED
    try:
        status = main()
        _ignore_interruptions()
    except KeyboardInterrupt as error:
        status = getattr(error, "status", _INTERRUPTED)
        # Interrupted before the program proper had begun, or while it was tidying up, or when all was done and said.
        _ignore_interruptions()
    sys.exit(status)


def _interrupt_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Repeat an interruption that came where no exception can leave, as in a callback of the garbage collector.

    Python would print it as a traceback, and go on with the work as if nobody had interrupted it.
    """
    error = unraisable.exc_value
    if isinstance(error, KeyboardInterrupt) and hasattr(signal, "setitimer"):

        def repeat(*_: object) -> None:
            raise error

        signal.signal(signal.SIGALRM, repeat)
        signal.setitimer(signal.ITIMER_REAL, _MOMENT)
    else:
        sys.__unraisablehook__(unraisable)


def _ignore_interruptions() -> None:
    """What is left to do is Python's own end, in which a signal would replace the status by death from the signal."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
