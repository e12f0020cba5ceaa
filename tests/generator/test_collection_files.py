"""Radiographs are found by the names of their collections; what is unknown or ambiguous is named, all at once."""

import json
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.generator.collection_files import collection_files
from spinefairbench.generator.failures import InputError

HASH = "0123456789abcdef" * 2


def place(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def bundle_of(folder: Path, *source_ids: str) -> Path:
    """A data set in which one edit of each source passed."""
    rows = [
        {"pair_id": f"{source}__young_male", "source_id": source, "edit_label": "young_male", "passed_qc": True}
        for source in source_ids
    ]
    (folder / layout.QC_PASSED).parent.mkdir(parents=True)
    (folder / layout.QC_PASSED).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_names_of_both_collections_are_found_however_deep(tmp_path: Path) -> None:
    folder = place(
        tmp_path, "AP/0001-F-037Y0.jpg", f"train/{HASH}.dicom", "buu_0002-M-040Y0.PNG", "labels.csv", ".0003-F-001Y0.png"
    )  # fmt: skip
    found, missing = collection_files(folder, None, print)
    assert list(found) == ["buu_0001-F-037Y0", "buu_0002-M-040Y0", f"vindr_{HASH}"]
    assert found["buu_0001-F-037Y0"] == folder / "AP/0001-F-037Y0.jpg"
    assert missing == ()


def test_every_unknown_ambiguous_or_empty_file_is_named(tmp_path: Path) -> None:
    folder = place(
        tmp_path, "a/0001-F-037Y0.jpg", "b/buu_0001-F-037Y0.png", "c/0001-f-037Y0.dcm", "scan.png", f"{HASH[1:]}.dicom"
    )  # fmt: skip
    (folder / "0002-F-037Y0.jpg").write_bytes(b"")
    with pytest.raises(InputError) as refused:
        collection_files(folder, None, print)
    said = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "0002-F-037Y0.jpg", f"{HASH[1:]}.dicom", "scan.png", "b/buu_0001-F-037Y0.png", "c/0001-f-037Y0.dcm",
    ]  # fmt: skip
    assert said[0].endswith("is empty")
    assert "no source is called so" in said[2] and "--artifacts" in said[2]
    assert "of the same source as a/0001-F-037Y0.jpg" in said[3] and "same source as a/0001-F-037Y0.jpg" in said[4]


def test_a_bundle_says_which_files_are_wanted_and_which_are_missing(tmp_path: Path) -> None:
    folder = place(tmp_path / "in", "5f0.dicom", "other.png", "0001-F-037Y0.jpg", "buu_0001-F-037Y1.jpg")
    bundle = bundle_of(tmp_path / "bundle", "vindr_5f0", "buu_0001-F-037Y0", "buu_0009-F-030Y0")
    said: list[str] = []
    found, missing = collection_files(folder, bundle, said.append)
    assert list(found) == ["buu_0001-F-037Y0", "vindr_5f0"]
    assert missing == ("buu_0009-F-030Y0",)
    assert said == [
        "note: 2 files of no source of the bundle passed over",
        "warning: 1 source of the bundle without a file: buu_0009-F-030Y0",
    ]


@pytest.mark.parametrize(("names", "said"), [(("notes.txt",), "has no file of a source"), ((), "o such file")])
def test_a_folder_without_sources_is_refused(names: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        collection_files(place(tmp_path / "in", *names), None, print)
