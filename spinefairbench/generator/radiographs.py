"""Reading radiographs: 8- and 16-bit grayscale PNG and TIFF, grayscale JPEG, and DICOM if pydicom is installed.

The imaging libraries' own conversions silently clip 16 bits at 255, so none of them is used: the stored values are
read as an array and scaled to 0..1 by levels that are chosen, and recorded, here.
"""

import math
import warnings
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.failures import InputError, MissingLibraryError, one_line, unreadable
from spinefairbench.generator.libraries import BoolImage, ByteImage, FloatImage, StoredImage, library, numpy, pillow

__all__ = [
    "DICOM_SUFFIXES",
    "IMAGE_SUFFIXES",
    "Box",
    "Fitted",
    "Radiograph",
    "fit",
    "fit_mask",
    "inside",
    "read_gray_file",
    "read_radiograph",
    "resize",
    "to_bytes",
]

IMAGE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
DICOM_SUFFIXES: Final = (".dcm", ".dicom")

Box = tuple[int, int, int, int]
"""A rectangle of pixels: left, top, width, height."""

_MAX_PIXELS: Final = 100_000_000
_MIN_SIDE: Final = 16
_FORMATS: Final = ("PNG", "JPEG", "TIFF")
_GRAY_MODES: Final = ("L", "I;16", "I;16L", "I;16B", "I;16N")
_PHOTOMETRIC_TAG: Final = 262
_ORIENTATION_TAG: Final = 274
_DICOM_MARK: Final = b"DICM"


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


class _Stored(NamedTuple):
    """Values as stored, after any rescaling; `full` is the range that the bits can express, rescaled too."""

    values: FloatImage
    record: dict[str, Any]
    full: tuple[float, float]
    window: tuple[float, float, str] | None


def _is_dicom(path: Path) -> bool:
    if path.suffix.lower() in DICOM_SUFFIXES:
        return True
    with path.open("rb") as file:
        return file.read(132)[128:] == _DICOM_MARK


def _check_size(where: str, width: int, height: int) -> None:
    if width * height > _MAX_PIXELS:
        raise InputError(f"{where}: {width}x{height} pixels are more than the {_MAX_PIXELS} that are read")
    if min(width, height) < _MIN_SIDE:
        raise InputError(f"{where}: {width}x{height} pixels; each side must have at least {_MIN_SIDE}")


def read_gray_file(path: Path, *, bilevel: bool = False) -> tuple[StoredImage, dict[str, Any]]:
    """The stored values of a grayscale PNG, JPEG or TIFF (uint8 or uint16, height x width), and a record of the file.

    Three equal colour channels count as gray, and that is recorded; with `bilevel` an image of one bit counts too, as
    0 and 1. Raises InputError for a file that is not an image, is truncated or too large, has several pages, colours
    or transparency, asks to be rotated or mirrored, or has another number of bits.
    """
    where = path.name
    values, kind, mode, zero_is_white = _decoded(path)
    record: dict[str, Any] = {"format": kind}
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
    return values.astype(numpy.dtype(f"u{values.dtype.itemsize}")), record


def _decoded(path: Path) -> tuple[Any, str, str, bool]:
    """An image's array, format and mode, and whether it is a TIFF in which zero is white. Raises InputError."""
    where = path.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(path)
    except pillow.DecompressionBombError:
        raise InputError(f"{where}: has more than the {_MAX_PIXELS} pixels that are read") from None
    except library("PIL").UnidentifiedImageError:
        raise InputError(f"{where}: is not a PNG, JPEG, TIFF or DICOM image") from None
    # On a damaged file the decoder may raise almost anything.
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, OverflowError) as error:
        raise InputError(f"{where}: is damaged or truncated: {one_line(error)}") from None


def _decode(path: Path) -> tuple[Any, str, str, bool]:
    """What `_decoded` returns. Raises InputError for an image that cannot be used, and whatever the library raises."""
    where = path.name
    image: Any  # its attributes differ between the formats
    with pillow.open(path, formats=_FORMATS) as image:
        _check_size(where, *image.size)
        if getattr(image, "n_frames", 1) != 1:
            raise InputError(f"{where}: has {image.n_frames} pages, expected one image")
        if "transparency" in image.info:
            raise InputError(f"{where}: has a transparent gray value, expected none")
        _refuse_unless_upright(image, where)
        kind, mode = image.format, image.mode
        zero_is_white = kind == "TIFF" and image.tag_v2.get(_PHOTOMETRIC_TAG) == 0
        values = numpy.array(image)
    if kind == "PNG":
        # Reading does not notice a damaged chunk or a missing end.
        with pillow.open(path, formats=("PNG",)) as image:
            image.verify()
    return values, kind, mode, zero_is_white


def _refuse_unless_upright(image: Any, where: str) -> None:
    """Raise InputError if an image's orientation tag says that it has to be rotated or mirrored.

    The library ignores the tag in PNG and JPEG and obeys it in TIFF, where it gets some rotations wrong; and left and right
    matter in a radiograph.
    """
    orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    if orientation not in (0, 1):  # some programs write 0 for "not known"
        raise InputError(
            f"{where}: has to be rotated or mirrored (orientation {str(orientation)[:20]}); save it upright"
        )


def _read_file(path: Path) -> _Stored:
    values, record = read_gray_file(path)
    return _Stored(values.astype(numpy.float64), record, (0.0, float(2 ** record["bits"] - 1)), None)


def _first(value: Any) -> float | None:
    """The number, or the first of several, in a DICOM value; None if it is empty."""
    if value is None or value == "":
        return None
    try:
        return float(value if isinstance(value, int | float | str) else value[0])
    except TypeError:
        return float(value)


def _read_dicom(path: Path) -> _Stored:
    where = path.name
    try:
        pydicom = library("pydicom")
    except MissingLibraryError as error:
        raise MissingLibraryError(f"{where}: is DICOM, and {error.problems[0]}") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path)
            photometric = str(dataset.get("PhotometricInterpretation", ""))
            if photometric not in ("MONOCHROME1", "MONOCHROME2"):
                raise InputError(f"{where}: is {photometric or 'of unknown kind'}, expected MONOCHROME1 or MONOCHROME2")
            if int(dataset.get("NumberOfFrames", 1) or 1) != 1:
                raise InputError(f"{where}: has {dataset.NumberOfFrames} frames, expected one image")
            _check_size(where, int(dataset.Columns), int(dataset.Rows))
            if dataset.get("ModalityLUTSequence"):
                raise InputError(f"{where}: has a modality lookup table, which is not supported; apply it first")
            slope = _first(dataset.get("RescaleSlope"))
            intercept = _first(dataset.get("RescaleIntercept"))
            values = dataset.pixel_array.astype(numpy.float64)
            centre, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
            function = str(dataset.get("VOILUTFunction", "") or "LINEAR")
            bits = int(dataset.BitsStored)
            signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
            lookup = bool(dataset.get("VOILUTSequence"))
    except InputError:
        raise
    # On a damaged file pydicom may raise anything.
    except Exception as error:
        raise InputError(f"{where}: cannot be read as DICOM: {one_line(error)}") from None
    slope, intercept = 1.0 if slope is None else slope, 0.0 if intercept is None else intercept
    values = values * slope + intercept
    if values.ndim != 2 or not numpy.isfinite(values).all():
        raise InputError(f"{where}: has values of shape {values.shape}, expected one finite grayscale image")
    record: dict[str, Any] = {"format": "DICOM", "bits": bits, "photometric": photometric}
    if photometric == "MONOCHROME1":
        record["inverted"] = "MONOCHROME1"
    if lookup:
        record["voi_lut"] = "present, not applied"
    window = None if centre is None or width is None else (centre, width, function)
    lowest, highest = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    low, high = sorted((lowest * slope + intercept, highest * slope + intercept))
    return _Stored(values, record, (low, high), window)


def _window(values: FloatImage, centre: float, width: float, function: str, where: str) -> FloatImage:
    """The windowing functions of DICOM PS3.3 C.11.2, scaled to 0..1."""
    finite = math.isfinite(centre) and math.isfinite(width)
    if function == "LINEAR" and finite and width > 1:
        return (values - (centre - 0.5)) / (width - 1) + 0.5
    if function == "LINEAR_EXACT" and finite and width > 0:
        return (values - centre) / width + 0.5
    if function == "SIGMOID" and finite and width > 0:
        return 1 / (1 + numpy.exp(numpy.clip(-4 * (values - centre) / width, -700, 700)))
    raise InputError(f"{where}: has no usable window: {function[:40]!r}, centre {centre}, width {width}")


def _levelled(
    stored: _Stored, levels: str, percentiles: tuple[float, ...], where: str
) -> tuple[FloatImage, dict[str, Any]]:
    """Values in 0..1 before clipping, and the levels that were used."""
    chosen = levels
    if levels == "auto":
        eight_bit = stored.record["format"] != "DICOM" and stored.record["bits"] == 8
        chosen = "window" if stored.window else "full" if eight_bit else "percentile"
    if chosen == "window":
        if stored.window is None:
            raise InputError(f"{where}: has no window; use --levels percentile or full")
        centre, width, function = stored.window
        used: dict[str, Any] = {"window_centre": centre, "window_width": width, "window_function": function}
        return _window(stored.values, centre, width, function, where), {"levels": "window", **used}
    if chosen == "full":
        low, high = stored.full
        if stored.values.min() < low or stored.values.max() > high:
            raise InputError(f"{where}: has values outside {low:g}..{high:g}; use --levels percentile or window")
        used = {}
    else:
        low, high = (float(level) for level in numpy.percentile(stored.values, percentiles))
        used = {"percentiles": list(percentiles)}
        if high <= low:
            first, last = percentiles
            raise InputError(
                f"{where}: its percentiles {first:g} and {last:g} are the same gray value ({low:g}); use --levels full"
            )
    return (stored.values - low) / (high - low), {"levels": chosen, **used, "low": low, "high": high}


def read_radiograph(path: Path, levels: str, percentiles: tuple[float, ...]) -> Radiograph:
    """A radiograph's pixels in 0..1, and a record of what was stored and which levels were used.

    The levels `full` map the whole range of the stored bits, rescaled as the file says; `percentile` the values
    between two percentiles; `window` the DICOM window; `auto` the window if there is one, else full at 8 bits and
    percentile above. The record states the share of the pixels outside the levels. Raises InputError, and
    MissingLibraryError for DICOM without pydicom.
    """
    where = path.name
    try:
        stored = _read_dicom(path) if _is_dicom(path) else _read_file(path)
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise InputError(unreadable(where, error)) from None
    if stored.values.min() == stored.values.max():
        raise InputError(f"{where}: has one gray value only ({stored.values.flat[0]:g})")
    scaled, used = _levelled(stored, levels, percentiles, where)
    below, above = float((scaled < 0).mean()), float((scaled > 1).mean())
    pixels = numpy.clip(scaled, 0.0, 1.0)
    if stored.record.get("inverted") == "MONOCHROME1":
        pixels = 1.0 - pixels
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
