"""Spine masks: where, and how far, an edit is pulled back to its source."""

from pathlib import Path
from typing import Any, NamedTuple

from spinefairbench.generator.errors import InputError
from spinefairbench.generator.files import sha256_of_file, stem
from spinefairbench.generator.libraries import library
from spinefairbench.generator.radiographs import Array, fit_box, read_gray_file, refuse_unless_upright

__all__ = ["Mask", "blend", "fit_mask", "match_masks", "read_mask"]


class Mask(NamedTuple):
    """A mask as booleans (height x width), the file's hash, and a warning where it is unusual."""

    file_name: str
    sha256: str
    inside: Array
    warning: str | None

    @property
    def share(self) -> float:
        return float(self.inside.mean())


def match_masks(sources: dict[str, Path], masks: list[Path], *, single: bool) -> dict[str, Path]:
    """source_id -> mask file. A single mask file serves a single source whatever its name; else names match.

    Raises InputError for a source without a mask and for masks whose names differ by their suffix alone.
    """
    if single and len(sources) == 1 and len(masks) == 1:
        return {next(iter(sources)): masks[0]}
    named: dict[str, Path] = {}
    problems = []
    for path in masks:
        if stem(path) in named:
            problems.append(f"--mask: {path.name} and {named[stem(path)].name} have one name")
        named[stem(path)] = path
    problems += [
        f"--mask: no mask is named like {path.name}" for source, path in sources.items() if source not in named
    ]
    if problems:
        raise InputError(problems)
    return {source: named[source] for source in sources}


def read_mask(path: Path, width: int, height: int) -> Mask:
    """A binary mask of the source's own size.

    Raises InputError for another size, for more than two values (zero and one other), and for a mask in which
    nothing is marked. A mask in which everything is marked is used, with a named warning.
    """
    numpy = library("numpy")
    where = path.name
    try:
        values = _read_values(path)
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise InputError(f"{where}: cannot be read: {error.strerror or error}") from None
    if values.shape != (height, width):
        raise InputError(
            f"{where}: mask of {values.shape[1]}x{values.shape[0]} pixels, the source has {width}x{height}"
        )
    found = numpy.unique(values)
    if not values.any():
        raise InputError(f"{where}: mask is empty: no pixel is marked")
    if len(found) > 2 or (len(found) == 2 and found[0] != 0):
        raise InputError(f"{where}: mask is not binary: {len(found)} values, expected zero and one other")
    inside = values != 0
    warning = f"mask-full: {where} marks every pixel" if inside.all() else None
    return Mask(where, sha256, inside, warning)


def _read_values(path: Path) -> Array:
    numpy = library("numpy")
    image_module = library("PIL.Image")
    try:
        with image_module.open(path, formats=("PNG", "TIFF")) as image:
            if image.mode == "1" and image.width * image.height <= 100_000_000:
                refuse_unless_upright(image, path.name)
                return numpy.array(image).astype(numpy.uint8)
    except (OSError, SyntaxError, ValueError, image_module.DecompressionBombError):
        pass  # the reader below says what is wrong
    values, _ = read_gray_file(path)
    return values


def fit_mask(mask: Mask, size: int, how: str, feather: float) -> Array:
    """A mask in the model's square, float64 in 0..1: nearest neighbour, its edge softened by a Gaussian.

    `feather` is the Gaussian's sigma in pixels of the square; 0 keeps the edge hard.
    """
    numpy = library("numpy")
    image_module = library("PIL.Image")
    height, width = mask.inside.shape
    left, top, inner_width, inner_height = fit_box(width, height, size, how)
    image = image_module.fromarray(mask.inside.astype(numpy.uint8))
    inner = numpy.asarray(image.resize((inner_width, inner_height), image_module.Resampling.NEAREST))
    square = numpy.zeros((size, size))
    square[top : top + inner_height, left : left + inner_width] = inner
    if feather > 0:
        filters = library("skimage.filters")
        square = numpy.clip(filters.gaussian(square, sigma=feather, mode="nearest"), 0.0, 1.0)
    return square


def blend(edit: Any, source: Any, mask: Any, strength: float) -> Any:
    """The edit pulled toward the source by `strength` where the mask is 1; arrays or tensors of one shape."""
    weight = mask * strength
    return edit * (1 - weight) + source * weight
