"""Grayscale PNG, JPEG and TIFF files are read as what they show, upright and with zero as black."""

from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.failures import InputError
from spinefairbench.generator.fitting import to_bytes
from spinefairbench.generator.masks import read_mask
from spinefairbench.generator.radiographs import read_radiograph

from .conftest import PERCENTILES, save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("bits", [8, 16])
def test_tiff_in_which_zero_is_white_is_inverted_at_both_depths(tmp_path: Path, ramp: Any, bits: int) -> None:
    import numpy

    values = ramp if bits == 16 else (ramp >> 8).astype(numpy.uint8)
    top = 2**bits - 1
    # The library writes what it is given; tag 262 = 0 declares zero to be white, and 8-bit data is stored inverted.
    path = save(tmp_path / "x.tif", values, tiffinfo={262: 0})
    radiograph = read_radiograph(path, "full", PERCENTILES)
    assert radiograph.record["inverted"] == "WhiteIsZero"
    stored = _stored_tiff_values(path, bits)
    assert numpy.allclose(radiograph.pixels, (top - stored.astype(float)) / top)


def _stored_tiff_values(path: Path, bits: int) -> Any:
    """The samples as they lie in an uncompressed single-strip TIFF."""
    import numpy
    from PIL import Image

    with Image.open(path) as image:
        offset, width, height = image.tag_v2[273][0], image.width, image.height
    data = path.read_bytes()[offset : offset + width * height * bits // 8]
    return numpy.frombuffer(data, dtype=f"<u{bits // 8}").reshape(height, width)


def test_three_equal_channels_are_gray_and_that_is_recorded(tmp_path: Path, ramp: Any) -> None:
    import numpy

    gray = (ramp >> 8).astype(numpy.uint8)
    path = save(tmp_path / "x.png", numpy.stack([gray] * 3, axis=2))
    assert read_radiograph(path, "auto", PERCENTILES).record["equal_colour_channels"] is True


@pytest.mark.parametrize(("name", "options"), [("x.png", {}), ("x.jpg", {"quality": 100})])
def test_an_orientation_tag_is_obeyed_as_the_library_does_when_it_is_asked_to(
    tmp_path: Path, ramp: Any, name: str, options: dict[str, Any]
) -> None:
    import numpy
    from PIL import Image, ImageOps

    values = (ramp >> 8).astype(numpy.uint8)
    values[:8, :8] = 255  # so that no way of turning it gives the same image
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[274] = orientation
        path = save(tmp_path / name, values, exif=exif, **options)
        radiograph = read_radiograph(path, "full", PERCENTILES)
        with Image.open(path) as image:
            expected = numpy.array(ImageOps.exif_transpose(image))
        assert (to_bytes(radiograph.pixels) == expected).all()
        assert radiograph.record.get("orientation", 1) == orientation
        assert (radiograph.record["height"], radiograph.record["width"]) == expected.shape
    mask = read_mask(save(tmp_path / "m.png", values > 200, exif=exif), (64, 48))
    assert mask.turned == 8 and mask.marked.any()


def test_a_tiff_that_says_that_it_is_to_be_turned_is_refused(tmp_path: Path, ramp: Any) -> None:
    from PIL import Image

    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[274] = orientation
        with pytest.raises(InputError, match=f"orientation {orientation}"):
            read_radiograph(save(tmp_path / "x.tif", ramp, exif=exif), "full", PERCENTILES)
        with pytest.raises(InputError, match=f"orientation {orientation}"):
            read_mask(save(tmp_path / "x.tif", ramp > 9, exif=exif), (48, 64))
    exif[274] = 1
    path = save(tmp_path / "x.tif", ramp, exif=exif)
    assert (read_radiograph(path, "full", PERCENTILES).pixels == ramp / 65535).all()


def test_an_orientation_that_does_not_exist_is_refused(tmp_path: Path, ramp: Any) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[274] = 9
    with pytest.raises(InputError, match="orientation 9"):
        read_radiograph(save(tmp_path / "x.png", ramp, exif=exif), "full", PERCENTILES)


def test_one_bit_is_too_little_for_a_radiograph(tmp_path: Path, ramp: Any) -> None:
    with pytest.raises(InputError, match="mode 1, expected 8- or 16-bit"):
        read_radiograph(save(tmp_path / "x.png", ramp > 9), "auto", PERCENTILES)
