"""report: what was found about a panel, as one page to look at."""

import argparse
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from spinefairbench.cli import panels
from spinefairbench.cli.command import Command, Run, positive_int

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.render.page.contents import PageContents

__all__ = ["COMMANDS", "add_pairs_option", "write_page"]

_TABLE2_ARGUMENTS: Final[dict[str, Any]] = {
    "model": "all", "recompute_ci": False, "bootstrap_iterations": None, "seed": None,
}  # fmt: skip


def _report(run: Run) -> "CheckResult":
    from dataclasses import replace

    from spinefairbench.files.writing import write_whole

    # Opened first, so that a place that cannot be written to is told before the work and not after it.
    with write_whole(Path(run.args.output)) as handle:
        table, contents = _panel(run)
        row = write_page(contents, handle, run.args.output)
    return replace(table, rows=(row,), notes=(), summary={})


def _panel(run: Run) -> "tuple[CheckResult, PageContents]":
    """The result of table 2, and everything on the page. Raises BundleError."""
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.errors import BundleError
    from spinefairbench.render.page.panel import panel_contents

    [table2] = (command for command in panels.COMMANDS if command.name == "table2")
    checking = run.with_args(argparse.Namespace(**{**vars(run.args), **_TABLE2_ARGUMENTS}))
    try:
        with MentionCollector(run.jobs) as collector:
            reports = run.panels_of(None, lambda row: collector.add(row.model, row.pair_id, row.role, row.response))
    except BundleError:
        table2.run(checking)  # it raises too, and tells all that is wrong, in other files as well
        raise
    table = table2.run(checking)
    contents = panel_contents(
        run.bundle, reports, table, collector, pairs=run.args.pairs, bootstrap=run.bootstrap, progress=run.progress.show
    )
    return table, contents


def write_page(contents: "PageContents", handle: IO[str], output: str) -> dict[str, Any]:
    """Write a page to the open file `output`, and say how large it is."""
    from spinefairbench.render.page.report_page import render_page

    page = render_page(contents)
    handle.write(page)
    return {
        "output": output,
        "bytes": len(page.encode("utf-8")),
        "pairs_shown": len(contents.pairs.entries),
        "pairs": contents.pairs.of,
    }


def add_pairs_option(parser: argparse.ArgumentParser) -> None:
    """--pairs N."""
    parser.add_argument(
        "--pairs", type=positive_int, metavar="N",
        help="how many pairs the page shows (default: up to 270, as many as keep it under 5 MB)",
    )  # fmt: skip


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", required=True, metavar="F", help="the HTML file to write")
    add_pairs_option(parser)


COMMANDS: Final = (
    Command(
        "report",
        "write one HTML page with all that was found about the panel, and its pairs to look at",
        "report --artifacts artifacts --output report.html",
        _report,
        _configure,
    ),
)
