"""An artifact bundle on disk, and which kind it is."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from spinefairbench.bundle import layout
from spinefairbench.bundle.json_values import strings_at
from spinefairbench.bundle.published import published
from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder
from spinefairbench.files.json_input import MAX_DOCUMENT_BYTES, JsonFault, parse_json
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, unreadable

__all__ = ["Bundle", "BundleKind", "is_dataset_alone", "looks_like_bundle", "open_bundle"]

BundleKind = Literal["release", "demo", "other"]


class Bundle(Folder):
    """The root folder of a bundle; file names are those of `bundle.layout`."""

    def json(self, relative: str) -> Any:
        """Read the value of a JSON file. Raises BundleError."""
        try:
            return parse_json(self.read_bytes(relative, limit=MAX_DOCUMENT_BYTES))
        except JsonFault as fault:
            raise BundleError(Problem(relative, str(fault))) from None

    def json_object(self, relative: str) -> dict[str, Any]:
        """Read a file that must hold a JSON object. Raises BundleError."""
        value = self.json(relative)
        if not isinstance(value, dict):
            raise BundleError(Problem(relative, "expected a JSON object"))
        return value

    def json_list(self, relative: str) -> list[Any]:
        """Read a file that must hold a JSON list. Raises BundleError."""
        value = self.json(relative)
        if not isinstance(value, list):
            raise BundleError(Problem(relative, "expected a JSON list"))
        return value

    def strings(self, relative: str, *keys: str) -> list[str]:
        """The list of distinct, non-empty strings under nested keys of a JSON file. Raises BundleError."""
        return strings_at(self.json(relative), keys, relative)

    @cached_property
    def demo_marker(self) -> dict[str, Any] | None:
        """What `DEMO_BUNDLE.json` says, or None where there is no such file. Raises BundleError."""
        if not self.lists(layout.DEMO_MARKER):
            return None
        marker = self.json_object(layout.DEMO_MARKER)
        if marker.get("synthetic") is not True:
            raise BundleError(Problem(layout.DEMO_MARKER, 'expected "synthetic": true in a demo bundle\'s marker'))
        return marker

    @cached_property
    def anchors(self) -> dict[str, str | None]:
        """{path: SHA-256, None where it cannot be read} of the files that identify the release."""
        return {path: self._sha256_or_none(path) for path in published("release")["variants"]["anonymous"]["anchors"]}

    def _sha256_or_none(self, relative: str) -> str | None:
        try:
            return self.sha256(relative)
        except BundleError:
            return None

    @cached_property
    def nearest_variant(self) -> str:
        """The variant of the release (`anonymous` or `public`) of which most anchors are here."""
        variants: dict[str, Any] = published("release")["variants"]
        return max(variants, key=self.anchors_of)

    def anchors_of(self, variant: str) -> int:
        """How many anchors of a variant of the release are here."""
        anchors: dict[str, str] = published("release")["variants"][variant]["anchors"]
        return sum(self.anchors.get(path) == expected for path, expected in anchors.items())

    @cached_property
    def kind(self) -> BundleKind:
        """`demo` where the marker says so, `release` where every anchor of a variant agrees, otherwise `other`."""
        if self.demo_marker is not None:
            return "demo"
        return "release" if self.anchors_of(self.nearest_variant) == len(self.anchors) else "other"

    @property
    def variant(self) -> str | None:
        """Which variant of the release this is, None where it is not the release."""
        return self.nearest_variant if self.kind == "release" else None

    @property
    def held_to_release(self) -> bool:
        """Whether the bundle must reproduce the published figures: always, unless it says that it is a demo."""
        return self.kind != "demo"


def looks_like_bundle(path: Path) -> bool:
    """Whether `path` has a folder that only the root of a bundle has."""
    return (path / layout.DATASET).is_dir() or (path / "artifacts" / "Results").is_dir()


def is_dataset_alone(path: Path) -> bool:
    """Whether `path` holds a dataset but neither results nor a checksum manifest, so does not claim to be a release."""
    return (path / layout.DATASET).is_dir() and not (
        os.path.lexists(path / "artifacts") or os.path.lexists(path / layout.SHA256SUMS)
    )


def open_bundle(path: Path) -> Bundle:
    """Open the bundle at `path`. Raises BundleError, naming the folder that was probably meant if there is one."""
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
        raise BundleError(Problem(repr(str(path)), "not a usable path")) from None
    raise BundleError(
        Problem(str(path), f"not a bundle; expected a folder that holds {layout.DATASET}/ and artifacts/Results/")
    )
