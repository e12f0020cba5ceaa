"""The mean brightness of a small PNG, with the standard library alone."""

import struct
import zlib
from typing import Final

from spinefairbench.files.image_header import PNG_SIGNATURE, ImageFault, image_header

__all__ = ["png_brightness"]

_MOST_PIXELS: Final = 1 << 20
_CHANNELS: Final = {"grayscale": 1, "RGB": 3}


def png_brightness(data: bytes) -> float | None:
    """The mean of all values of the pixels, from 0 to 255.

    None where it is not to be had at little cost: not PNG, not gray or RGB of 8 bits, interlaced, damaged, or of more
    than 2^20 pixels. Source: PNG specification (W3C), section 9 (filters).
    """
    try:
        header = image_header(data)
    except ImageFault:
        return None
    channels = _CHANNELS.get(header.mode)
    if header.media_type != "image/png" or header.bits != 8 or channels is None:
        return None
    interlaced = data[len(PNG_SIGNATURE) + 20 : len(PNG_SIGNATURE) + 21] != b"\0"
    if interlaced or header.width * header.height > _MOST_PIXELS:
        return None
    stride = header.width * channels
    rows = _unpacked(data, header.height * (stride + 1))
    if rows is None:
        return None
    total, above = 0, bytearray(stride)
    for start in range(0, len(rows), stride + 1):
        row = _unfiltered(rows[start], bytearray(rows[start + 1 : start + 1 + stride]), above, channels)
        if row is None:
            return None
        total += sum(row)
        above = row
    return total / (stride * header.height)


def _unpacked(data: bytes, expected: int) -> bytes | None:
    """The filtered rows; never more than `expected` bytes are unpacked."""
    unpacker, pieces, left = zlib.decompressobj(), [], expected
    at = len(PNG_SIGNATURE)
    try:
        while left and at + 8 <= len(data):
            length, kind = struct.unpack_from(">I4s", data, at)
            if kind == b"IDAT":
                pieces.append(unpacker.decompress(data[at + 8 : at + 8 + length], left))
                left -= len(pieces[-1])
            at += 12 + length
    except zlib.error:
        return None
    return None if left else b"".join(pieces)


def _unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray | None:
    """A row of which the filter was undone, None for an unknown filter; `step` is the number of bytes of a pixel."""
    if kind == 0:
        return row
    if kind == 2:
        return bytearray((value + up) & 255 for value, up in zip(row, above, strict=True))
    if kind not in (1, 3, 4):
        return None
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        if kind == 1:
            row[i] = (value + left) & 255
        elif kind == 3:
            row[i] = (value + (left + above[i]) // 2) & 255
        else:
            row[i] = (value + _paeth(left, above[i], above[i - step] if i >= step else 0)) & 255
    return row


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
