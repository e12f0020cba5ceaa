#!/usr/bin/env python3
"""Check a SpineFairBench bundle, or score a submission: `python3 reviewer_verify.py --help`."""

import os
import sys

# An isolated interpreter (-I, -P) does not look for the package beside this file.
_HERE = os.path.dirname(os.path.abspath(__file__))
if _HERE not in sys.path:
    sys.path.insert(0, _HERE)

from spinefairbench.cli import entry_point  # noqa: E402

if __name__ == "__main__":
    entry_point()
