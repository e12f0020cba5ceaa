"""Both images of a pair: the edited one is in the bundle, the source in a folder of its own."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.errors import UsageError
from spinefairbench.files.reading import read_input
from spinefairbench.metrics.model_reports import SOURCE_ROLE

__all__ = ["ImageFiles"]

_MAX_BYTES: Final = 64 * 1024 * 1024
_HERE: Final = "file://"


class ImageFiles(NamedTuple):
    """Where the images are. `sources` has for each source the path of its file below `folder`, with forward slashes."""

    bundle: Bundle
    folder: Path
    sources: Mapping[str, str]

    def name(self, pair_id: str, role: str) -> str:
        """The path of an image below the folder of sources, or below the root of the bundle."""
        source_id, edit_label = parts_of(pair_id)
        return self.sources[source_id] if role == SOURCE_ROLE else layout.image_path(source_id, edit_label)

    def read(self, pair_id: str, role: str) -> bytes:
        """The bytes of an image. Raises UsageError or BundleError."""
        name = self.name(pair_id, role)
        if role != SOURCE_ROLE:
            return self.bundle.read_bytes(name, limit=_MAX_BYTES)
        return read_input(str(self.folder / name), limit=_MAX_BYTES, error=UsageError, expected="an image")

    def path(self, pair_id: str, role: str) -> Path:
        """The file of an image on this machine."""
        return ((self.folder if role == SOURCE_ROLE else self.bundle.root) / self.name(pair_id, role)).absolute()

    def url(self, pair_id: str, role: str, prefix: str) -> str:
        """The address of an image below `prefix`, which stands for a folder with `sources` and `counterfactual_images`.

        `file://` alone stands for this machine: the addresses are those of the files themselves.
        """
        if prefix == _HERE:
            return self.path(pair_id, role).as_uri()
        name = self.name(pair_id, role)
        below = f"sources/{name}" if role == SOURCE_ROLE else name.removeprefix(f"{layout.DATASET}/")
        return prefix.removesuffix("/") + PurePosixPath("/", below).as_uri().removeprefix("file://")
