"""An 8-bit grayscale PNG writer and a synthetic radiograph, with the standard library alone.

The writer is also the one that inference uses, so that the same pixels give the same file whatever imaging
library is installed.
"""

import math
import struct
import zlib
from typing import Final

__all__ = ["grayscale_png", "synthetic_radiograph"]

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grayscale_png(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG file of 8-bit gray pixels, given row by row from the top left.

    Raises ValueError where there are not width x height of them.
    """
    if width < 1 or height < 1 or len(pixels) != width * height:
        raise ValueError(f"{len(pixels)} pixels do not make {width}x{height}")
    # Filter 0 (none) before each row: filtering byte by byte would cost more time here than it saves space.
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")


def synthetic_radiograph(width: int = 256, height: int = 384) -> bytes:
    """Pixels (8 bits, row by row) that look something like a frontal lumbar radiograph.

    Five bright vertebral bodies with pedicles on a darker column, soft tissue that fades to the sides, and a
    pelvis below. Made from formulas: it shows nobody.
    """
    pixels = bytearray()
    for row in range(height):
        y = row / height
        for column in range(width):
            x = column / width - 0.5
            pixels.append(max(0, min(255, round(255 * _density(x, y)))))
    return bytes(pixels)


def _density(x: float, y: float) -> float:
    """Brightness in 0..1 at x in -0.5..0.5 (0 the midline), y in 0..1 (0 the top)."""
    tissue = 0.42 * math.exp(-((x / 0.38) ** 4))
    spine_x = x - 0.012 * math.sin(3 * y)
    level = (y - 0.06) * 6.2
    in_body = math.cos(2 * math.pi * (level - 0.5)) if 0 <= level < 5 else -1.0
    half_width = 0.10 + 0.012 * max(level, 0.0) / 5
    body = _step((half_width - abs(spine_x)) * 60) * _step((in_body + 0.55) * 6)
    column = 0.12 * _step((half_width * 0.9 - abs(spine_x)) * 60) if y < 0.87 else 0.0
    pedicle = math.exp(-(((abs(spine_x) - 0.06) / 0.016) ** 2) - (((level % 1.0) - 0.38) / 0.1) ** 2)
    process = 0.10 * math.exp(-((spine_x / 0.018) ** 2)) * _step((in_body + 0.2) * 5)
    wing = _step((0.16 - abs(math.hypot((abs(x) - 0.3) / 1.1, y - 0.98) - 0.06)) * 30) * _step((y - 0.74) * 40)
    return tissue + 0.26 * body + column + (0.16 * pedicle if 0 <= level < 5 else 0.0) + process + 0.16 * wing


def _step(value: float) -> float:
    """A smooth step from 0 to 1."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))
