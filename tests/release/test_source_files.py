"""Source images are found by the ids of their sources; what is missing or ambiguous is named, all at once."""

from pathlib import Path

import pytest

from spinefairbench.errors import UsageError
from spinefairbench.release.source_files import find_sources

EXPORT = "which no model can be sent; export it as PNG with python3 -m spinefairbench.generator.prepare_sources"


def place(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_files_of_both_collections_are_found_in_nested_folders(tmp_path: Path) -> None:
    place(tmp_path, "BUU/AP/0001-F-037Y0.jpg", "vindr/5f0.PNG", "buu_0002-M-040Y0.png", "notes.txt", "other.jpg")
    found = find_sources(tmp_path, ["vindr_5f0", "buu_0001-F-037Y0", "buu_0002-M-040Y0", "buu_0001-F-037Y0"])
    assert found.problems == ()
    assert found.files == {
        "buu_0001-F-037Y0": "BUU/AP/0001-F-037Y0.jpg",
        "buu_0002-M-040Y0": "buu_0002-M-040Y0.png",
        "vindr_5f0": "vindr/5f0.PNG",
    }


def test_every_source_without_one_image_is_named_with_what_to_do(tmp_path: Path) -> None:
    place(tmp_path, "1.jpg", "a/2.png", "b/buu_2.jpeg", "c/3.dicom", "4.dcm", "4.png", ".5.png", "5")
    found = find_sources(tmp_path, [f"buu_{number}" for number in range(1, 6)])
    assert found.files == {"buu_1": "1.jpg", "buu_4": "4.png"}
    assert [str(problem) for problem in found.problems] == [
        "buu_2: 2 images of this name (b/buu_2.jpeg, a/2.png); expected one",
        "buu_3: c/3.dicom is DICOM, " + EXPORT,
        "buu_5: no image; expected buu_5.png, 5.jpg",
    ]


def test_a_folder_without_any_of_them_is_one_problem(tmp_path: Path) -> None:
    found = find_sources(tmp_path, ["buu_1", "odd"])
    assert [str(problem) for problem in found.problems] == [
        f"{tmp_path}: no image of any of the 2 sources; expected files such as buu_1.png, 1.jpg"
    ]
    assert find_sources(tmp_path, []).problems == ()


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    place(tmp_path, "file")
    for name, words in (
        ("none", "no such file or directory"),
        ("file", "not a directory"),
        ("a\0b", "not a usable path"),
    ):
        with pytest.raises(UsageError, match=words):
            find_sources(tmp_path / name, ["buu_1"])
