"""Radiographs are read without clipping or guessing."""

import zlib
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.files.png import grayscale_png
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.fitting import to_bytes
from spinefairbench.generator.radiographs import read_radiograph

from .conftest import PERCENTILES, save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


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
