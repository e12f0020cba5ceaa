"""Size and kind of an image by its header: PNG and JPEG are read, everything else is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.files.image_header import ImageFault, image_header
from spinefairbench.files.png import grayscale_png
from tests.images import jpeg, png


def test_a_png_has_its_size_and_mode() -> None:
    header = image_header(grayscale_png(5, 3, bytes(15)))
    assert header == ("image/png", 5, 3, "grayscale", 8)
    assert (header.size, header.depth) == ((5, 3), "grayscale")


@pytest.mark.parametrize(
    ("color", "bits", "depth"),
    [(2, 8, "RGB"), (3, 8, "palette"), (4, 8, "grayscale with alpha"), (6, 8, "RGBA"), (0, 16, "grayscale, 16-bit")],
)
def test_a_png_has_the_mode_of_its_color_type(color: int, bits: int, depth: str) -> None:
    assert image_header(png(1, 1, b"\0" * 9, color=color, bits=bits)).depth == depth


@pytest.mark.parametrize(("components", "mode"), [(1, "grayscale"), (3, "RGB"), (4, "CMYK"), (2, "2 channels")])
@pytest.mark.parametrize("frame", [0xC0, 0xC2])
def test_a_jpeg_has_the_size_and_mode_of_its_frame(components: int, mode: str, frame: int) -> None:
    header = image_header(jpeg(640, 1200, components=components, frame=frame))
    assert header == ("image/jpeg", 640, 1200, mode, 8)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"GIF89a", "neither PNG nor JPEG"),
        (bytes(128) + b"DICM", "a DICOM file under another name"),
        (png(1, 1, b"\0\0")[:20], "a PNG that is cut off"),
        (png(1, 1, b"\0\0", color=7), "a PNG with a damaged header"),
        (png(0, 1, b""), "an image without pixels"),
        (jpeg(0, 1), "an image without pixels"),
        (jpeg(3, 3)[:50], "a JPEG without a frame header, or cut off"),
        (b"\xff\xd8\xff\xda\0\x02", "a JPEG without a frame header, or cut off"),
        (b"\xff\xd8\xff\xd8\0\0\0\0", "a JPEG with a damaged header"),
    ],
)
def test_what_is_no_image_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(ImageFault, match=words):
        image_header(data)


@pytest.mark.parametrize("data", [png(3, 2, bytes(8)), grayscale_png(3, 2, bytes(6)), jpeg(3, 3)])
def test_an_image_that_is_cut_off_anywhere_is_refused(data: bytes) -> None:
    """A download that broke off leaves a whole header."""
    for length in range(len(data)):
        with pytest.raises(ImageFault):
            image_header(data[:length])
    assert image_header(data + b"appended by a camera") == image_header(data)


@given(st.sampled_from((b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")), st.binary(max_size=60))
def test_no_bytes_end_in_anything_but_a_header_or_a_fault(start: bytes, rest: bytes) -> None:
    with suppress(ImageFault):
        assert min(image_header(start + rest).size) > 0
