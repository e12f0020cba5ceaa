"""The Python interface: what `import spinefairbench` offers to programs and notebooks, by the functions of the commands."""

from spinefairbench.api.calls import compare, disparity, noise_floor, open_bundle, parse, score
from spinefairbench.api.opened_bundle import OpenBundle
from spinefairbench.api.results import ParseResult, Result, ScoreResult
from spinefairbench.errors import BundleError, OutputError, SpineFairBenchError, SubmissionError, UsageError

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
    "compare",
    "disparity",
    "noise_floor",
    "open_bundle",
    "parse",
    "score",
]
