"""An 8-bit grayscale PNG writer, so that the same pixels give the same file whatever imaging library is installed."""

import struct
import zlib
from typing import Final

from spinefairbench.files.image_header import PNG_SIGNATURE

__all__ = ["grayscale_png"]

_STORED_BLOCK_BYTES: Final = 0xFFFF


def _chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file: length, four-letter kind, data and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grayscale_png(width: int, height: int, pixels: bytes, *, compress: bool = True) -> bytes:
    """A PNG file of 8-bit gray pixels, given row by row from the top left.

    Without `compress` the pixels are stored as they are: compressed bytes differ between builds of zlib. Raises
    ValueError where there are not width x height pixels. Source: PNG specification (W3C), RFC 1950 and RFC 1951.
    """
    if width < 1 or height < 1 or len(pixels) != width * height:
        raise ValueError(f"{len(pixels)} pixels do not make {width}x{height}")
    # Filter 0 (none) before each row: filtering byte by byte would cost more time here than it saves space.
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(rows, 6) if compress else _stored(rows)
    return PNG_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _stored(data: bytes) -> bytes:
    """A zlib stream that holds `data` uncompressed."""
    blocks = [data[start : start + _STORED_BLOCK_BYTES] for start in range(0, len(data), _STORED_BLOCK_BYTES)]
    stream = b"".join(
        struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block for block in blocks
    )
    return b"\x78\x01" + stream + struct.pack(">I", zlib.adler32(data))
