"""Where the images of a pair are: their names, their addresses, their bytes."""

from pathlib import Path

import pytest

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.release.image_files import ImageFiles


@pytest.fixture
def files(demo: Path, tmp_path: Path) -> ImageFiles:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "1 a.jpg").write_bytes(b"pixels")
    return ImageFiles(open_bundle(demo), tmp_path, {"buu_1": "deep/1 a.jpg", "buu_2": "gone.png"})


def test_images_are_read_from_their_own_folders(files: ImageFiles, core_pairs: list[str], demo: Path) -> None:
    assert files.read("buu_1__young_male", "source") == b"pixels"
    pair = core_pairs[0]
    edited = files.read(pair, "counterfactual")
    assert edited == (demo / files.name(pair, "counterfactual")).read_bytes()


def test_an_image_that_is_not_there_is_named(files: ImageFiles) -> None:
    with pytest.raises(UsageError, match=r"gone\.png: no such file"):
        files.read("buu_2__young_male", "source")
    with pytest.raises(BundleError, match=r"dataset/counterfactual_images/buu_1/young_male\.png: missing"):
        files.read("buu_1__young_male", "counterfactual")


@pytest.mark.parametrize("prefix", ["https://a.example/spine", "https://a.example/spine/"])
def test_addresses_below_a_prefix(files: ImageFiles, prefix: str) -> None:
    pair = "buu_1__young_male"
    assert files.url(pair, "source", prefix) == "https://a.example/spine/sources/deep/1%20a.jpg"
    edited = "https://a.example/spine/counterfactual_images/buu_1/young_male.png"
    assert files.url(pair, "counterfactual", prefix) == edited
    assert files.url(pair, "source", "file:///") == "file:///sources/deep/1%20a.jpg"


def test_addresses_on_this_machine_are_those_of_the_files(files: ImageFiles, core_pairs: list[str], demo: Path) -> None:
    assert files.url("buu_1__young_male", "source", "file://") == f"{files.folder.as_uri()}/deep/1%20a.jpg"
    pair = core_pairs[0]
    assert files.url(pair, "counterfactual", "file://") == (demo / files.name(pair, "counterfactual")).as_uri()
