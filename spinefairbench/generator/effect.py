"""Did the edit do anything? `python3 -m spinefairbench.generator.effect --output DIR [--reconstruction DIR] ...`.

Differences of a run's images in pixels and LPIPS, by demographic: to the source, between edits, and to the images of
control arms, which share the noise of the edits (other prompts) or the prompt (other noise). Exit status: 0 if the
report was made; 2 if something cannot be used.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from spinefairbench.generator.arguments import add_format, add_run_folder, command_parser, path_argument
from spinefairbench.generator.arms import NULL, RECONSTRUCTION
from spinefairbench.generator.attribute_model import AttributeModel, attribute_model
from spinefairbench.generator.effect_rows import Tally, contrasts
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.libraries import QC, ByteImage, numpy, require_libraries
from spinefairbench.generator.lpips_network import Lpips, load_lpips, lpips_distance
from spinefairbench.generator.released import notice
from spinefairbench.generator.run_images import SourceImages, images_of

__all__ = ["EFFECT", "main"]

EFFECT: Final = "python3 -m spinefairbench.generator.effect"
_SCHEMA: Final = "spinefairbench-generator-effect-v1"
_PIXELS: Final = "pixels"
_LPIPS: Final = "lpips"


def _measured(first: ByteImage, second: ByteImage, lpips: Lpips, recorded: float | None = None) -> dict[str, float]:
    """The mean absolute difference in gray levels (0 to 255), and LPIPS where it can be had."""
    gap = numpy.abs(first.astype(numpy.int16) - second.astype(numpy.int16))
    found = {_PIXELS: float(gap.mean())}
    if lpips.network is not None:
        found[_LPIPS] = lpips_distance(lpips.network, first, second)
    elif recorded is not None:
        found[_LPIPS] = recorded
    return found


def _compare(source: SourceImages, lpips: Lpips, tally: Tally) -> None:
    """Add every difference between the images of one source."""
    name = source.source_id
    for label, edit in source.edits.items():
        recorded = source.recorded_lpips.get(label)
        tally.add(name, "edit and source", label, _measured(source.square, edit, lpips, recorded))
    for group, one, other in contrasts(list(source.edits)):
        tally.add(name, "two edits", group, _measured(source.edits[one], source.edits[other], lpips))
    for arm, images in source.arms.items():
        for label, image in images.items():
            tally.add(name, f"{arm} and source", label, _measured(source.square, image, lpips))
            tally.add(name, f"edit and {arm}, same noise", label, _measured(source.edits[label], image, lpips))
        for one, other in combinations(images, 2):
            tally.add(name, f"two {arm} images", "noise", _measured(images[one], images[other], lpips))


def _compare_attributes(source: SourceImages, model: AttributeModel, tally: Tally) -> None:
    """Add every difference between the attributes of one source's images."""
    name = source.source_id
    own = model(f"{name}, the source", source.square)
    edits = {label: model(f"{name}, {label}", image) for label, image in source.edits.items()}
    for label, found in edits.items():
        tally.add_attributes(name, "edit minus source", label, _less(found, own))
    for first, second, contrast, group in (
        ("elderly_female", "young_female", "elderly minus young", "female"),
        ("elderly_male", "young_male", "elderly minus young", "male"),
        ("elderly_female", "elderly_male", "female minus male", "elderly"),
        ("young_female", "young_male", "female minus male", "young"),
    ):
        if first in edits and second in edits:
            tally.add_attributes(name, contrast, group, _less(edits[first], edits[second]))
    for arm, images in source.arms.items():
        of_arm = {label: model(f"{name}, {label} of {arm}", image) for label, image in images.items()}
        for label, found in of_arm.items():
            tally.add_attributes(name, f"edit minus {arm}, same noise", label, _less(edits[label], found))
        for one, other in combinations(of_arm, 2):
            tally.add_attributes(name, f"two {arm} images", "noise", _less(of_arm[one], of_arm[other]))


def _less(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {name: first[name] - second[name] for name in first if name in second}


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "effect",
        f"Say how far a run's edits differ from their sources, each other and control arms. {notice()}",
        (
            f"example: {EFFECT} --output edits/ --input radiographs/ --reconstruction reconstructions/"
            "\nexit status: 0 the report was made; 2 unusable input"
        ),
    )
    add = parser.add_argument
    add_run_folder(parser)
    add("--input", type=path_argument, metavar="PATH", help="its radiographs, if it has not saved the squares")
    for arm in (RECONSTRUCTION, NULL):
        add(f"--{arm}", type=path_argument, metavar="DIR", help=f"what the same run with --arm {arm} has written")
    add("--lpips-trunk", type=path_argument, metavar="FILE", help="AlexNet weights as safetensors")
    add("--attribute-model", metavar="MODULE:FUNCTION", help="your own estimator: an image in, numbers by name out")
    add_format(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; each problem with the input is a sentence on stderr."""
    arguments = _parser().parse_args(argv)
    return exit_status(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    require_libraries(QC)
    lpips = load_lpips(arguments.lpips_trunk)
    model = None if arguments.attribute_model is None else attribute_model(arguments.attribute_model)
    arms = {name: folder for name in (RECONSTRUCTION, NULL) if (folder := getattr(arguments, name)) is not None}
    tally = Tally()
    for source in images_of(arguments.output, arguments.input, arms):
        _compare(source, lpips, tally)
        if model is not None:
            _compare_attributes(source, model, tally)
    report = {
        "schema": _SCHEMA,
        "arms": list(arms),
        "lpips_trunk_sha256": lpips.trunk_sha256,
        "attribute_model": arguments.attribute_model,
        "differences": tally.difference_rows(),
        "more_than_noise": tally.noise_rows(list(arms)),
        "attributes": tally.attribute_rows(),
        "notice": notice(),
    }
    if arguments.format == "json":
        print(json.dumps(report, indent=1, allow_nan=False, default=dataclasses.asdict))
    else:
        print(_text(report))
    return 0


def _text(report: Mapping[str, Any]) -> str:
    lines = [
        "Differences between two images: mean of the absolute difference in gray levels (0 to 255), and LPIPS.",
        "",
    ]
    lines += _table(
        (
            "difference of",
            "group",
            "measure",
            "sources",
            "pairs",
            "same",
            "5 %",
            "25 %",
            "median",
            "75 %",
            "95 %",
            "largest",
        ),
        [dataclasses.astuple(row) for row in report["differences"]],
    )
    if report["more_than_noise"]:
        lines += ["", "Sources whose edits differ more than two images of one prompt with other noise:", ""]
        rows = [
            (row.group, row.measure, row.arm, row.more_than_noise, row.sources) for row in report["more_than_noise"]
        ]
        lines += _table(("edits differ in", "measure", "noise from", "more than noise", "of sources"), rows)
    if report["attributes"]:
        lines += ["", f"Attributes estimated by {report['attribute_model']}, signed differences:", ""]
        lines += _table(
            (
                "attribute",
                "difference of",
                "group",
                "sources",
                "pairs",
                "5 %",
                "25 %",
                "median",
                "75 %",
                "95 %",
                "mean",
                "asked",
            ),
            [dataclasses.astuple(row) for row in report["attributes"]],
        )
    lines += ["", "Distributions over the images at hand: no interval and no test is made of them."]
    if not report["arms"]:
        lines.append(
            "Without a control arm (--reconstruction, --null) a difference may be noise, artefact or attribute."
        )
    return "\n".join([*lines, report["notice"]])


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Lines of columns: words to the left, numbers to the right."""
    cells = [list(heads), *([_shown(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    words = [not rows or isinstance(rows[0][column], str) for column in range(len(heads))]
    return [
        "  ".join(
            cell.ljust(width) if is_word else cell.rjust(width)
            for cell, width, is_word in zip(line, widths, words, strict=True)
        ).rstrip()
        for line in cells
    ]


def _shown(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.4g}"
    return "-" if cell is None else str(cell)


if __name__ == "__main__":
    sys.exit(main())
