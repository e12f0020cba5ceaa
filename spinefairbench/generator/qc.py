"""Quality control of one edit against its source: `python3 -m spinefairbench.generator.qc SOURCE EDIT`.

Exit status: 0 pass; 1 fail, or incomplete (a required measurement could not be made); 2 unusable input.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from spinefairbench.errors import UsageError
from spinefairbench.generator.command import guarded
from spinefairbench.generator.config import LEVELS, InferenceConfig
from spinefairbench.generator.errors import InputError
from spinefairbench.generator.facts import notice
from spinefairbench.generator.libraries import QC, require_libraries
from spinefairbench.generator.measures import Quality, load_lpips, measure
from spinefairbench.generator.radiographs import read_gray_file, read_radiograph, resize, to_bytes
from spinefairbench.generator.thresholds import MEASURES, PASS, THRESHOLDS

__all__ = ["compare", "main", "required_measures"]


def required_measures(text: str) -> tuple[str, ...]:
    """The measures of a comma-separated list, in the frozen order. Raises UsageError for an unknown name."""
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in MEASURES]:
        raise UsageError(f"required measures: unknown {', '.join(map(repr, unknown))}; of {', '.join(MEASURES)}")
    return tuple(measure_name for measure_name in MEASURES if measure_name in names)


def compare(
    source: Path, edit: Path, levels: str, trunk: Path | None, required: tuple[str, ...]
) -> tuple[Quality, dict[str, object]]:
    """The quality of an edit file, and a record of what was compared; the source is brought to the edit's size.

    Raises InputError, CheckpointError or MissingLibraryError.
    """
    require_libraries(QC)
    for path in (source, edit):
        if not path.is_file():
            raise InputError(f"{path.name or path}: {'is a folder' if path.is_dir() else 'does not exist'}")
    radiograph = read_radiograph(source, levels, InferenceConfig().level_percentiles)
    values, record = read_gray_file(edit)
    if record["bits"] != 8:
        raise InputError(f"{edit.name}: has {record['bits']} bits, expected an 8-bit edit")
    height, width = values.shape
    compared = to_bytes(resize(radiograph.pixels, width, height))
    quality = measure(compared, values, load_lpips(trunk), required)
    resized = (radiograph.record["width"], radiograph.record["height"]) != (width, height)
    return quality, {
        "source": {"file": radiograph.file_name, "sha256": radiograph.sha256, **radiograph.record},
        "edit": {"file": edit.name, "width": width, "height": height},
        "source_resized_to_edit": resized,
    }


def _text(quality: Quality) -> str:
    lines = []
    for threshold in THRESHOLDS:
        value = quality.measured[threshold.measure]
        low_is_good = threshold.minimum == 0.0
        bound = f"<= {threshold.maximum}" if low_is_good else f">= {threshold.minimum}"
        if value is None:
            result = f"not measured: {quality.not_measured[threshold.measure]}"
        else:
            result = f"{value:.6f}  {'holds' if threshold.holds(value) else 'does not hold'}"
        asked = "" if threshold.measure in quality.required else "  (not required)"
        lines.append(f"{threshold.measure:<18}{bound:<10}{result}{asked}")
    return "\n".join([*lines, f"verdict: {quality.verdict}", notice()])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m spinefairbench.generator.qc",
        description="Compare an edited radiograph with its source.",
        epilog=(
            "example: python3 -m spinefairbench.generator.qc radiographs/a.png"
            " edits/dataset/counterfactual_images/a/young_male.png"
            " -- exit status: 0 pass; 1 fail or incomplete; 2 unusable input"
        ),
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the source radiograph")
    parser.add_argument("edit", type=Path, metavar="EDIT", help="the edited image, 8-bit")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--levels", choices=LEVELS, default="auto", help="as at inference (default: auto)")
    parser.add_argument("--lpips-trunk", type=Path, metavar="FILE", help="AlexNet weights as safetensors")
    parser.add_argument(
        "--require", metavar="LIST", help=f"measures required for a pass (default: {','.join(MEASURES)})"
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit status. Input that cannot be used is a sentence on stderr and status 2."""
    arguments = _parser().parse_args(argv)
    return guarded(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    required = MEASURES if arguments.require is None else required_measures(arguments.require)
    quality, compared = compare(arguments.source, arguments.edit, arguments.levels, arguments.lpips_trunk, required)
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


if __name__ == "__main__":
    sys.exit(main())
