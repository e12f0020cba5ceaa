"""Reading radiographs: 8- and 16-bit grayscale PNG and TIFF, grayscale JPEG, and DICOM.

The imaging libraries' own conversions silently clip 16 bits at 255, so none of them is used: the stored values are
read as an array and scaled to 0..1 by levels that are chosen, and recorded, here.
"""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.dicom_files import DICOM_SUFFIXES, has_dicom_mark, is_dicom, read_dicom
from spinefairbench.generator.failures import InputError, one_line, unreadable
from spinefairbench.generator.libraries import BoolImage, ByteImage, FloatImage, StoredImage, library, numpy, pillow
from spinefairbench.generator.stored_values import MAX_PIXELS, StoredValues, check_size, levelled

__all__ = [
    "RADIOGRAPH_SUFFIXES",
    "Box",
    "Fitted",
    "Radiograph",
    "fit",
    "fit_mask",
    "id_from_name",
    "inside",
    "is_radiograph_name",
    "read_gray_file",
    "read_radiograph",
    "resize",
    "to_bytes",
]

RADIOGRAPH_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", *DICOM_SUFFIXES)

Box = tuple[int, int, int, int]
"""A rectangle of pixels: left, top, width, height."""

_FORMATS: Final = ("PNG", "JPEG", "TIFF")
_GRAY_MODES: Final = ("L", "I;16", "I;16L", "I;16B", "I;16N")
_PHOTOMETRIC_TAG: Final = 262
_ORIENTATION_TAG: Final = 274


# What turns an image upright, by its orientation tag.
_UPRIGHT: Final[dict[int, Callable[[Any], Any]]] = {
    1: lambda values: values,
    2: lambda values: values[:, ::-1],
    3: lambda values: values[::-1, ::-1],
    4: lambda values: values[::-1],
    5: lambda values: values.swapaxes(0, 1),
    6: lambda values: values[::-1].swapaxes(0, 1),
    7: lambda values: values[::-1, ::-1].swapaxes(0, 1),
    8: lambda values: values[:, ::-1].swapaxes(0, 1),
}


def is_radiograph_name(path: Path) -> bool:
    """Whether a file is to be read as a radiograph: by its suffix or, with another or none, as DICOM by its content.

    Raises OSError.
    """
    return path.suffix.lower() in RADIOGRAPH_SUFFIXES or has_dicom_mark(path)


def id_from_name(path: Path) -> str:
    """A file's name without the suffix of an image; a DICOM file may be called 1.2.840 and have none."""
    return path.stem if path.suffix.lower() in RADIOGRAPH_SUFFIXES else path.name


class Radiograph(NamedTuple):
    """A radiograph's pixels, float64 in 0..1 (height x width), and how they came from the stored values."""

    file_name: str
    sha256: str
    pixels: FloatImage
    record: dict[str, Any]

    @property
    def provenance(self) -> dict[str, Any]:
        """What a record of provenance says of the radiograph."""
        return {"file": self.file_name, "sha256": self.sha256, **self.record}


class Fitted(NamedTuple):
    """Pixels in the model's square, and the box in it where the radiograph lies."""

    pixels: FloatImage
    box: Box


def read_gray_file(path: Path, *, bilevel: bool = False) -> tuple[StoredImage, dict[str, Any]]:
    """The stored values of a grayscale PNG, JPEG or TIFF (uint8 or uint16, height x width), and a record of the file.

    Three equal colour channels count as gray, and that is recorded; with `bilevel` an image of one bit counts too, as
    0 and 1. Raises InputError for a file that is not an image, is truncated or too large, has several pages, colours
    or transparency, is a TIFF that asks to be rotated or mirrored, or has another number of bits.
    """
    where = path.name
    values, kind, mode, zero_is_white, orientation = _decoded(path)
    record: dict[str, Any] = {"format": kind}
    if orientation != 1:
        record["orientation"] = orientation
    if mode == "RGB" and values.dtype == numpy.uint8:
        if not (values == values[:, :, :1]).all():
            raise InputError(f"{where}: has colours, expected a grayscale radiograph")
        values = values[:, :, 0]
        record["equal_colour_channels"] = True
    elif mode == "I" and kind == "PNG":
        # Some versions of the library read 16-bit PNG as 32-bit integers.
        values = values.astype(numpy.uint16)
    elif mode == "1" and bilevel:
        values = values.astype(numpy.uint8)
    elif mode not in _GRAY_MODES:
        raise InputError(f"{where}: has pixels of mode {mode}, expected 8- or 16-bit grayscale without transparency")
    if values.ndim != 2 or values.dtype.kind != "u" or values.dtype.itemsize not in (1, 2):
        raise InputError(f"{where}: has {values.dtype} values of shape {values.shape}, expected 8 or 16 bits")
    if zero_is_white:
        record["inverted"] = "WhiteIsZero"
        # The library itself inverts such files at 8 bits but not at 16.
        if values.dtype.itemsize == 2:
            values = 65535 - values
    record["bits"] = 1 if mode == "1" else 8 * values.dtype.itemsize
    upright = _UPRIGHT[orientation](values)
    return numpy.ascontiguousarray(upright, dtype=f"u{values.dtype.itemsize}"), record


def _decoded(path: Path) -> tuple[Any, str, str, bool, int]:
    """An image's array, format and mode, whether it is a TIFF in which zero is white, and its orientation tag.

    Raises InputError.
    """
    where = path.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(path)
    except pillow.DecompressionBombError:
        raise InputError(f"{where}: has more than the {MAX_PIXELS} pixels that are read") from None
    except library("PIL").UnidentifiedImageError:
        raise InputError(f"{where}: is not a PNG, JPEG, TIFF or DICOM image") from None
    # On a damaged file the decoder may raise almost anything.
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, OverflowError) as error:
        raise InputError(f"{where}: is damaged or truncated: {one_line(error)}") from None


def _decode(path: Path) -> tuple[Any, str, str, bool, int]:
    """What `_decoded` returns. Raises InputError for an image that cannot be used, and whatever the library raises."""
    where = path.name
    image: Any  # its attributes differ between the formats
    with pillow.open(path, formats=_FORMATS) as image:
        check_size(where, *image.size)
        if getattr(image, "n_frames", 1) != 1:
            raise InputError(f"{where}: has {image.n_frames} pages, expected one image")
        if "transparency" in image.info:
            raise InputError(f"{where}: has a transparent gray value, expected none")
        orientation = _orientation(image, where)
        kind, mode = image.format, image.mode
        zero_is_white = kind == "TIFF" and image.tag_v2.get(_PHOTOMETRIC_TAG) == 0
        values = numpy.array(image)
    if kind == "PNG":
        # Reading does not notice a damaged chunk or a missing end.
        with pillow.open(path, formats=("PNG",)) as image:
            image.verify()
    return values, kind, mode, zero_is_white, orientation


def _orientation(image: Any, where: str) -> int:
    """The orientation tag, 1 to 8 (Exif 2.3); 1 is upright.

    Raises InputError for a TIFF that has to be turned: there the library obeys the tag itself, and gets some rotations
    wrong; and left and right matter in a radiograph.
    """
    orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    if orientation in (0, 1):  # some programs write 0 for "not known"
        return 1
    if orientation not in _UPRIGHT or image.format == "TIFF":
        raise InputError(
            f"{where}: has to be rotated or mirrored (orientation {str(orientation)[:20]}); save it upright"
        )
    return int(orientation)


def _read_file(path: Path) -> StoredValues:
    values, record = read_gray_file(path)
    return StoredValues(values.astype(numpy.float64), record, (0.0, float(2 ** record["bits"] - 1)))


def read_radiograph(path: Path, levels: str, percentiles: tuple[float, ...]) -> Radiograph:
    """A radiograph's pixels in 0..1, and a record of what was stored and which levels were used.

    The levels `full` map the whole range of the stored bits, rescaled as the file says; `percentile` the values
    between two percentiles; `window` the DICOM window; `voi-lut` the DICOM VOI lookup table; `auto` the table or else
    the window if there is one, else full at 8 bits and percentile above. DICOM's padding counts for nothing and comes
    out black. The record states the share of the pixels outside the levels. Raises InputError, and MissingLibraryError
    for DICOM without pydicom.
    """
    where = path.name
    try:
        stored = read_dicom(path) if is_dicom(path) else _read_file(path)
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise InputError(unreadable(where, error)) from None
    if not stored.seen.size or stored.seen.min() == stored.seen.max():
        raise InputError(f"{where}: has one gray value only ({stored.values.flat[0]:g})")
    scaled, used = levelled(stored, levels, percentiles, where)
    below, above = float((scaled < 0).mean()), float((scaled > 1).mean())
    pixels = numpy.clip(scaled, 0.0, 1.0)
    if stored.record.get("inverted") == "MONOCHROME1":
        pixels = 1.0 - pixels
    if stored.padding is not None:
        pixels[stored.padding] = 0.0
    height, width = pixels.shape
    record = {
        **stored.record, **used, "width": width, "height": height,
        "share_below_levels": below, "share_above_levels": above,
    }  # fmt: skip
    return Radiograph(where, sha256, pixels, record)


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
