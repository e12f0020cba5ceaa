"""PNG and JPEG files put together and taken apart by their specifications alone."""

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


def png(width: int, height: int, rows: bytes, *, color: int = 0, bits: int = 8, interlaced: bool = False) -> bytes:
    """A PNG of these filtered rows, each after the number of its filter; its data is cut into two chunks."""
    packed = zlib.compress(rows)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, interlaced)),
        (b"tEXt", b"Comment\0made up"),
        (b"IDAT", packed[:7]),
        (b"IDAT", packed[7:]),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def filtered(rows: list[bytes], step: int, kinds: list[int]) -> bytes:
    """Rows of a PNG, each filtered by the filter of this number; `step` bytes are a pixel."""
    out, above = b"", bytes(len(rows[0]))
    for row, kind in zip(rows, kinds, strict=True):
        left, corner = bytes(step) + row, bytes(step) + above
        guesses = [
            (0, a, b, (a + b) // 2, _nearest(a, b, c))[kind] for a, b, c in zip(left, above, corner, strict=False)
        ]
        out += bytes([kind, *((value - guess) % 256 for value, guess in zip(row, guesses, strict=True))])
        above = row
    return out


def _nearest(a: int, b: int, c: int) -> int:
    """The Paeth predictor, as the specification writes it."""
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    if pa <= pb and pa <= pc:
        return a
    return b if pb <= pc else c


def jpeg(width: int, height: int, *, components: int = 3, frame: int = 0xC0) -> bytes:
    """The start of a JPEG: a comment, a table, the header of its frame; there is no scan that could be decoded."""
    comment = b"made up"
    return b"".join(
        (
            b"\xff\xd8",
            b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9),
            b"\xff\xfe" + struct.pack(">H", 2 + len(comment)) + comment,
            b"\xff\xff\xc4" + struct.pack(">H", 19) + bytes(17),
            bytes([0xFF, frame])
            + struct.pack(">HBHHB", 8 + 3 * components, 8, height, width, components)
            + bytes(3 * components),
            b"\xff\xda" + struct.pack(">H", 12) + bytes(10),
            b"\xff\xd9",
        )
    )
