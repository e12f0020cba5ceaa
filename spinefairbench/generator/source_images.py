"""The radiographs and masks of a run, each read once before any sampling, and again when an edit is made of it.

Only what was read of them is kept, not the pixels.
"""

from pathlib import Path
from typing import Any, NamedTuple

from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError, unreadable
from spinefairbench.generator.fitting import Box, fit, fit_mask, inside, to_bytes
from spinefairbench.generator.found_sources import FoundSource, size_problem
from spinefairbench.generator.libraries import ByteImage, FloatImage
from spinefairbench.generator.masks import mask_warnings, read_mask
from spinefairbench.generator.radiographs import Radiograph, read_radiograph

__all__ = ["ModelInput", "Source", "prepared", "read_source"]


class ModelInput(NamedTuple):
    """A source and its mask in the model's square, and the box in it where the radiograph lies."""

    square: FloatImage
    box: Box
    mask: FloatImage | None

    @property
    def gray(self) -> ByteImage:
        """The radiograph as edits of it are written: 8 bits, without what was filled up around it."""
        return to_bytes(self.square[inside(self.box)])


def prepared(path: Path, config: InferenceConfig) -> tuple[Radiograph, ModelInput]:
    """A radiograph as it was read, and in the model's square without a mask; the sampler sees no other. Raises InputError."""
    radiograph = read_radiograph(path, config.levels, config.level_percentiles)
    fitted = fit(radiograph.pixels, config.image_size, config.fit)
    return radiograph, ModelInput(fitted.pixels, fitted.box, None)


class Source(NamedTuple):
    """A source's file and mask, and the provenance of each."""

    path: Path
    provenance: dict[str, Any]
    mask_path: Path | None
    mask_provenance: dict[str, Any] | None

    def load(self, config: InferenceConfig) -> ModelInput:
        """Read the files again, into the model's square. Raises InputError if one of them has changed."""
        radiograph, read = prepared(self.path, config)
        if radiograph.sha256 != self.provenance["sha256"]:
            raise InputError(f"{self.path.name}: changed during the run")
        if self.mask_path is None:
            return read
        mask = read_mask(self.mask_path, radiograph.pixels.shape, config.mask_labels)
        if mask.provenance != self.mask_provenance:
            raise InputError(f"{self.mask_path.name}: changed during the run")
        return read._replace(mask=fit_mask(mask.marked, config.image_size, config.fit, config.mask_feather))


def read_source(found: FoundSource, config: InferenceConfig) -> tuple[Source, list[str]]:
    """A source, its radiograph and mask read, and warnings of what is unusual. Raises InputError."""
    if found.problem is not None:
        raise InputError(found.problem)
    for path in filter(None, (found.path, found.mask_path)):
        try:
            problem = size_problem(path)
        except OSError as error:
            problem = f"{path.name}: is a broken link" if path.is_symlink() else unreadable(path.name, error)
        if problem is not None:
            raise InputError(problem)
    radiograph = read_radiograph(found.path, config.levels, config.level_percentiles)
    if found.mask_path is None:
        return Source(found.path, radiograph.provenance, None, None), []
    mask = read_mask(found.mask_path, radiograph.pixels.shape, config.mask_labels)
    warnings = mask_warnings(mask, config)
    if mask.turned != radiograph.record.get("orientation", 1):
        warnings.append(
            f"mask-orientation: the orientation tags of {found.path.name} and {mask.file_name} differ; each was turned"
            " as its own says"
        )
    return Source(found.path, radiograph.provenance, found.mask_path, mask.provenance), warnings
