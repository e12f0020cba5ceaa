"""Quality control as a command: of one edit, or of everything that a run has written, without sampling again.

`python3 -m spinefairbench.generator.qc SOURCE EDIT` measures one edit; its exit status is 0 for a pass, 1 for a fail or
an incomplete verdict (a required measurement could not be made), and 2 for unusable input. `... qc --input RADIOGRAPHS
--output DIR` judges a run's output again.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS
from spinefairbench.generator.arguments import add_format, command_parser, path_argument
from spinefairbench.generator.config import LEVELS, InferenceConfig
from spinefairbench.generator.failures import InputError, exit_status
from spinefairbench.generator.fitting import resize, to_bytes
from spinefairbench.generator.gray_files import read_gray_file
from spinefairbench.generator.libraries import QC, numpy, require_libraries
from spinefairbench.generator.lpips_network import load_lpips
from spinefairbench.generator.quality import Quality, measure, required_measures, to_require
from spinefairbench.generator.radiographs import read_radiograph
from spinefairbench.generator.rejudging import Rejudged, judge_again
from spinefairbench.generator.released import PASS, notice

__all__ = ["main"]


def _compare_files(
    source: Path, edit: Path, levels: str, trunk: Path | None, asked: tuple[str, ...] | None
) -> tuple[Quality, dict[str, object]]:
    """The quality of an edit file, and a record of what was compared; the source is resized to the edit.

    Raises InputError, CheckpointError, UsageError or MissingLibraryError.
    """
    require_libraries(QC)
    lpips = load_lpips(trunk)
    required = to_require(asked, lpips)
    for path in (source, edit):
        if not path.is_file():
            raise InputError(f"{path.name or path}: {'is a folder' if path.is_dir() else 'does not exist'}")
    radiograph = read_radiograph(source, levels, InferenceConfig().level_percentiles)
    values, record = read_gray_file(edit)
    if record["bits"] != 8:
        raise InputError(f"{edit.name}: has {record['bits']} bits, expected an 8-bit edit")
    height, width = values.shape
    compared = to_bytes(resize(radiograph.pixels, width, height))
    quality = measure(compared, values.astype(numpy.uint8), lpips, required)
    resized = (radiograph.record["width"], radiograph.record["height"]) != (width, height)
    return quality, {
        "source": radiograph.provenance,
        "edit": {"file": edit.name, "width": width, "height": height},
        "source_resized_to_edit": resized,
    }


def _text(quality: Quality) -> str:
    lines = []
    for threshold in THRESHOLDS:
        value = quality.measured[threshold.measure]
        bound = f"<= {threshold.maximum}" if threshold.is_upper_bound else f">= {threshold.minimum}"
        if value is None:
            result = f"not measured: {quality.not_measured[threshold.measure]}"
        else:
            result = f"{value:.6f}  {'met' if threshold.is_met(value) else 'not met'}"
        optional = "" if threshold.measure in quality.required else "  (not required)"
        lines.append(f"{threshold.measure:<18}{bound:<10}{result}{optional}")
    return "\n".join([*lines, f"verdict: {quality.verdict}", notice()])


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "qc",
        "Compare an edited radiograph with its source, or judge everything that a run has written again.",
        (
            "example: python3 -m spinefairbench.generator.qc radiographs/a.png"
            " edits/dataset/counterfactual_images/a/young_male.png"
            "\nof a run: python3 -m spinefairbench.generator.qc --input radiographs/ --output edits/"
            " --lpips-trunk alexnet.safetensors"
            "\nexit status: 0 pass, or everything judged; 1 fail or incomplete; 2 unusable input"
        ),
    )
    parser.add_argument("source", type=Path, nargs="?", metavar="SOURCE", help="the source radiograph")
    parser.add_argument("edit", type=Path, nargs="?", metavar="EDIT", help="the edited image, 8-bit")
    parser.add_argument("--input", type=path_argument, metavar="PATH", help="the radiographs that a run was made from")
    parser.add_argument("--output", type=path_argument, metavar="DIR", help="the folder that the run has written")
    add_format(parser)
    parser.add_argument("--levels", choices=LEVELS, help="of SOURCE, as for inference (default: auto)")
    parser.add_argument("--lpips-trunk", type=path_argument, metavar="FILE", help="AlexNet weights as safetensors")
    parser.add_argument(
        "--require",
        metavar="LIST",
        help=f"of {','.join(MEASURES)}, required for a pass (default: all that can be measured)",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; unusable input is a sentence on stderr and status 2."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    of_one, of_run = (arguments.source, arguments.edit), (arguments.input, arguments.output)
    if not (None not in of_one and of_run == (None, None)) and not (None not in of_run and of_one == (None, None)):
        parser.error("expected SOURCE and EDIT, or --input and --output")
    if arguments.output is not None and arguments.levels is not None:
        parser.error("--levels: those of the run are used with --output")
    return exit_status(
        lambda: _run_of_one(arguments) if arguments.output is None else _run_of_all(arguments),
        advice="; what was not judged yet is as it was, run the command again",
    )


def _asked(arguments: argparse.Namespace) -> tuple[str, ...] | None:
    return None if arguments.require is None else required_measures(arguments.require)


def _run_of_one(arguments: argparse.Namespace) -> int:
    quality, compared = _compare_files(
        arguments.source, arguments.edit, arguments.levels or "auto", arguments.lpips_trunk, _asked(arguments)
    )
    if arguments.format == "json":
        result = {
            "schema": "spinefairbench-generator-qc-v1",
            **quality.as_json(),
            **compared,
            "notice": notice(),
        }
        print(json.dumps(result, indent=1, allow_nan=False))
    else:
        print(_text(quality))
    return 0 if quality.verdict == PASS else 1


def _run_of_all(arguments: argparse.Namespace) -> int:
    require_libraries(QC)
    lpips = load_lpips(arguments.lpips_trunk)
    required = to_require(_asked(arguments), lpips)
    judged = judge_again(arguments.input, arguments.output, lpips, _asked(arguments), required)
    _report(judged, required, arguments.format)
    return 0


def _report(judged: Rejudged, required: tuple[str, ...], style: str) -> None:
    if style == "json":
        result = {"schema": "spinefairbench-generator-rejudged-v1", **judged._asdict(), "required": list(required)}
        print(json.dumps({**result, "notice": notice()}, indent=1))
        return
    print(
        f"{judged.pairs} pairs judged again by {', '.join(required)}: {judged.passed} passed, {judged.failed} failed,"
        f" {judged.incomplete} incomplete ({judged.changed} with another verdict than before)"
    )
    print(notice())


if __name__ == "__main__":
    sys.exit(main())
