"""demo-bundle: write a synthetic bundle in the released layout."""

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import new_folder, outside_bundle
from spinefairbench.demo import write_demo_bundle

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `demo-bundle`. Raises UsageError or OutputError."""
    options = inputs.options
    folder = new_folder(options.output)
    outside_bundle(inputs, options.output, or_itself=True)
    written = write_demo_bundle(
        folder,
        core_sources=options.core_sources,
        sources=options.sources,
        seed=options.seed,
        progress=inputs.progress,
    )
    row = {"output": options.output, "core_sources": options.core_sources, "seed": options.seed}
    notes = ["everything in this bundle is synthetic; it is not part of the release"]
    if not written:
        notes.insert(0, "already there, as asked for, every file unchanged: nothing was written")
    return CheckResult((row,), notes=tuple(notes))
