"""SpineFairBench: check the published numbers, score a submission, audit a vision-language model."""

from spinefairbench.version import __version__

__all__ = ["__version__"]
