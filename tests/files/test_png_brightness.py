"""The mean brightness of a PNG: that of its pixels, whatever their filters; None where it is not computed."""

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.files.png import grayscale_png
from spinefairbench.files.png_brightness import png_brightness
from tests.images import filtered, jpeg, png


def test_the_mean_of_a_gray_image() -> None:
    assert png_brightness(grayscale_png(2, 2, bytes([0, 100, 200, 255]))) == 138.75


@given(st.data())
def test_filters_do_not_change_the_mean(data: st.DataObject) -> None:
    color, step = data.draw(st.sampled_from(((0, 1), (2, 3))))
    width, height = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    rows = [data.draw(st.binary(min_size=width * step, max_size=width * step)) for _ in range(height)]
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    image = png(width, height, filtered(rows, step, kinds), color=color)
    assert png_brightness(image) == pytest.approx(fmean(b"".join(rows)))


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"no image",
        jpeg(3, 3),
        png(1, 1, b"\0\0\0", bits=16),
        png(1, 1, b"\0\0", color=3),
        png(1, 1, b"\0\0", interlaced=True),
        png(1, 1, b"\5\0"),
        png(2, 2, b"\0\0"),
        png(2, 2, b"\0\0\0\0\0\0").replace(b"IDAT", b"IDAX", 1),
        png(1 << 11, 1 << 11, b"\0\0"),
    ],
    ids=["empty", "text", "JPEG", "16-bit", "palette", "interlaced", "filter", "short", "damaged", "large"],
)
def test_what_is_not_computed_is_none(image: bytes) -> None:
    assert png_brightness(image) is None


@given(st.binary(max_size=80))
def test_no_bytes_end_in_an_error(data: bytes) -> None:
    value = png_brightness(png(3, 3, b"")[:33] + data)
    assert value is None or 0 <= value <= 255
