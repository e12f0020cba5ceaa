"""Size and kind of a PNG or JPEG image that is there to its end, read from its header; no pixel is decoded."""

import struct
from typing import Final, NamedTuple

__all__ = ["PNG_SIGNATURE", "ImageFault", "ImageHeader", "image_header"]

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHUNK_FRAME: Final = 12
"""A chunk's length, kind and checksum."""
_JPEG_END: Final = b"\xff\xd9"
_JPEG_START: Final = b"\xff\xd8\xff"
_DICOM_MARK: Final = b"DICM"
_DICOM_MARK_AT: Final = 128
_PNG_MODES: Final = {0: "grayscale", 2: "RGB", 3: "palette", 4: "grayscale with alpha", 6: "RGBA"}
_JPEG_MODES: Final = {1: "grayscale", 3: "RGB", 4: "CMYK"}
# Start of frame: every marker of its range but three (Huffman tables, arithmetic coding, an extension).
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN: Final = 0xDA


class ImageFault(ValueError):
    """Bytes that are not an image that can be sent; the message says why."""


class ImageHeader(NamedTuple):
    """What the header of an image says; `bits` are those of one channel of a pixel."""

    media_type: str
    width: int
    height: int
    mode: str
    bits: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def depth(self) -> str:
        """Mode and bits as a message names them."""
        return self.mode if self.bits == 8 else f"{self.mode}, {self.bits}-bit"


def image_header(data: bytes) -> ImageHeader:
    """The header of an image. Raises ImageFault where the bytes are neither PNG nor JPEG, or cut off.

    Sources: PNG specification (W3C), section 11.2.2; ITU-T T.81 (JPEG), annex B.
    """
    if data.startswith(PNG_SIGNATURE):
        header = _png_header(data)
    elif data.startswith(_JPEG_START):
        header = _jpeg_header(data)
    elif data[_DICOM_MARK_AT : _DICOM_MARK_AT + 4] == _DICOM_MARK:
        raise ImageFault("a DICOM file under another name")
    elif not data:
        raise ImageFault("empty")
    else:
        raise ImageFault("neither PNG nor JPEG")
    if not (header.width and header.height):
        raise ImageFault("an image without pixels")
    return header


def _png_header(data: bytes) -> ImageHeader:
    try:
        length, kind, width, height, bits, color = struct.unpack_from(">I4sIIBB", data, len(PNG_SIGNATURE))
    except struct.error:
        raise ImageFault("a PNG that is cut off") from None
    if (length, kind) != (13, b"IHDR") or color not in _PNG_MODES:
        raise ImageFault("a PNG with a damaged header")
    if not _has_end(data):
        raise ImageFault("a PNG that is cut off")
    return ImageHeader("image/png", width, height, _PNG_MODES[color], bits)


def _has_end(data: bytes) -> bool:
    """Whether the chunks of a PNG lead to its last one: half a file has a whole header."""
    at = len(PNG_SIGNATURE)
    while at + _CHUNK_FRAME <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        at += _CHUNK_FRAME + length
        if kind == b"IEND":
            return bool(at <= len(data))
    return False


def _jpeg_header(data: bytes) -> ImageHeader:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ImageFault("a JPEG with a damaged header")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1  # a fill byte
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif marker in _FRAMES and at + 10 <= len(data):
            # Within the data of a scan, no byte 0xff is followed by this one.
            if data.find(_JPEG_END, at) < 0:
                raise ImageFault("a JPEG that is cut off")
            bits, height, width, components = struct.unpack_from(">BHHB", data, at + 4)
            return ImageHeader("image/jpeg", width, height, _JPEG_MODES.get(components, f"{components} channels"), bits)
        elif marker == _SCAN:
            break
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])
    raise ImageFault("a JPEG without a frame header, or cut off")
