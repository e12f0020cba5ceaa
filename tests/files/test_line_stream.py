"""Lines of a hostile file: unpacked, counted, decoded strictly, and never without a limit."""

import gzip
import io
from functools import partial

import pytest

from spinefairbench.errors import SubmissionError
from spinefairbench.files import line_stream
from spinefairbench.files.line_stream import LineStream


def _stream(data: bytes) -> LineStream:
    return LineStream("f", io.BytesIO(data), SubmissionError)


# Without the time: the name of a test must be the same in every process that collects it.
_packed = partial(gzip.compress, mtime=0)


@pytest.mark.parametrize("data", [b"a\n\nb", b"\xef\xbb\xbfa\n\nb", _packed(b"a\n\nb")])
def test_lines_are_the_same_plain_marked_or_packed(data: bytes) -> None:
    stream = _stream(data)
    assert list(stream) == [b"a\n", b"\n", b"b"]
    assert (stream.number, stream.place) == (3, "f: line 3")
    assert stream.packing == (", gzip" if data[:2] == b"\x1f\x8b" else "")


def test_the_first_line_is_read_ahead_and_blank_lines_count() -> None:
    stream = _stream(b"\n \nx\ny")
    assert stream.first() == b"x\n"
    assert stream.number == 2
    assert list(stream.texts()) == ["x\n", "y"]
    rest = _stream(b"\n\n{\n}")
    rest.first()
    assert b"".join(rest.pieces(100)) == b"\n\n{\n}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_packed(_packed(b"x")), "f: compressed twice"),
        ("x".encode("utf-16"), "f: looks like UTF-16"),
        (b"ok\ncaf\xe9\n", r"f: line 2: not UTF-8 at byte 4 of the line \(0xe9\)"),
        (_packed(b"x\n" * 9999)[:-9], "f: the gzip data is cut off after line"),
        (_packed(b"x\n")[:-8] + b"00000000", "f: the gzip data is damaged after line"),
    ],
)
def test_what_is_no_text_says_so_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(SubmissionError, match=said):
        list(_stream(data).texts())


def test_nothing_is_read_without_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_stream, "MAX_LINE_BYTES", 10)
    monkeypatch.setattr(line_stream, "_MAX_LINES", 5)
    monkeypatch.setattr(line_stream, "_BOMB_BYTES", 1000)
    assert list(_stream(b"123456789\n" * 5)) == [b"123456789\n"] * 5
    for data, said in (
        (b"ok\n12345678901\n", "f: line 2: longer than 10 bytes"),
        (b"\n" * 6, "f: more than 5 lines"),
    ):
        with pytest.raises(SubmissionError, match=said):
            list(_stream(data))
    with pytest.raises(SubmissionError, match="f: more than 3 bytes"):
        list(_stream(b"1234").pieces(3))
    with pytest.raises(SubmissionError, match="decompression bomb"):
        list(_stream(_packed(b"x" * 100_000)).pieces(1_000_000))
