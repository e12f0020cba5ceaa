"""Arguments in, exit status out.

Exit status: 0 all held; 1 a check failed; 2 wrong usage, or input missing or unreadable; 130 interrupted.
"""

import signal
import sys
from typing import NoReturn

__all__ = ["entry_point", "main"]


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status; nothing is raised but SystemExit from --help and --version."""
    from spinefairbench.cli import application

    return application.main(argv)


def entry_point() -> NoReturn:
    """What `reviewer_verify.py` and the installed `spinefairbench` call."""
    try:
        status = main()
    except KeyboardInterrupt:
        # Interrupted before the program proper had begun, or a second time while it was tidying up.
        status = 130
    # All is done and said. Python gives Ctrl-C its default meaning back while it shuts down, which would replace the
    # status by death from a signal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(status)
