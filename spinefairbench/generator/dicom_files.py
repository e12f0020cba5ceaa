"""DICOM radiographs, read by pydicom: stored values, lookup tables, windows and padding.

Compressed pixels need a decoder that pydicom finds by itself; requirements-generator.txt names those of JPEG 2000
(pylibjpeg-openjpeg), JPEG-LS (pyjpegls) and lossless JPEG (python-gdcm).
"""

import warnings
from pathlib import Path
from typing import Any, Final

from spinefairbench.generator.failures import InputError, MissingLibraryError, one_line
from spinefairbench.generator.libraries import BoolImage, library, numpy
from spinefairbench.generator.stored_values import LookedUp, StoredValues, check_size

__all__ = ["DICOM_SUFFIXES", "has_dicom_mark", "is_dicom", "read_dicom"]

DICOM_SUFFIXES: Final = (".dcm", ".dicom")

_MARK: Final = b"DICM"
_DECODERS: Final = "python3 -m pip install pylibjpeg pylibjpeg-openjpeg pyjpegls python-gdcm"


def has_dicom_mark(path: Path) -> bool:
    """Whether a file's content says that it is DICOM, whatever its name. Raises OSError."""
    with path.open("rb") as file:
        return file.read(132)[128:] == _MARK


def is_dicom(path: Path) -> bool:
    """Whether a file is to be read as DICOM, by its name or its content. Raises OSError."""
    return path.suffix.lower() in DICOM_SUFFIXES or has_dicom_mark(path)


def _first(value: Any) -> float | None:
    """The number, or the first of several, in a DICOM value; None if it is empty."""
    if value is None or value == "":
        return None
    try:
        return float(value if isinstance(value, int | float | str) else value[0])
    except TypeError:
        return float(value)


def _pixels(dataset: Any, where: str) -> Any:
    """The stored values. Raises InputError where a decoder is missing, and whatever pydicom raises."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_compressed and syntax.is_encapsulated and not _can_decode(syntax):
        raise InputError(f"{where}: its pixels are compressed ({syntax.name}) and no decoder is installed: {_DECODERS}")
    return dataset.pixel_array


def _can_decode(syntax: Any) -> bool:
    try:
        return bool(library("pydicom.pixels").get_decoder(syntax).is_available)
    except NotImplementedError:
        return False


def _padding(dataset: Any, stored: Any) -> BoolImage | None:
    """The pixels that only fill the image up (PS3.3 C.7.5.1.1.2); None where the file names no such value."""
    value, limit = (_first(dataset.get(name)) for name in ("PixelPaddingValue", "PixelPaddingRangeLimit"))
    if value is None:
        return None
    low, high = sorted((value, value if limit is None else limit))
    marked: BoolImage = (stored >= low) & (stored <= high)
    return marked if marked.any() else None


def _voi_lut(dataset: Any, values: Any) -> LookedUp | None:
    tables = dataset.get("VOILUTSequence")
    if not tables:
        return None
    top = _widened(tables[0])
    whole = values if values.dtype.kind in "iu" else numpy.rint(values).astype(numpy.int32)
    looked_up = library("pydicom.pixels").apply_voi(whole, dataset).astype(numpy.float64)
    return LookedUp(looked_up, (0.0, top), str(tables[0].get("LUTExplanation", ""))[:64])


def _widened(table: Any) -> float:
    """The largest entry that a lookup table can have; the table is then said to have entries of 16 bits.

    pydicom counts in the type of the entries: a table of 8 bits wraps beyond its 256th entry, one of 12 is refused.
    """
    entries, first, bits = (int(value) for value in table.LUTDescriptor)
    if not 1 <= bits <= 16:
        raise InputError(f"has a lookup table with entries of {bits} bits, expected 1 to 16")
    table.LUTDescriptor = [entries, first, 16]
    return float(2**bits - 1)


def _range(dataset: Any) -> tuple[float, float]:
    """What the stored bits can express, after the modality's rescaling."""
    bits = int(dataset.BitsStored)
    signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
    lowest, highest = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    slope, intercept = _first(dataset.get("RescaleSlope")), _first(dataset.get("RescaleIntercept"))
    if slope is None or intercept is None:  # pydicom rescales by both or not at all
        return float(lowest), float(highest)
    low, high = sorted((lowest * slope + intercept, highest * slope + intercept))
    return low, high


def _read(path: Path, pydicom: Any) -> StoredValues:
    where = path.name
    dataset = pydicom.dcmread(path)
    photometric = str(dataset.get("PhotometricInterpretation", ""))
    if photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise InputError(f"{where}: is {photometric or 'of unknown kind'}, expected MONOCHROME1 or MONOCHROME2")
    if int(dataset.get("NumberOfFrames", 1) or 1) != 1:
        raise InputError(f"{where}: has {dataset.NumberOfFrames} frames, expected one image")
    check_size(where, int(dataset.Columns), int(dataset.Rows))
    stored = _pixels(dataset, where)
    if stored.ndim != 2:
        raise InputError(f"{where}: has values of shape {stored.shape}, expected one grayscale image")
    tables = dataset.get("ModalityLUTSequence")
    full = (0.0, _widened(tables[0])) if tables else _range(dataset)
    # The table is indexed in the type of the values, which its first entry may leave.
    values = library("pydicom.pixels").apply_modality_lut(stored.astype(numpy.int32), dataset)
    looked_up = _voi_lut(dataset, values)
    values = values.astype(numpy.float64)
    if not numpy.isfinite(values).all():
        raise InputError(f"{where}: has values that are not finite once they are rescaled")
    record: dict[str, Any] = {"format": "DICOM", "bits": int(dataset.BitsStored), "photometric": photometric}
    if photometric == "MONOCHROME1":
        record["inverted"] = "MONOCHROME1"
    if tables:
        record["modality_lut"] = "applied"
    padding = _padding(dataset, stored)
    if padding is not None:
        record["share_of_padding"] = float(padding.mean())
    centre, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
    function = str(dataset.get("VOILUTFunction", "") or "LINEAR")
    window = None if centre is None or width is None else (centre, width, function)
    return StoredValues(values, record, full, window, looked_up, padding)


def read_dicom(path: Path) -> StoredValues:
    """A DICOM file's values after the modality's rescaling or lookup table, and what the file says of its display.

    Raises InputError, OSError, and MissingLibraryError without pydicom.
    """
    where = path.name
    try:
        pydicom = library("pydicom")
    except MissingLibraryError as error:
        raise MissingLibraryError(f"{where}: is DICOM, and {error.problems[0]}") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(path, pydicom)
    except InputError as error:
        raise InputError(
            [text if text.startswith(where) else f"{where}: {text}" for text in map(str, error.problems)]
        ) from None
    except OSError:
        raise
    # On a damaged file pydicom may raise anything.
    except Exception as error:
        raise InputError(f"{where}: cannot be read as DICOM: {one_line(error)}") from None
