"""Arguments in, exit status out.

Exit status: 0 all held; 1 a check failed; 2 wrong usage, or input missing or unreadable; 130 interrupted.
"""

from spinefairbench.cli.application import entry_point, main

__all__ = ["entry_point", "main"]
