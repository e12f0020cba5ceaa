"""Reading radiographs: 8- and 16-bit grayscale PNG and TIFF, grayscale JPEG, and DICOM.

The stored values are scaled to 0..1 by levels that are chosen, and recorded, here.
"""

from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.dicom_files import DICOM_SUFFIXES, has_dicom_mark, is_dicom, read_dicom
from spinefairbench.generator.failures import InputError, unreadable
from spinefairbench.generator.gray_files import read_gray_file
from spinefairbench.generator.libraries import FloatImage, numpy
from spinefairbench.generator.stored_values import StoredValues, levelled

__all__ = ["RADIOGRAPH_SUFFIXES", "Radiograph", "id_from_name", "is_radiograph_name", "read_radiograph"]

RADIOGRAPH_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", *DICOM_SUFFIXES)


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
