"""An artifact bundle on disk, and which kind it is."""

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder
from spinefairbench.files.json_input import MAX_DOCUMENT_BYTES, read_json
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, unreadable

__all__ = ["Bundle", "BundleKind", "is_dataset_alone", "looks_like_bundle", "open_bundle", "sha256_of"]

BundleKind = Literal["release", "demo", "other"]


class Bundle(Folder):
    """The root folder of a bundle; file names are those of `bundle.layout`."""

    def json(self, relative: str) -> Any:
        """The value of a JSON file. Raises BundleError."""
        return read_json(self, relative, limit=MAX_DOCUMENT_BYTES)

    def json_object(self, relative: str) -> dict[str, Any]:
        """The value of a file that must hold a JSON object. Raises BundleError."""
        value = self.json(relative)
        if not isinstance(value, dict):
            raise BundleError(Problem(relative, "expected a JSON object"))
        return value

    def json_list(self, relative: str) -> list[Any]:
        """The value of a file that must hold a JSON list. Raises BundleError."""
        value = self.json(relative)
        if not isinstance(value, list):
            raise BundleError(Problem(relative, "expected a JSON list"))
        return value

    @cached_property
    def demo_marker(self) -> dict[str, Any] | None:
        """What `DEMO_BUNDLE.json` says, or None where there is no such file. Raises BundleError."""
        if not os.path.lexists(os.path.join(self.root, layout.DEMO_MARKER)):
            return None
        marker = self.json_object(layout.DEMO_MARKER)
        if marker.get("synthetic") is not True:
            raise BundleError(Problem(layout.DEMO_MARKER, 'expected "synthetic": true in a demo bundle\'s marker'))
        return marker

    @cached_property
    def kind(self) -> BundleKind:
        """`demo` where the marker says so, `release` where all anchors agree, otherwise `other`."""
        if self.demo_marker is not None:
            return "demo"
        anchors: dict[str, str] = published()["release"]["anchors"]
        for relative, expected in anchors.items():
            try:
                if sha256_of(self, relative) != expected:
                    return "other"
            except BundleError:
                return "other"
        return "release"

    @property
    def held_to_release(self) -> bool:
        """Whether the published figures must come out: always, unless the bundle says that it is a demo."""
        return self.kind != "demo"


def sha256_of(folder: Folder, relative: str) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises BundleError."""
    digest = hashlib.sha256()
    with folder.open(relative) as handle:
        try:
            while chunk := handle.read(1024 * 1024):
                digest.update(chunk)
        except OSError as error:
            raise BundleError(unreadable(relative, reason(error))) from None
    return digest.hexdigest()


def looks_like_bundle(path: Path) -> bool:
    """Whether `path` has a folder that only a bundle root has."""
    return (path / layout.DATASET).is_dir() or (path / "artifacts" / "Results").is_dir()


def is_dataset_alone(path: Path) -> bool:
    """Whether `path` holds a dataset but neither results nor a checksum manifest, so claims no release."""
    return (path / layout.DATASET).is_dir() and not (
        os.path.lexists(path / "artifacts") or os.path.lexists(path / layout.SHA256SUMS)
    )


def open_bundle(path: Path) -> Bundle:
    """The bundle at `path`. Raises BundleError, with the folder that was probably meant where there is one."""
    try:
        if looks_like_bundle(path):
            return Bundle(path)
        for candidate in (path / "artifacts", path.absolute().parent, path.absolute().parent.parent):
            if looks_like_bundle(candidate):
                raise BundleError(Problem(str(path), f"this is not the bundle root; it is probably {candidate}"))
        if not path.exists():
            raise BundleError(Problem(str(path), "no such folder; expected the root of an artifact bundle"))
    except OSError as error:
        raise BundleError(unreadable(str(path), reason(error))) from None
    except ValueError:
        raise BundleError(f"{str(path)!r}: not a usable path") from None
    raise BundleError(
        Problem(str(path), f"not a bundle; expected a folder that holds {layout.DATASET}/ and artifacts/Results/")
    )
