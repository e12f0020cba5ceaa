"""The contact sheet of a run: `python3 -m spinefairbench.generator.contact_sheet --output DIR [--input PATH]`.

It is one page, OUTPUT/contact_sheet.html, outside the dataset. Exit status: 0 if it was written; 2 if something cannot
be used.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from spinefairbench.errors import UsageError
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.arguments import add_run_folder, command_parser, path_argument
from spinefairbench.generator.contact_page import SheetPair, contact_page
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.libraries import require_libraries
from spinefairbench.generator.manifests import Pair
from spinefairbench.generator.output import OutputFolder, Written
from spinefairbench.generator.released import notice
from spinefairbench.generator.run_output import sources_of, square_of, written_pairs
from spinefairbench.generator.squares import Squares

__all__ = ["SHEET", "main", "write_contact_sheet"]

SHEET: Final = "contact_sheet.html"


def write_contact_sheet(output: Path) -> Path:
    """Write the contact sheet of a run whose squares are saved, and return its place.

    Raises UsageError if this is no output or no square is saved, InputError for a damaged sidecar, and OutputError.
    """
    folder, squares = OutputFolder(output), Squares(output)
    failures = folder.recorded_failures()
    pairs = written_pairs(folder, or_none=bool(failures))
    if pairs and not any(squares.square(pair.source_id).is_file() for pair in pairs):
        raise UsageError(f"--output: {output.name} has no saved squares; give --input, with --mask if the run had one")
    write_whole_bytes(
        output / SHEET,
        contact_page([_sheet_pair(output, pair, found, squares) for pair, found in pairs.items()], failures).encode(),
    )
    return output / SHEET


def _sheet_pair(output: Path, pair: Pair, written: Written, squares: Squares) -> SheetPair:
    def place(path: Path) -> str | None:
        return path.relative_to(output).as_posix() if path.is_file() else None

    return SheetPair(
        *pair,
        written.sidecar["row"],
        place(squares.square(pair.source_id)),
        place(written.image),
        place(squares.mask(pair.source_id)),
    )


def _save_squares(written: Mapping[Pair, Written], radiographs: Path, mask: Path | None, output: Path) -> None:
    """Save the square of every source of a run. Raises InputError, OutputError."""
    squares = Squares(output)
    sources = sources_of(written, radiographs, mask, output)
    a_pair = {pair.source_id: pair for pair in written}
    for source_id, found in sources.items():
        squares.save(source_id, square_of(found, written[a_pair[source_id]]))


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "contact_sheet",
        "Write one page of every source, edit, difference and mask of a run, those that failed first.",
        (
            "example: python3 -m spinefairbench.generator.contact_sheet --output edits/ --input radiographs/"
            "\nexit status: 0 the page was written; 2 unusable input"
        ),
    )
    add_run_folder(parser)
    parser.add_argument(
        "--input", type=path_argument, metavar="PATH", help="the radiographs, if the run has not saved the squares"
    )
    parser.add_argument("--mask", type=path_argument, metavar="PATH", help="the masks of the run, with --input")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; each problem with the input is a sentence on stderr."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.mask is not None and arguments.input is None:
        parser.error("--mask: needs --input")
    return exit_status(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    if arguments.input is not None:
        require_libraries(("numpy", "PIL"))
        _save_squares(written_pairs(OutputFolder(arguments.output)), arguments.input, arguments.mask, arguments.output)
    print(f"wrote {write_contact_sheet(arguments.output)}")
    print(notice())
    return 0


if __name__ == "__main__":
    sys.exit(main())
