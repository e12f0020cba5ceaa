"""SHA-256 of bytes and files, and what is written as one."""

import hashlib
from pathlib import Path

import pytest

from spinefairbench.files.hashing import is_sha256, sha256_of_bytes, sha256_of_file


def test_bytes_and_a_file_of_them_have_one_digest(tmp_path: Path) -> None:
    data = b"spine" * 100_000
    (tmp_path / "f").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    assert sha256_of_bytes(data) == sha256_of_file(tmp_path / "f") == digest
    assert is_sha256(digest)


@pytest.mark.parametrize("text", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", "\u0661" * 64])
def test_anything_else_is_none(text: str) -> None:
    assert not is_sha256(text)
