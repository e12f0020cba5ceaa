"""Output is whole or absent."""

import os
from pathlib import Path

import pytest

from spinefairbench.errors import OutputError
from spinefairbench.files.writing import remove_partial_files, require_place, write_json, write_whole, write_whole_bytes


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_stops_in_the_middle_leaves_the_old_file(stop: type[BaseException], tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out.txt"
    with write_whole(target) as handle:
        handle.write("first")
    with pytest.raises(stop), write_whole(target) as handle:  # noqa: PT012 (the write before it is half of the case)
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
    for target in (pipe, folder, link, Path(), Path("/"), Path("..")):
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


def test_bytes_are_written_whole_too(tmp_path: Path) -> None:
    write_whole_bytes(tmp_path / "deep" / "out.bin", b"\x00\r\n")
    assert (tmp_path / "deep" / "out.bin").read_bytes() == b"\x00\r\n"
    with pytest.raises(OutputError, match="it is a folder"):
        write_whole_bytes(tmp_path / "deep", b"")


def test_a_document_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    nested: list[object] = []
    nested.append(nested)
    with pytest.raises(ValueError, match="Circular"):
        write_json(tmp_path / "out.json", nested)
    deep: object = 0
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(OutputError, match="nested too deeply"):
        write_json(tmp_path / "out.json", deep)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    with write_whole(tmp_path / "sub" / "out.txt") as handle:
        handle.write("x")
        left = next(path for path in (tmp_path / "sub").iterdir())
        copy = left.with_name(".0.part")
        copy.write_text("half")
    assert left.name.endswith(copy.suffix)
    remove_partial_files(tmp_path)
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["out.txt"]


def test_half_a_surrogate_pair_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a text holds U\+D83D, half"), write_whole(tmp_path / "new.txt") as handle:
        handle.write("half \ud83d")
    assert list(tmp_path.iterdir()) == []


def test_a_place_is_tried_and_nothing_left(tmp_path: Path) -> None:
    require_place(tmp_path / "new.txt")
    (tmp_path / "file").write_text("kept")
    require_place(tmp_path / "file")
    with pytest.raises(OutputError, match="cannot be written"):
        require_place(tmp_path / "file" / "below.txt")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "kept")]
