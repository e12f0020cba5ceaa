"""The folder of --figures: every figure of a page, as SVG."""

from pathlib import Path

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.cli.output_files import new_folder, outside_bundle, require_free_folder
from spinefairbench.files.writing import write_whole
from spinefairbench.render.page.figure_files import figure_files

__all__ = ["figure_folder", "write_figures"]


def figure_folder(inputs: Inputs) -> Path | None:
    """The folder asked for, None without one. Raises UsageError or OutputError where it cannot be written to."""
    given = inputs.options.figures
    if given is None:
        return None
    folder = new_folder(given, "figures")
    outside_bundle(inputs, given)
    require_free_folder(folder, "figures of the same name", force=inputs.options.force)
    return folder


def write_figures(folder: Path, page: str) -> int:
    """Write the figures of the page; how many there are. Raises OutputError."""
    figures = figure_files(page)
    for name, drawing in figures.items():
        with write_whole(folder / name) as handle:
            handle.write(drawing)
    return len(figures)
