"""Source radiographs as the sampler sees them: `python3 -m spinefairbench.generator.prepare_sources --input DIR ...`.

Exit status: 0 if the image of every source that was found is there; 2 if something cannot be used; 130 if interrupted,
with whole files only.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Final

from spinefairbench.errors import UsageError
from spinefairbench.generator.arguments import (
    add_config,
    add_format,
    command_parser,
    configuration,
    count_argument,
    path_argument,
)
from spinefairbench.generator.config import FITS, LEVELS
from spinefairbench.generator.export_record import MANIFEST
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.libraries import require_libraries
from spinefairbench.generator.source_export import Exported, ExportRequest, export_sources

__all__ = ["main"]

_LIBRARIES: Final = ("numpy", "PIL")
_MOST_JOBS_UNASKED: Final = 4
"""Each process holds one radiograph in full precision, a few hundred megabytes."""
_REDRAW_SECONDS: Final = 0.1


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "prepare_sources",
        "Write each source radiograph as the image that edits are made from: PNG, square, 8-bit gray.",
        (
            "example: python3 -m spinefairbench.generator.prepare_sources --input radiographs/ --output sources/"
            " --artifacts artifacts/"
            "\nexit status: 0 every source that was found is there; 2 unusable input; 130 interrupted"
        ),
    )
    add = parser.add_argument
    add(
        "--input",
        type=path_argument,
        required=True,
        metavar="DIR",
        help="the folder of radiographs, however deep: 0001-F-037Y0.jpg (BUU), ID.dicom or ID.png (VinDr)",
    )
    add("--output", type=path_argument, required=True, metavar="DIR", help="the folder to write to")
    add(
        "--artifacts", type=path_argument, metavar="DIR", help="a bundle: only its sources (default: all in the folder)"
    )
    add(
        "--ids",
        choices=("collection", "file"),
        default="collection",
        help="what a source is called: as the collections call it (default), or as inference does, by its file's name",
    )
    add_config(parser)
    add("--fit", choices=FITS, help="as for inference; default: as in the configuration")
    add("--levels", choices=LEVELS, help="as for inference; default: as in the configuration")
    add(
        "--jobs",
        type=count_argument,
        metavar="N",
        help=f"processes (default: one a processor, at most {_MOST_JOBS_UNASKED})",
    )
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--resume", action="store_true", help="keep what an earlier run has written and write the rest")
    ways.add_argument("--force", action="store_true", help="overwrite what is there")
    add("--quiet", action="store_true", help="no messages but errors")
    add_format(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; each problem with the input is a sentence on stderr."""
    arguments = _parser().parse_args(argv)
    return exit_status(lambda: _run(arguments), advice="; the files written so far are whole, continue with --resume")


def _run(arguments: argparse.Namespace) -> int:
    if arguments.ids == "file" and arguments.artifacts is not None:
        raise UsageError("--ids file: the sources of a bundle (--artifacts) are called as their collections call them")
    require_libraries(_LIBRARIES)
    request = ExportRequest(
        arguments.input,
        arguments.output,
        configuration(arguments.config, {"fit": arguments.fit, "levels": arguments.levels}),
        arguments.artifacts,
        arguments.jobs or min(os.cpu_count() or 1, _MOST_JOBS_UNASKED),
        arguments.resume,
        arguments.force,
        names_are_ids=arguments.ids == "file",
    )
    line = _Line(on=sys.stderr.isatty() and not arguments.quiet)
    try:
        exported = export_sources(request, lambda text: None if arguments.quiet else line.log(text), line.show)
    finally:
        line.clear()
    _report(exported, arguments)
    return 0


def _report(exported: Exported, arguments: argparse.Namespace) -> None:
    made, kept, missing = exported
    if arguments.format == "json":
        counts = {"sources": made + kept, "made": made, "kept": kept, "sources_without_file": len(missing)}
        print(json.dumps({"schema": "spinefairbench-prepare-sources-v1", **counts}, indent=1))
        return
    print(f"{made + kept} sources: {made} made, {kept} kept; see {arguments.output / MANIFEST}")


class _Line:
    """One line on a terminal's stderr, redrawn at most ten times a second."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._shown_at = 0.0

    def show(self, text: str) -> None:
        if self._on and time.monotonic() - self._shown_at >= _REDRAW_SECONDS:
            self._shown_at = time.monotonic()
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def log(self, text: str) -> None:
        self.clear()
        print(text, file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._on and self._shown_at:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
