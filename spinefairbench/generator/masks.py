"""Masks of radiographs: read, checked against their source, and what is unusual in one."""

from pathlib import Path
from typing import Any, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError, unreadable
from spinefairbench.generator.fitting import fit_mask
from spinefairbench.generator.gray_files import read_gray_file
from spinefairbench.generator.libraries import BoolImage, ByteImage, numpy

__all__ = ["Mask", "mask_warnings", "read_mask"]


class Mask(NamedTuple):
    """A mask (height x width), its file's hash, and the labels that are marked in it (none: the one that is not zero)."""

    file_name: str
    sha256: str
    marked: BoolImage
    labels: tuple[int, ...] = ()
    turned: int = 1

    @property
    def provenance(self) -> dict[str, Any]:
        """What a record of provenance says of the mask."""
        labels = {"labels": list(self.labels)} if self.labels else {}
        return {"file": self.file_name, "sha256": self.sha256, **labels, "share_marked": float(self.marked.mean())}


def read_mask(path: Path, shape: tuple[int, ...], labels: tuple[int, ...] = ()) -> Mask:
    """A mask of the source's own shape (height, width); what has one of the labels is marked.

    Without labels it must be binary. Raises InputError for another shape, for more than two values (zero and one
    other) without labels, and for a mask that marks nothing.
    """
    where = path.name
    try:
        values, record = read_gray_file(path, bilevel=True)
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise InputError(unreadable(where, error)) from None
    if values.shape != shape:
        raise InputError(
            f"{where}: mask of {values.shape[1]}x{values.shape[0]} pixels, the source has {shape[1]}x{shape[0]}"
        )
    marked = numpy.isin(values, labels) if labels else values != 0
    found = numpy.unique(values)
    if not labels and (len(found) > 2 or (len(found) == 2 and found[0] != 0)):
        raise InputError(
            f"{where}: mask is not binary: {len(found)} values, expected zero and one other; --mask-labels says which"
            " labels are marked"
        )
    if not marked.any():
        of = f" with a label of {','.join(map(str, labels))}; it has {_listed(found)}" if labels else ""
        raise InputError(f"{where}: mask is empty: no pixel is marked{of}")
    return Mask(where, sha256, marked, labels, record.get("orientation", 1))


def _listed(values: ByteImage) -> str:
    shown = ", ".join(str(value) for value in values[:20])
    return shown + (f" and {len(values) - 20} more" if len(values) > 20 else "")


def mask_warnings(mask: Mask, config: InferenceConfig) -> list[str]:
    """A sentence for each thing that is unusual in a mask: it marks everything, or nothing in the model's square."""
    warnings = [f"mask-full: {mask.file_name} marks every pixel"] if mask.marked.all() else []
    if not fit_mask(mask.marked, config.image_size, config.fit, 0.0).any():
        warnings.append(f"mask-lost: what {mask.file_name} marks is too thin for {config.image_size} pixels a side")
    return warnings
