"""Quality control: the three measurements of an edit against its source, and their verdict.

Both images are compared as 8-bit grayscale of one size, the source at the levels at which the model saw it.
"""

import math
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS
from spinefairbench.errors import UsageError
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.libraries import ByteImage, library, numpy
from spinefairbench.generator.lpips_network import Lpips, lpips_distance
from spinefairbench.generator.released import verdict

__all__ = [
    "Quality",
    "edge_preservation",
    "import_modules",
    "measure",
    "required_measures",
    "ssim",
    "to_require",
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


def edge_preservation(source: ByteImage, edit: ByteImage) -> float:
    """The share of the source's Canny edge pixels that lie within a 3x3 dilation of the edit's edge pixels.

    A source without edges, such as a blurred one, has none to lose: 1 if the edit shows none either, 0 if all that it
    shows are new.
    """
    canny = library("skimage.feature").canny
    dilate = library("skimage.morphology").dilation
    edges, kept = canny(source / 255.0, **_CANNY), canny(edit / 255.0, **_CANNY)
    if not edges.any():
        return 0.0 if kept.any() else 1.0
    near = dilate(kept, numpy.ones((3, 3), dtype=bool))
    return float((edges & near).sum() / edges.sum())


def measure(source: ByteImage, edit: ByteImage, lpips: Lpips, required: tuple[str, ...] = MEASURES) -> Quality:
    """Every measurement that can be made of two images of one shape, rounded to 6 places, with the verdict.

    Raises InputError if the shapes differ.
    """
    if source.shape != edit.shape:
        raise InputError(f"source and edit differ in size: {source.shape[::-1]} and {edit.shape[::-1]}")
    values: dict[str, float | None] = {
        "ssim": ssim(source, edit),
        "edge_preservation": edge_preservation(source, edit),
        "lpips": None if lpips.network is None else lpips_distance(lpips.network, source, edit),
    }
    reasons = {
        "ssim": f"a side is shorter than the {_WINDOW} pixel window",
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


def to_require(asked: tuple[str, ...] | None, lpips: Lpips) -> tuple[str, ...]:
    """The measures that a pass requires: those asked for or, with None, all that can be measured.

    Raises UsageError if LPIPS was asked for and cannot be measured: every edit would be incomplete.
    """
    if asked is None:
        return tuple(name for name in MEASURES if name != "lpips" or lpips.network is not None)
    if "lpips" in asked and lpips.network is None:
        raise UsageError(f"lpips is required and cannot be measured: {lpips.reason}")
    return asked
