"""A demo bundle that passes for the release: its marker is gone, and what was published of files is said to be its own."""

import hashlib

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.demo.synthetic_readers import PER_REVIEWER_FILES
from tests.conftest import Tampering

_READER_FILES = (
    *PER_REVIEWER_FILES,
    layout.PAIR_RESULTS,
    layout.HIDDEN_REPEATS,
    layout.DETECTABILITY,
    layout.READER_EXCLUSIONS,
)


def pass_for_release(tampering: Tampering, monkeypatch: pytest.MonkeyPatch, variant: str = "anonymous") -> None:
    """Make the bundle this variant of the release, as long as no file of it changes."""
    tampering.path(layout.DEMO_MARKER).unlink()

    def digest(path: str) -> str:
        return hashlib.sha256((tampering.root / path).read_bytes()).hexdigest()

    release = published("release")
    own = release["variants"][variant]
    monkeypatch.setitem(own, "anchors", {path: digest(path) for path in own["anchors"]})
    entries = len((tampering.root / layout.SHA256SUMS).read_text().splitlines())
    monkeypatch.setitem(own, "manifest_entries", entries)
    monkeypatch.setitem(published("counts"), "artifact_manifest_entries", entries)
    monkeypatch.setitem(release, "frozen_files", {path: digest(path) for path in release["frozen_files"]})
    reader_files = {path.rpartition("/")[2]: digest(path) for path in _READER_FILES}
    assert reader_files.keys() == release["reader_files"].keys()
    monkeypatch.setitem(release, "reader_files", reader_files)
