"""PNG files taken apart by their specification alone."""

import struct
import zlib


def decoded_png(data: bytes) -> tuple[int, int, bytes]:
    """Width, height and pixels of an 8-bit gray PNG with one chunk of data and no filtered row; all of it is checked."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = [], 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + body),)
        chunks.append((kind, body))
        at += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *coding = struct.unpack(">IIBBBBB", chunks[0][1])
    assert coding == [8, 0, 0, 0, 0]
    rows = zlib.decompress(chunks[1][1])
    stride = width + 1
    assert len(rows) == height * stride
    assert set(rows[::stride]) == {0}
    return width, height, b"".join(rows[at + 1 : at + stride] for at in range(0, len(rows), stride))
