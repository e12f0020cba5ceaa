#!/usr/bin/env python3
"""How far the edge preservation of an edit depends on the edge detector, on synthetic pairs.

    python3 scripts/compare_edge_detectors.py

The published threshold (0.276) belongs to a detector whose settings are unknown. The pairs are synthetic radiographs that
are sharp, noisy or blurred, and edits of them that are blurred, noisy, darker or shifted. The table has, for each
detector, the median by kind of source, the share of pairs that reach the published threshold, and the threshold that as
many pairs reach as reach the published one with the detector that is used here. OpenCV is measured if it is installed
(opencv-python-headless).
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.bundle.qc_measures import THRESHOLDS
from spinefairbench.generator.failures import MissingLibraryError, exit_status
from spinefairbench.generator.libraries import QC, ByteImage, library, numpy, require_libraries
from spinefairbench.generator.quality import edge_preservation
from spinefairbench.generator.synthetic import synthetic_radiograph

__all__ = ["main"]

SIZE: Final = 512
SEEDS: Final = range(8)
PUBLISHED: Final = next(threshold.minimum for threshold in THRESHOLDS if threshold.measure == "edge_preservation")

Measure = Callable[[ByteImage, ByteImage], float]


def _bytes(image: Any) -> Any:
    return numpy.clip(numpy.rint(image), 0, 255).astype(numpy.uint8)


def _sources(seed: int) -> dict[str, Any]:
    """A synthetic radiograph with the texture of bone, as three sources."""
    blurred = library("scipy.ndimage").gaussian_filter
    draws = numpy.random.default_rng(seed)
    plain = numpy.frombuffer(synthetic_radiograph(SIZE, SIZE), dtype=numpy.uint8).reshape(SIZE, SIZE).astype(float)
    texture = sum(weight * blurred(draws.normal(size=plain.shape), sigma) for sigma, weight in ((1.5, 60), (4, 160)))
    sharp = plain + texture * plain / 255
    return {
        "sharp": _bytes(sharp),
        "noisy": _bytes(sharp + draws.normal(0, 8, plain.shape)),
        "blurred": _bytes(blurred(sharp, 3)),
    }


def _edits(source: Any, seed: int) -> list[Any]:
    blurred = library("scipy.ndimage").gaussian_filter
    draws = numpy.random.default_rng(1000 + seed)
    image = source.astype(float)
    return [
        *(_bytes(blurred(image, sigma)) for sigma in (0.5, 1, 1.5, 2, 3)),
        *(_bytes(image + draws.normal(0, spread, image.shape)) for spread in (2, 4, 8, 16)),
        *(_bytes(image * factor) for factor in (0.9, 0.75, 0.6)),
        *(numpy.roll(source, by, axis=1) for by in (1, 2, 4)),
    ]


def _by(detect: Callable[[ByteImage], Any]) -> Measure:
    """The same measure by another detector: the share of the source's edges within 3x3 of the edit's."""
    dilate = library("skimage.morphology").dilation

    def preserved(source: ByteImage, edit: ByteImage) -> float:
        edges, kept = detect(source), detect(edit)
        if not edges.any():
            return 0.0 if kept.any() else 1.0
        return float((edges & dilate(kept, numpy.ones((3, 3), dtype=bool))).sum() / edges.sum())

    return preserved


def _measures() -> dict[str, Measure]:
    canny = library("skimage.feature").canny
    found: dict[str, Measure] = {
        "scikit-image, sigma 1, 0.1 and 0.2 (used here)": edge_preservation,
        "scikit-image, sigma 2, 0.1 and 0.2": _by(lambda image: canny(image, sigma=2)),
        "scikit-image, sigma 1, upper tenth and fifth of the gradients": _by(
            lambda image: canny(image, sigma=1, low_threshold=0.8, high_threshold=0.9, use_quantiles=True)
        ),
    }
    try:
        opencv = library("cv2")
    except MissingLibraryError as error:
        print(f"note: OpenCV is not measured: {error}", file=sys.stderr)
        return found
    return found | {
        "OpenCV, 50 and 150": _by(lambda image: opencv.Canny(image, 50, 150) > 0),
        "OpenCV, 100 and 200": _by(lambda image: opencv.Canny(image, 100, 200) > 0),
        "OpenCV, 50 and 150 after a 5x5 blur": _by(
            lambda image: opencv.Canny(opencv.GaussianBlur(image, (5, 5), 0), 50, 150) > 0
        ),
    }


def _run() -> int:
    require_libraries(QC)
    pairs = [
        (kind, source, edit)
        for seed in SEEDS
        for kind, source in _sources(seed).items()
        for edit in _edits(source, seed)
    ]
    kinds = numpy.array([kind for kind, _, _ in pairs])
    reached = None
    print(f"| detector | sharp | noisy | blurred | reach {PUBLISHED} | the same share reaches |")
    print("|---|---|---|---|---|---|")
    for name, measure in _measures().items():
        values = numpy.array([measure(source, edit) for _, source, edit in pairs])
        share = float((values >= PUBLISHED).mean())
        reached = share if reached is None else reached
        medians = " | ".join(f"{numpy.median(values[kinds == kind]):.2f}" for kind in ("sharp", "noisy", "blurred"))
        same = float(numpy.quantile(values, 1 - reached))
        print(f"| {name} | {medians} | {100 * share:.0f} % | {same:.3f} |", flush=True)
    print(f"\n{len(pairs)} synthetic pairs of {SIZE}x{SIZE} pixels")
    return 0


def main() -> int:
    """Run the command and return its exit status."""
    return exit_status(_run)


if __name__ == "__main__":
    sys.exit(main())
