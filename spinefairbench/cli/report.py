"""report: all results of a panel as one page."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.output_files import new_folder, outside_bundle, require_free_folder, require_writable
from spinefairbench.files.writing import require_place, write_whole
from spinefairbench.render.page.figure_files import figure_files
from spinefairbench.render.page.panel import panel_of_bundle
from spinefairbench.render.page.report_page import render_page

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `report`: its problems are those of table 2. Raises UsageError, OutputError or BundleError."""
    output = inputs.options.output
    require_writable(inputs, {"output": output})
    folder = _folder(inputs)
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
        row["figures"] = _write_figures(folder, page)
    return replace(table, rows=(row,), notes=(), summary={})


def _folder(inputs: Inputs) -> Path | None:
    """The folder of --figures, which must be free to write to."""
    given = inputs.options.figures
    if given is None:
        return None
    folder = new_folder(given, "figures")
    outside_bundle(inputs, given)
    require_free_folder(folder, "figures of the same name", force=inputs.options.force)
    return folder


def _write_figures(folder: Path, page: str) -> int:
    """Write the figures of the page; how many there are."""
    figures = figure_files(page)
    for name, drawing in figures.items():
        with write_whole(folder / name) as handle:
            handle.write(drawing)
    return len(figures)
