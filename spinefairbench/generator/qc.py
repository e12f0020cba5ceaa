"""Quality control: the three measurements of an edit against its source, their verdict, and the command for one edit.

Both images are compared as 8-bit grayscale of one size, the source at the levels at which the model saw it. The
command is `python3 -m spinefairbench.generator.qc SOURCE EDIT`; its exit status is 0 for a pass, 1 for a fail or an
incomplete verdict (a required measurement could not be made), and 2 for unusable input.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS
from spinefairbench.errors import UsageError
from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.checkpoints import load_tensors, tensor_shapes
from spinefairbench.generator.config import LEVELS, InferenceConfig
from spinefairbench.generator.failures import CheckpointError, InputError, MissingLibraryError, exit_status, short_list
from spinefairbench.generator.libraries import QC, ByteImage, Tensor, library, numpy, require_libraries, torch
from spinefairbench.generator.radiographs import read_gray_file, read_radiograph, resize, to_bytes
from spinefairbench.generator.released import PASS, notice, verdict

__all__ = [
    "Lpips",
    "Quality",
    "edge_preservation",
    "import_modules",
    "load_lpips",
    "main",
    "measure",
    "required_measures",
    "ssim",
]

_MODULES: Final = ("skimage.metrics", "skimage.feature", "skimage.morphology")
_WINDOW: Final = 11
_CANNY: Final = {"sigma": 1.0, "low_threshold": 0.1, "high_threshold": 0.2}

_METHOD: Final = {
    "ssim": "Wang et al. 2004: Gaussian window, sigma 1.5, 11x11, population covariance, data range 1",
    "edge_preservation": (
        "share of the source's Canny edges (scikit-image, sigma 1.0, thresholds 0.1 and 0.2 of the range) within"
        " a 3x3 dilation of the edit's"
    ),
    "lpips": "lpips package, AlexNet, inputs in -1..1",
}


class Quality(NamedTuple):
    """The measurements (None: could not be made), why one was not made, and the verdict over those required."""

    measured: dict[str, float | None]
    not_measured: dict[str, str]
    required: tuple[str, ...]
    verdict: str

    def as_json(self) -> dict[str, Any]:
        """The quality as JSON values, with thresholds and methods."""
        return {
            "measured": self.measured,
            "not_measured": self.not_measured,
            "required": list(self.required),
            "verdict": self.verdict,
            "thresholds": {t.measure: {"min": t.minimum, "max": t.maximum} for t in THRESHOLDS},
            "method": _METHOD,
        }


class Lpips(NamedTuple):
    """A loaded LPIPS network and the hash of the trunk file, or the reason why there is no network."""

    network: Callable[[Tensor, Tensor], Tensor] | None
    trunk_sha256: str | None
    reason: str


def import_modules() -> None:
    """Import what measuring needs, before there are threads that would all import it at once."""
    for module in _MODULES:
        library(module)


def ssim(source: ByteImage, edit: ByteImage) -> float | None:
    """Mean structural similarity of two images (Wang, Bovik, Sheikh and Simoncelli 2004).

    The data range is given, because the library's own guess from the type flatters images that use part of it.
    None if a side is shorter than the window.
    """
    if min(source.shape) < _WINDOW:
        return None
    similarity = library("skimage.metrics").structural_similarity
    value = similarity(
        source / 255.0,
        edit / 255.0,
        data_range=1.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    return float(value)


def edge_preservation(source: ByteImage, edit: ByteImage) -> float | None:
    """The share of the source's Canny edge pixels that lie within a 3x3 dilation of the edit's edge pixels.

    None if the source has no edges.
    """
    canny = library("skimage.feature").canny
    dilate = library("skimage.morphology").dilation
    edges = canny(source / 255.0, **_CANNY)
    if not edges.any():
        return None
    near = dilate(canny(edit / 255.0, **_CANNY), numpy.ones((3, 3), dtype=bool))
    return float((edges & near).sum() / edges.sum())


def load_lpips(trunk: Path | None) -> Lpips:
    """LPIPS with the AlexNet trunk of a user's safetensors file; nothing is downloaded.

    Without a trunk, or without the package, the result states the reason and measures nothing. Raises
    CheckpointError for a trunk that is a pickle, unreadable or of other tensors, since the user asked for it.
    """
    if trunk is None:
        return Lpips(None, None, "no trunk file was given (--lpips-trunk)")
    shapes, _ = tensor_shapes(trunk)
    try:
        package = library("lpips")
        tensors = load_tensors(trunk)
    except MissingLibraryError as error:
        return Lpips(None, sha256_of_file(trunk), str(error))
    network = package.LPIPS(net="alex", pretrained=True, pnet_rand=True, pnet_tune=False, verbose=False)
    wanted = {}
    for name, parameter in network.net.named_parameters():
        # The package spreads torchvision's `features.N` over slices that keep the number N.
        wanted["features." + ".".join(name.split(".")[-2:])] = parameter
    missing = set(wanted) - set(shapes)
    if missing or any(tuple(wanted[name].shape) != shapes[name] for name in wanted):
        raise CheckpointError(
            f"{trunk.name}: is not an AlexNet trunk with torchvision's names: missing or of another shape:"
            f" {short_list(missing) or 'shapes differ'}"
        )
    with torch.no_grad():
        for name, parameter in wanted.items():
            parameter.copy_(tensors[name])
    network.eval()
    return Lpips(network, sha256_of_file(trunk), "")


def _lpips_distance(network: Callable[[Tensor, Tensor], Tensor], source: ByteImage, edit: ByteImage) -> float:
    def tensor(image: ByteImage) -> Tensor:
        return torch.from_numpy(image.astype("float32") / 127.5 - 1).expand(1, 3, *image.shape)

    with torch.no_grad():
        return float(network(tensor(source), tensor(edit)).item())


def measure(source: ByteImage, edit: ByteImage, lpips: Lpips, required: tuple[str, ...] = MEASURES) -> Quality:
    """Every measurement that can be made of two images of one shape, rounded to 6 places, with the verdict.

    Raises InputError if the shapes differ.
    """
    if source.shape != edit.shape:
        raise InputError(f"source and edit differ in size: {source.shape[::-1]} and {edit.shape[::-1]}")
    values = {
        "ssim": ssim(source, edit),
        "edge_preservation": edge_preservation(source, edit),
        "lpips": None if lpips.network is None else _lpips_distance(lpips.network, source, edit),
    }
    reasons = {
        "ssim": f"a side is shorter than the {_WINDOW} pixel window",
        "edge_preservation": "the source shows no edges",
        "lpips": lpips.reason,
    }
    for name, value in values.items():
        if value is not None and not math.isfinite(value):
            values[name], reasons[name] = None, "the measurement is not a number"
    # The verdict is over the values as they are recorded, so that a reader can reproduce it.
    rounded = {name: None if value is None else round(value, 6) for name, value in values.items()}
    not_measured = {name: reasons[name] for name, value in rounded.items() if value is None}
    return Quality(rounded, not_measured, required, verdict(rounded, required))


def required_measures(text: str) -> tuple[str, ...]:
    """The measures of a comma-separated list, in the frozen order. Raises UsageError for an unknown name."""
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in MEASURES]:
        raise UsageError(
            f"required measures: unknown {', '.join(map(repr, unknown))}; expected names from {', '.join(MEASURES)}"
        )
    return tuple(name for name in MEASURES if name in names)


def _compare_files(
    source: Path, edit: Path, levels: str, trunk: Path | None, required: tuple[str, ...]
) -> tuple[Quality, dict[str, object]]:
    """The quality of an edit file, and a record of what was compared; the source is resized to the edit.

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
    quality = measure(compared, values.astype(numpy.uint8), load_lpips(trunk), required)
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
    parser = argparse.ArgumentParser(
        prog="python3 -m spinefairbench.generator.qc",
        description="Compare an edited radiograph with its source.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=(
            "example: python3 -m spinefairbench.generator.qc radiographs/a.png"
            " edits/dataset/counterfactual_images/a/young_male.png"
            "\nexit status: 0 pass; 1 fail or incomplete; 2 unusable input"
        ),
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the source radiograph")
    parser.add_argument("edit", type=Path, metavar="EDIT", help="the edited image, 8-bit")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="output format (default: text)")
    parser.add_argument(
        "--levels", choices=LEVELS, default="auto", help="the levels used for inference (default: auto)"
    )
    parser.add_argument("--lpips-trunk", type=Path, metavar="FILE", help="AlexNet weights as safetensors")
    parser.add_argument(
        "--require", metavar="LIST", help=f"measures required for a pass (default: {','.join(MEASURES)})"
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; unusable input is a sentence on stderr and status 2."""
    arguments = _parser().parse_args(argv)
    return exit_status(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    required = MEASURES if arguments.require is None else required_measures(arguments.require)
    quality, compared = _compare_files(
        arguments.source, arguments.edit, arguments.levels, arguments.lpips_trunk, required
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


if __name__ == "__main__":
    sys.exit(main())
