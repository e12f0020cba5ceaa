"""demo-bundle: write a synthetic bundle in the released layout."""

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import new_folder
from spinefairbench.demo import write_demo_bundle

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `demo-bundle`. Raises OutputError."""
    options = inputs.options
    write_demo_bundle(
        new_folder(options.output),
        core_sources=options.core_sources,
        sources=options.sources,
        seed=options.seed,
        progress=inputs.progress,
    )
    row = {"output": options.output, "core_sources": options.core_sources, "seed": options.seed}
    return CheckResult((row,), notes=("everything in this bundle is synthetic; it is not part of the release",))
