"""What checks have read, named and hashed."""

import hashlib
from pathlib import Path

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.files_read import FilesRead


def _folder(root: Path) -> Bundle:
    (root / "many").mkdir()
    for number in range(30):
        (root / "many" / f"{number:02}").write_text(str(number))
    (root / "one").write_text("1")
    return Bundle(root)


def test_files_are_named_one_by_one_and_many_of_a_folder_together(tmp_path: Path) -> None:
    files = FilesRead(_folder(tmp_path))
    assert files.names_of(["one", "many/01", "many/00"]) == ["many/00", "many/01", "one"]
    assert files.names_of(f"many/{number:02}" for number in range(21)) == ["many/* (21 files)"]
    assert list(files.digests()) == ["many/* (21 files)", "many/00", "many/01", "one"]


def test_as_many_other_files_of_a_folder_have_another_name(tmp_path: Path) -> None:
    files = FilesRead(_folder(tmp_path))
    first = [f"many/{number:02}" for number in range(21)]
    for _ in range(2):
        assert files.names_of(first) == ["many/* (21 files)"]
        assert files.names_of([*first[1:], "many/29"]) == ["many/* (21 files) [2]"]
    digests = files.digests()
    assert len(set(digests.values())) == 2


def test_digests_are_those_that_sha256sum_prints(tmp_path: Path) -> None:
    files = FilesRead(_folder(tmp_path))
    names = [f"many/{number:02}" for number in range(30)]
    files.names_of(["one", "gone", *names])
    lines = "".join(f"{hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    assert files.digests() == {
        "gone": None,
        "many/* (30 files)": hashlib.sha256(lines.encode()).hexdigest(),
        "one": hashlib.sha256(b"1").hexdigest(),
    }
