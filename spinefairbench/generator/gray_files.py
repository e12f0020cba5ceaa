"""The stored values of grayscale PNG, JPEG and TIFF files, as they are in the file and upright.

The imaging libraries' own conversions silently clip 16 bits at 255, so none of them is used: the stored values are
read as an array.
"""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from spinefairbench.generator.failures import InputError, one_line
from spinefairbench.generator.libraries import StoredImage, library, numpy, pillow
from spinefairbench.generator.stored_values import MAX_PIXELS, check_size

__all__ = ["read_gray_file"]

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
