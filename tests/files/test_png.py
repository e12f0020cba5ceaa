"""The PNG writer: well-formed files, the same pixels back, stored or compressed."""

import struct
import zlib

import pytest

from spinefairbench.files.png import grayscale_png


def _chunks(data: bytes) -> dict[bytes, bytes]:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
        found[kind] = body
        at += 12 + length
    return found


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 3), (300, 500)])
def test_a_file_holds_the_pixels_it_was_given(width: int, height: int, compress: bool) -> None:
    pixels = bytes(i * 7 % 256 for i in range(width * height))
    chunks = _chunks(grayscale_png(width, height, pixels, compress=compress))
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (width, height, 8, 0, 0, 0, 0)
    rows = zlib.decompress(chunks[b"IDAT"])
    stride = width + 1
    assert b"".join(rows[at + 1 : at + stride] for at in range(0, len(rows), stride)) == pixels
    assert set(rows[::stride]) == {0}


@pytest.mark.parametrize(("width", "height"), [(0, 0), (2, 3), (-1, -5)])
def test_pixels_that_do_not_fit_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="do not make"):
        grayscale_png(width, height, b"12345")
