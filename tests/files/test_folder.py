"""Files of a hostile folder."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder, relative_path_fault


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a\\b",
        "C:/x",
        "c:x",
        "./a",
        "a//b",
        "a/",
        "a\nb",
        "a\0b",
        "a\x9bb",
        "\udc80",
    ],
)
def test_paths_that_leave_or_hide_are_refused(path: str, tmp_path: Path) -> None:
    assert relative_path_fault(path) is not None
    with pytest.raises(BundleError):
        Folder(tmp_path).open(path)


@given(
    st.lists(
        st.text("abcXYZ019._- é", min_size=1, max_size=8).filter(lambda p: p not in (".", "..")), min_size=1, max_size=4
    )
)
def test_plain_relative_paths_are_accepted(parts: list[str]) -> None:
    assert relative_path_fault("/".join(parts)) is None


def test_links_may_point_inside_but_not_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "root", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (inside / "plain").write_text("plain")
    (inside / "good").symlink_to("plain")
    (inside / "bad").symlink_to(outside / "secret")
    (inside / "folder").symlink_to(outside)
    folder = Folder(inside)
    assert folder.read_text("good", limit=100) == "plain"
    for name in ("bad", "folder/secret"):
        assert not folder.exists(name)
        with pytest.raises(BundleError, match="leaves the folder"):
            folder.open(name)


def test_a_pipe_or_folder_is_not_waited_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, said in (("pipe", "not a regular file"), ("folder", "a folder"), ("none", "missing")):
        with pytest.raises(BundleError, match=said):
            Folder(tmp_path).open(name)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 11)
    with pytest.raises(BundleError, match="at most 10"):
        Folder(tmp_path).read_bytes("big", limit=10)


def test_opened_files_are_noted_in_every_block_around(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    folder = Folder(tmp_path)
    folder.sha256("a")
    with folder.noting() as outer:
        folder.read_text("b", limit=9)
        with folder.noting() as inner:
            folder.read_bytes("c", limit=9)
            folder.exists("a")
            with pytest.raises(BundleError):
                folder.open("none")
    folder.sha256("a")
    assert (outer, inner) == ({"b", "c"}, {"c"})


def test_what_is_read_once_is_noted_of_all_who_use_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("text")
    folder = Folder(tmp_path)
    reads: list[str] = []

    def read() -> str:
        reads.append("a")
        return folder.read_text("a", limit=9)

    for _ in range(2):
        with folder.noting() as files:
            assert folder.once("a text", read) == "text"
        assert files == {"a"}
    assert reads == ["a"]
