"""Edits as DICOM: `python3 -m spinefairbench.generator.export_dicom --output DIR --to DIR --burned-in-annotation NO`.

Files are called by their new UIDs; which pair is which is told in the run's own folder alone. Exit status: 0 if all was
written; 2 if something cannot be used.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from spinefairbench.errors import UsageError
from spinefairbench.files.csv_format import csv_text
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.arguments import add_format, add_run_folder, command_parser, path_argument
from spinefairbench.generator.derived_dicom import BURNED_IN, dicom_bytes, instance_uid
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.gray_files import read_gray_file
from spinefairbench.generator.libraries import require_libraries
from spinefairbench.generator.output import OutputFolder
from spinefairbench.generator.released import notice
from spinefairbench.generator.run_output import edit_bytes, written_pairs

__all__ = ["main"]

_INSTANCES: Final = "dicom_instances.csv"
_LIBRARIES: Final = ("numpy", "PIL", "pydicom")


def _export(output: Path, to: Path, burned_in: str) -> int:
    """Write every edit that passed, and return how many.

    Raises UsageError if there is none, or `to` has something in it, InputError for a damaged image, OutputError.
    """
    written = written_pairs(OutputFolder(output))
    passed = [pair for pair, found in written.items() if _passed(found.sidecar)]
    if not passed:
        raise UsageError(f"--output: {output.name or output} has no edit that passed quality control")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(f"--to: {to.name or to} is there and is not an empty folder")
    if output.resolve() in (to.resolve(), *to.resolve().parents):
        raise UsageError(f"--to: {to.name or to} lies in the folder of --output, whose names are those of the sources")
    rows = []
    numbers: Counter[str] = Counter()
    for pair in passed:
        found = written[pair]
        edit_bytes(found)
        pixels, _ = read_gray_file(found.image)
        numbers[pair.source_id] += 1
        uid = instance_uid(found.sidecar)
        data = dicom_bytes(pair, pixels.astype("uint8"), found.sidecar, numbers[pair.source_id], burned_in)
        write_whole_bytes(to / f"{uid}.dcm", data)
        rows.append((pair.pair_id, uid))
    write_whole_bytes(output / _INSTANCES, csv_text(("pair_id", "sop_instance_uid"), rows).encode())
    return len(rows)


def _passed(sidecar: dict[str, object]) -> bool:
    row = sidecar["row"]
    return isinstance(row, dict) and row.get("passed_qc") is True


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "export_dicom",
        f"Write the edits of a run that passed as DICOM, with nothing of their sources. {notice()}",
        (
            "example: python3 -m spinefairbench.generator.export_dicom --output edits/ --to dicom/"
            " --burned-in-annotation NO"
            "\nexit status: 0 all was written; 2 unusable input"
        ),
    )
    add = parser.add_argument
    add_run_folder(parser)
    add("--to", type=path_argument, required=True, metavar="DIR", help="a new or empty folder for the files")
    add(
        "--burned-in-annotation",
        choices=BURNED_IN,
        required=True,
        help="whether text in the pixels could tell who the patient is: edits keep what their sources show",
    )
    add_format(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; each problem with the input is a sentence on stderr."""
    arguments = _parser().parse_args(argv)
    return exit_status(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    require_libraries(_LIBRARIES)
    count = _export(arguments.output, arguments.to, arguments.burned_in_annotation)
    if arguments.format == "json":
        report = {"schema": "spinefairbench-generator-dicom-v1", "instances": count, "notice": notice()}
        print(json.dumps(report, indent=1))
        return 0
    print(f"{count} DICOM files in {arguments.to}; which is which: {arguments.output / _INSTANCES}")
    print(notice())
    return 0


if __name__ == "__main__":
    sys.exit(main())
