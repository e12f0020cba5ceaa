"""report: all results of a panel as one page."""

from dataclasses import replace
from pathlib import Path

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import require_writable
from spinefairbench.files.writing import write_whole
from spinefairbench.render.page.panel import panel_of_bundle
from spinefairbench.render.page.report_page import render_page

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `report`: its problems are those of table 2. Raises UsageError, OutputError or BundleError."""
    output = inputs.options.output
    require_writable(inputs, {"output": output})
    # Opened first, so that a place that cannot be written to is told before the work and not after it.
    with write_whole(Path(output)) as handle:
        table, contents = panel_of_bundle(inputs, pairs=inputs.options.pairs)
        page = render_page(contents)
        handle.write(page)
    row = {
        "output": output,
        "bytes": len(page.encode("utf-8")),
        "pairs_shown": len(contents.pairs.entries),
        "pairs": contents.pair_count,
    }
    return replace(table, rows=(row,), notes=(), summary={})
