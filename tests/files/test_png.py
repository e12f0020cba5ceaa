"""The PNG writer: well-formed files, the same pixels back, stored or compressed."""

import pytest

from spinefairbench.files.png import grayscale_png
from tests.images import decoded_png


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 3), (300, 500)])
def test_a_file_holds_the_pixels_it_was_given(width: int, height: int, compress: bool) -> None:
    pixels = bytes(i * 7 % 256 for i in range(width * height))
    assert decoded_png(grayscale_png(width, height, pixels, compress=compress)) == (width, height, pixels)


@pytest.mark.parametrize(("width", "height"), [(0, 0), (2, 3), (-1, -5)])
def test_pixels_that_do_not_fit_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="do not make"):
        grayscale_png(width, height, b"12345")
