"""The tests mirror the source tree; `property/` and `browser/` stand apart."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

__all__ = ["DATA", "ROOT", "run_unread"]

ROOT: Final = Path(__file__).resolve().parent.parent
"""The checkout."""
DATA: Final = ROOT / "tests" / "data"
"""The vectors."""


def run_unread(*arguments: str) -> tuple[int, str]:
    """Run Python on these arguments with an output that nobody reads any more; its status, and what it says on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr
