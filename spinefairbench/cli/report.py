"""report: all results of a panel as one page."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.figure_folder import figure_folder, write_figures
from spinefairbench.cli.output_files import require_writable
from spinefairbench.files.writing import require_place, write_whole
from spinefairbench.render.page.panel import panel_of_bundle
from spinefairbench.render.page.report_page import render_page

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `report`: its problems are those of table 2. Raises UsageError, OutputError or BundleError."""
    output = inputs.options.output
    require_writable(inputs, {"output": output})
    folder = figure_folder(inputs)
    require_place(Path(output))
    table, contents = panel_of_bundle(inputs, pairs=inputs.options.pairs)
    page = render_page(contents)
    with write_whole(Path(output)) as handle:
        handle.write(page)
    row: dict[str, Any] = {
        "output": output,
        "bytes": len(page.encode("utf-8")),
        "pairs_shown": len(contents.pairs.entries),
        "pairs": contents.pair_count,
    }
    if folder is not None:
        row["figures"] = write_figures(folder, page)
    return replace(table, rows=(row,), notes=(), summary={})
