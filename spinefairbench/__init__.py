"""SpineFairBench: check the published numbers, score a submission, audit a vision-language model."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (every way into the program comes by here first; no syntax may be newer)
    sys.stderr.write("SpineFairBench needs Python 3.11 or newer; this is " + sys.version.split()[0] + "\n")
    sys.exit(2)

from spinefairbench.version import __version__

__all__ = ["__version__"]
