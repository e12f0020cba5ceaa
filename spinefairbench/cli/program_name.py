"""What the program is called: help that is copied must run as it was called."""

import os
import sys
from typing import NamedTuple

import spinefairbench

__all__ = ["ProgramName", "program_name"]

_INSTALLED = "spinefairbench"
_CHECKOUT = "reviewer_verify.py"


class ProgramName(NamedTuple):
    """The name of the program, as in `usage: NAME COMMAND`, and how a shell calls it."""

    name: str
    call: str


def program_name() -> ProgramName:
    """The name of the installed command or of the one file that was run; in a checkout always that of its script."""
    called = os.path.basename(sys.argv[0])
    if called.lower().removesuffix(".exe") == _INSTALLED:
        return ProgramName(_INSTALLED, _INSTALLED)
    if called.endswith(".pyz"):
        return ProgramName(called, f"python3 {called}")
    root = os.path.dirname(spinefairbench.__path__[0])
    if os.path.exists(os.path.join(root, _CHECKOUT)):
        return ProgramName(_CHECKOUT, f"python3 {_CHECKOUT}")
    return ProgramName(_INSTALLED, f"python3 -m {_INSTALLED}")
