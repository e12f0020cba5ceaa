#!/usr/bin/env python3
"""Check a SpineFairBench bundle, or score a submission: `python3 reviewer_verify.py --help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (said in a sentence, before an import fails on syntax)
    sys.exit("reviewer_verify.py needs Python 3.11 or newer; this is " + sys.version.split()[0])

from spinefairbench.cli import entry_point

if __name__ == "__main__":
    entry_point()
