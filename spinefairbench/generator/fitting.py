"""Pixels in the model's square: radiographs and masks resized, padded or stretched, and back to 8 bits."""

from typing import NamedTuple

from spinefairbench.generator.libraries import BoolImage, ByteImage, FloatImage, library, numpy, pillow

__all__ = ["Box", "Fitted", "fit", "fit_mask", "inside", "resize", "to_bytes"]

Box = tuple[int, int, int, int]
"""A rectangle of pixels: left, top, width, height."""


class Fitted(NamedTuple):
    """Pixels in the model's square, and the box in it where the radiograph lies."""

    pixels: FloatImage
    box: Box


def resize(pixels: FloatImage, width: int, height: int) -> FloatImage:
    """Pixels resampled with an antialiasing filter (Lanczos), kept in 0..1."""
    if pixels.shape == (height, width):
        return pixels
    image = pillow.fromarray(pixels.astype(numpy.float32))
    resized = numpy.asarray(image.resize((width, height), pillow.Resampling.LANCZOS))
    return numpy.clip(resized.astype(numpy.float64), 0.0, 1.0)


def _fit_box(width: int, height: int, size: int, how: str) -> Box:
    """Where an image of width x height lies in the model's square."""
    if how == "stretch":
        return (0, 0, size, size)
    scale = size / max(width, height)
    inner_width, inner_height = max(1, round(width * scale)), max(1, round(height * scale))
    return ((size - inner_width) // 2, (size - inner_height) // 2, inner_width, inner_height)


def fit(pixels: FloatImage, size: int, how: str) -> Fitted:
    """Pixels in a size x size square: `stretch` ignores the aspect ratio, `pad` keeps it and fills with black."""
    height, width = pixels.shape
    box = _fit_box(width, height, size, how)
    square = numpy.zeros((size, size))
    square[inside(box)] = resize(pixels, box[2], box[3])
    return Fitted(square, box)


def fit_mask(marked: BoolImage, size: int, how: str, feather: float) -> FloatImage:
    """A mask in the model's square, float64 in 0..1: nearest neighbour, its edge softened by a Gaussian.

    `feather` is the Gaussian's sigma in pixels of the square; 0 keeps the edge hard.
    """
    height, width = marked.shape
    box = _fit_box(width, height, size, how)
    image = pillow.fromarray(marked.astype(numpy.uint8))
    square = numpy.zeros((size, size))
    square[inside(box)] = numpy.asarray(image.resize((box[2], box[3]), pillow.Resampling.NEAREST))
    if feather > 0:
        gaussian = library("skimage.filters").gaussian
        square = numpy.clip(gaussian(square, sigma=feather, mode="nearest"), 0.0, 1.0)
    return square


def inside(box: Box) -> tuple[slice, slice]:
    """The index of a box's pixels in an array of height x width."""
    left, top, width, height = box
    return (slice(top, top + height), slice(left, left + width))


def to_bytes(pixels: FloatImage) -> ByteImage:
    """Pixels in 0..1 as uint8, rounded half to even."""
    return numpy.rint(pixels * 255).astype(numpy.uint8)
