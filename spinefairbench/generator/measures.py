"""The three quality-control measurements of an edit against its source, and their verdict.

Both images are compared as 8-bit grayscale of one size, the source at the levels at which the model saw it.
"""

import math
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.generator.checkpoints import tensor_shapes
from spinefairbench.generator.errors import CheckpointError, InputError, MissingLibraryError
from spinefairbench.generator.files import sha256_of_file
from spinefairbench.generator.libraries import library
from spinefairbench.generator.radiographs import Array
from spinefairbench.generator.thresholds import MEASURES, THRESHOLDS, verdict

__all__ = ["METHOD", "MODULES", "Lpips", "Quality", "edge_preservation", "load_lpips", "measure", "ssim"]

MODULES: Final = ("skimage.metrics", "skimage.feature", "skimage.morphology")
_WINDOW: Final = 11
_CANNY: Final = {"sigma": 1.0, "low_threshold": 0.1, "high_threshold": 0.2}

METHOD: Final = {
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
        return {
            "measured": self.measured,
            "not_measured": self.not_measured,
            "required": list(self.required),
            "verdict": self.verdict,
            "thresholds": {t.measure: {"min": t.minimum, "max": t.maximum} for t in THRESHOLDS},
            "method": METHOD,
        }


class Lpips(NamedTuple):
    """A loaded LPIPS network, the hash of the trunk file it was given, or why there is none."""

    network: Any
    trunk_sha256: str | None
    reason: str


def ssim(source: Array, edit: Array) -> float | None:
    """Mean structural similarity of two uint8 images (Wang, Bovik, Sheikh and Simoncelli 2004).

    The data range is given: the library's own guess from the type flatters images that use part of it.
    None where a side is shorter than the window.
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


def edge_preservation(source: Array, edit: Array) -> float | None:
    """The share of the source's Canny edge pixels that lie within a 3x3 dilation of the edit's edge pixels.

    None where the source has no edges.
    """
    numpy = library("numpy")
    canny = library("skimage.feature").canny
    dilate = library("skimage.morphology").dilation
    edges = canny(source / 255.0, **_CANNY)
    if not edges.any():
        return None
    near = dilate(canny(edit / 255.0, **_CANNY), numpy.ones((3, 3), dtype=bool))
    return float((edges & near).sum() / edges.sum())


def load_lpips(trunk: Path | None) -> Lpips:
    """LPIPS with the AlexNet trunk of a user's safetensors file; nothing is downloaded.

    Without a trunk, or without the package, the result says why and measures nothing. Raises CheckpointError
    for a trunk that is a pickle, unreadable or of other tensors: a file that was asked for is never passed over.
    """
    if trunk is None:
        return Lpips(None, None, "no trunk file was given (--lpips-trunk)")
    shapes, _ = tensor_shapes(trunk)
    try:
        package = library("lpips")
        torch = library("torch")
        tensors = library("safetensors.torch").load_file(str(trunk))
    except MissingLibraryError as error:
        return Lpips(None, sha256_of_file(trunk), str(error.problems[0]))
    network = package.LPIPS(net="alex", pretrained=True, pnet_rand=True, pnet_tune=False, verbose=False)
    wanted = {}
    for name, parameter in network.net.named_parameters():
        # The package spreads torchvision's `features.N` over slices that keep the number N.
        wanted["features." + ".".join(name.split(".")[-2:])] = parameter
    absent = sorted(set(wanted) - set(shapes))
    if absent or any(tuple(wanted[name].shape) != shapes[name] for name in wanted if name in shapes):
        raise CheckpointError(
            f"{trunk.name}: is not an AlexNet trunk with torchvision's names: missing or of another shape:"
            f" {', '.join(absent) or 'shapes differ'}"
        )
    with torch.no_grad():
        for name, parameter in wanted.items():
            parameter.copy_(tensors[name])
    network.eval()
    return Lpips(network, sha256_of_file(trunk), "")


def _lpips_distance(lpips: Lpips, source: Array, edit: Array) -> float:
    torch = library("torch")

    def tensor(image: Array) -> Any:
        return torch.from_numpy(image.astype("float32") / 127.5 - 1).expand(1, 3, *image.shape)

    with torch.no_grad():
        return float(lpips.network(tensor(source), tensor(edit)).item())


def measure(source: Array, edit: Array, lpips: Lpips, required: tuple[str, ...] = MEASURES) -> Quality:
    """Every measurement that can be made of two uint8 images of one shape, rounded to 6 places, with the verdict.

    Raises InputError where the shapes differ.
    """
    if source.shape != edit.shape:
        raise InputError(f"source and edit differ in size: {source.shape[::-1]} and {edit.shape[::-1]}")
    values: dict[str, float | None] = {
        "ssim": ssim(source, edit),
        "edge_preservation": edge_preservation(source, edit),
    }
    reasons = {
        "ssim": f"a side is shorter than the {_WINDOW} pixel window",
        "edge_preservation": "the source shows no edges",
        "lpips": lpips.reason,
    }
    values["lpips"] = None if lpips.network is None else _lpips_distance(lpips, source, edit)
    for name, value in values.items():
        if value is not None and not math.isfinite(value):
            values[name], reasons[name] = None, "the measurement is not a number"
    # The verdict is taken on the values as they are recorded, so that a reader can repeat it.
    rounded = {name: None if value is None else round(value, 6) for name, value in values.items()}
    not_measured = {name: reasons[name] for name, value in rounded.items() if value is None}
    return Quality(rounded, not_measured, required, verdict(rounded, required))
