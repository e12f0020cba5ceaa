"""One file that a user names: opened, limited and decoded, with a sentence for whatever is wrong with it."""

import io
import os
from pathlib import Path

import pytest

from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.files.reading import TextInput, read_input, read_text_input


def test_a_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    for offset, data in enumerate(("caf\u00e9\r\n".encode(), "\ufeffcaf\u00e9\r\n".encode())):
        expected = TextInput("caf\u00e9\r\n", offset)
        path.write_bytes(data)
        assert read_text_input(str(path), limit=100, error=UsageError) == expected
        stream = io.BytesIO(data)
        assert read_text_input("-", limit=100, error=UsageError, standard_input=stream) == expected
        assert not stream.closed


def test_what_cannot_be_read_is_the_callers_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "big").write_bytes(b"x" * 11)
    for name, said in (
        ("none", "none: no such file"),
        ("pipe", "pipe: cannot be read: it is not a regular file"),
        (".", "cannot be read: it is a folder"),
        ("a\0b", "not a usable path"),
        ("big", "big: more than 10 bytes; expected a smaller file"),
    ):
        with pytest.raises(SubmissionError, match=said):
            read_input(str(tmp_path / name), limit=10, error=SubmissionError)
    with pytest.raises(UsageError, match="standard input: not available"):
        read_input("-", limit=10, error=UsageError)


def test_text_in_another_encoding_says_where() -> None:
    with pytest.raises(UsageError, match="standard input: not UTF-8 at byte 3"):
        read_text_input("-", limit=10, error=UsageError, standard_input=io.BytesIO(b"caf\xe9"))
