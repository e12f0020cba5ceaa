"""SpineFairBench: check the published numbers, score a submission, audit a vision-language model.

What `__all__` lists is the promise to programs and notebooks (docs/api.md). It is imported when it is first asked for,
so that importing the package takes no time.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (every way into the program comes by here first; no syntax may be newer)
    sys.stderr.write("SpineFairBench needs Python 3.11 or newer; this is " + sys.version.split()[0] + "\n")
    sys.exit(2)

from importlib import import_module
from typing import TYPE_CHECKING

from spinefairbench.version import __version__

if TYPE_CHECKING:
    from spinefairbench.api import (
        BundleError,
        OpenBundle,
        OutputError,
        ParseResult,
        Result,
        ScoreResult,
        SpineFairBenchError,
        SubmissionError,
        UsageError,
        compare,
        disparity,
        noise_floor,
        open_bundle,
        parse,
        score,
    )
else:  # a type checker shall refuse a name that is not there

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module("spinefairbench.api"), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "BundleError",
    "OpenBundle",
    "OutputError",
    "ParseResult",
    "Result",
    "ScoreResult",
    "SpineFairBenchError",
    "SubmissionError",
    "UsageError",
    "__version__",
    "compare",
    "disparity",
    "noise_floor",
    "open_bundle",
    "parse",
    "score",
]
