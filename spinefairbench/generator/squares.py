"""The squares that the model saw, saved on request beside the dataset: copies of radiographs, not part of it.

OUTPUT/squares/SOURCE.png   the radiograph as its edits are written: 8-bit gray, without what was filled up around it
OUTPUT/masks/SOURCE.png     its mask, where there is one: white where it is marked
"""

from pathlib import Path
from typing import Final

from spinefairbench.files.png import grayscale_png
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.fitting import inside, to_bytes
from spinefairbench.generator.libraries import ByteImage
from spinefairbench.generator.source_images import ModelInput

__all__ = ["Squares"]

_SQUARES: Final = "squares"
_MASKS: Final = "masks"


class Squares:
    """The saved squares of one output folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def square(self, source_id: str) -> Path:
        """Where a source's square lies, whether or not it is there."""
        return self._root / _SQUARES / f"{source_id}.png"

    def mask(self, source_id: str) -> Path:
        """Where a source's mask lies, whether or not it is there."""
        return self._root / _MASKS / f"{source_id}.png"

    def save(self, source_id: str, read: ModelInput) -> None:
        """Write a source's square, and its mask if it has one. Raises OutputError."""
        if read.mask is not None:
            _write(self.mask(source_id), to_bytes(read.mask[inside(read.box)]))
        # Last, so that where it lies both do.
        _write(self.square(source_id), read.gray)


def _write(path: Path, pixels: ByteImage) -> None:
    height, width = pixels.shape
    write_whole_bytes(path, grayscale_png(width, height, pixels.tobytes()))
