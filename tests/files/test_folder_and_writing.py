"""Files of a hostile folder, and output that is whole or absent."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import BundleError, OutputError
from spinefairbench.files.folder import Folder, relative_path_fault
from spinefairbench.files.writing import write_whole


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


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_stops_in_the_middle_leaves_the_old_file(stop: type[BaseException], tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out.txt"
    with write_whole(target) as handle:
        handle.write("first")
    with pytest.raises(stop), write_whole(target) as handle:
        handle.write("half")
        raise stop
    assert target.read_text() == "first"
    assert list(target.parent.iterdir()) == [target]


def test_what_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"), write_whole(tmp_path / "file" / "out"):
        pass
    with pytest.raises(OutputError), write_whole(tmp_path / ("x" * 300)):
        pass


def test_only_a_regular_file_is_ever_replaced(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    link = tmp_path / "link"
    link.symlink_to("pipe")
    for target in (pipe, folder, link, Path("."), Path("/"), Path("..")):
        with pytest.raises(OutputError, match="cannot be written: it is"), write_whole(target) as handle:
            handle.write("x")
    assert pipe.is_fifo()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "link", "pipe"]


def test_a_link_to_an_output_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    for text in ("first", "second"):
        with write_whole(tmp_path / "link") as handle:
            handle.write(text)
        assert (tmp_path / "target").read_text() == text
    assert (tmp_path / "link").is_symlink()


def test_a_name_as_long_as_the_system_allows_can_be_written(tmp_path: Path) -> None:
    with write_whole(tmp_path / ("x" * 255)) as handle:
        handle.write("x")
    assert (tmp_path / ("x" * 255)).read_text() == "x"


def test_a_path_with_a_null_character_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not a usable path"), write_whole(tmp_path / "a\0b"):
        pass
