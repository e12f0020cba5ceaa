"""Radiographs are read without clipping or guessing, and fitted to the model's square."""

import zlib
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.files.png import grayscale_png
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.radiographs import fit, fit_mask, read_radiograph, resize, to_bytes
from spinefairbench.generator.source_images import _read_mask

from .conftest import PERCENTILES, save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def ramp() -> Any:
    """64x48 values over the whole range of 16 bits, all far above 255 but a few."""
    import numpy

    return numpy.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(numpy.uint16)


@pytest.mark.parametrize("name", ["x.png", "x.tif"])
@pytest.mark.parametrize("levels", ["full", "percentile", "auto"])
def test_16_bits_are_never_clipped_to_8(tmp_path: Path, ramp: Any, name: str, levels: str) -> None:
    import numpy

    radiograph = read_radiograph(save(tmp_path / name, ramp), levels, PERCENTILES)
    assert radiograph.record["bits"] == 16
    # A clip at 255 would leave nearly every pixel at one value.
    assert len(numpy.unique(to_bytes(radiograph.pixels))) == 256
    assert radiograph.record["share_above_levels"] < 0.006
    if levels == "full":
        assert numpy.allclose(radiograph.pixels, ramp / 65535)
    else:
        assert radiograph.record["levels"] == "percentile" and radiograph.record["percentiles"] == [0.5, 99.5]


def test_8_bit_files_keep_their_values(tmp_path: Path) -> None:
    import numpy

    values = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
    for name in ("x.png", "x.tiff"):
        radiograph = read_radiograph(save(tmp_path / name, values), "auto", PERCENTILES)
        assert (to_bytes(radiograph.pixels) == values).all() and radiograph.record["levels"] == "full"


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


def _colour(path: Path, ramp: Any) -> None:
    import numpy

    values = numpy.zeros((48, 64, 3), dtype=numpy.uint8)
    values[0, 0, 0] = 1
    save(path, values)


def _transparent(path: Path, ramp: Any) -> None:
    import numpy

    save(path, (ramp >> 8).astype(numpy.uint8), transparency=5)


def _without_its_end(path: Path, ramp: Any) -> None:
    save(path, ramp)
    path.write_bytes(path.read_bytes()[:-6])


def _alpha(path: Path, ramp: Any) -> None:
    import numpy

    save(path, numpy.full((48, 64, 4), 7, dtype=numpy.uint8))


def _float(path: Path, ramp: Any) -> None:
    save(path.with_suffix(".tif"), ramp.astype("float32"))
    path.with_suffix(".tif").rename(path)


def _pages(path: Path, ramp: Any) -> None:
    from PIL import Image

    page = Image.fromarray(ramp)
    page.save(path.with_suffix(".tif"), save_all=True, append_images=[page])
    path.with_suffix(".tif").rename(path)


def _truncated(path: Path, ramp: Any) -> None:
    import numpy

    save(path, numpy.random.default_rng(1).integers(0, 65536, (48, 64)).astype(numpy.uint16))
    path.write_bytes(path.read_bytes()[:2000])


def _huge(path: Path, ramp: Any) -> None:
    # A header, with its own checksum, that claims 60000x60000 pixels.
    png = grayscale_png(16, 16, bytes(range(256)))
    header = b"IHDR" + b"\0\0\xea\x60" * 2 + png[24:29]
    path.write_bytes(png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_colour, "colours"),
        (_alpha, "RGBA"),
        (_transparent, "transparent"),
        (_without_its_end, "truncated"),
        (_float, "mode F"),
        (_pages, "2 pages"),
        (_truncated, "truncated"),
        (_huge, "more than"),
        (lambda path, ramp: save(path, ramp * 0 + 9), "one gray value"),
        (lambda path, ramp: path.write_text("not an image"), "is not a PNG, JPEG, TIFF or DICOM"),
        (lambda path, ramp: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "not|damaged"),
        (lambda path, ramp: save(path, ramp[:9, :9]), "at least 16"),
    ],
)
def test_what_is_no_radiograph_is_a_sentence(tmp_path: Path, ramp: Any, make: Any, said: str) -> None:
    path = tmp_path / "x.png"
    make(path, ramp)
    with pytest.raises(InputError, match=said):
        read_radiograph(path, "auto", PERCENTILES)


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
    mask = _read_mask(save(tmp_path / "m.png", values > 200, exif=exif), (64, 48))
    assert mask.turned == 8 and mask.marked.any()


def test_a_tiff_that_says_that_it_is_to_be_turned_is_refused(tmp_path: Path, ramp: Any) -> None:
    from PIL import Image

    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[274] = orientation
        with pytest.raises(InputError, match=f"orientation {orientation}"):
            read_radiograph(save(tmp_path / "x.tif", ramp, exif=exif), "full", PERCENTILES)
        with pytest.raises(InputError, match=f"orientation {orientation}"):
            _read_mask(save(tmp_path / "x.tif", ramp > 9, exif=exif), (48, 64))
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


@pytest.mark.parametrize("name", ["x.png", "x.tif"])
def test_percentiles_that_are_one_gray_value_are_named(tmp_path: Path, ramp: Any, name: str) -> None:
    values = ramp * 0 + 7
    values[0, 0] = 9
    path = save(tmp_path / name, values)
    said = r"its percentiles 0\.5 and 99\.5 are the same gray value \(7\); use --levels full"
    with pytest.raises(InputError, match=said):
        read_radiograph(path, "percentile", PERCENTILES)
    assert read_radiograph(path, "full", PERCENTILES).record["high"] == 65535


def test_a_window_where_there_is_none_is_an_error(tmp_path: Path, ramp: Any) -> None:
    with pytest.raises(InputError, match="no window"):
        read_radiograph(save(tmp_path / "x.png", ramp), "window", PERCENTILES)


def test_padding_keeps_the_aspect_and_stretching_does_not() -> None:
    import numpy

    pixels = numpy.full((40, 80), 0.5)
    padded = fit(pixels, 64, "pad")
    assert padded.box == (0, 16, 64, 32)
    assert padded.pixels[:16].max() == 0 and padded.pixels[48:].max() == 0
    assert numpy.allclose(padded.pixels[16:48], 0.5)
    assert fit(pixels, 64, "stretch").box == (0, 0, 64, 64)


def test_resizing_never_leaves_the_range() -> None:
    import numpy

    pixels = (numpy.indices((50, 50)).sum(axis=0) // 7 % 2).astype(float)
    resized = resize(pixels, 33, 41)
    assert resized.shape == (41, 33) and resized.min() >= 0 and resized.max() <= 1


def test_a_soft_edge_spreads_and_a_hard_one_stays(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((64, 64), dtype=numpy.uint8)
    values[16:48, 16:48] = 255
    mask = _read_mask(save(tmp_path / "m.png", values), (64, 64))
    hard, soft = fit_mask(mask.marked, 64, "stretch", 0.0), fit_mask(mask.marked, 64, "stretch", 2.0)
    assert set(numpy.unique(hard)) == {0.0, 1.0}
    # Smaller squares take the nearest pixel: a mask stays binary.
    assert set(numpy.unique(fit_mask(mask.marked, 24, "stretch", 0.0))) == {0.0, 1.0}
    assert 0 < soft[32, 15] < 1 and 0 < soft[32, 16] < 1 and soft[32, 32] > 0.999
