"""Masks are read as what they mark, checked against their source, and what is unusual in one is told."""

from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.masks import mask_warnings, read_mask

from .conftest import needs_libraries, save


@needs_libraries
def test_masks_must_have_the_sources_size_two_values_and_something_marked(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((48, 64), dtype=numpy.uint8)
    with pytest.raises(InputError, match="empty"):
        read_mask(save(tmp_path / "m.png", values), values.shape)
    values[5:9, 5:9] = 1
    mask = read_mask(save(tmp_path / "m.png", values), values.shape)
    assert not mask_warnings(mask, InferenceConfig()) and mask.marked.mean() == 16 / (48 * 64)
    one_bit = read_mask(save(tmp_path / "m.png", values.astype(bool)), values.shape)
    assert one_bit.marked.mean() == mask.marked.mean()
    with pytest.raises(InputError, match="64x48 pixels, the source has 48x64"):
        read_mask(tmp_path / "m.png", (64, 48))
    values[6, 6] = 2
    with pytest.raises(InputError, match="not binary"):
        read_mask(save(tmp_path / "m.png", values), values.shape)
    full = read_mask(save(tmp_path / "m.png", values * 0 + 255), values.shape)
    assert mask_warnings(full, InferenceConfig()) == ["mask-full: m.png marks every pixel"]


def _one_bit_mask() -> Any:
    import numpy

    values = numpy.zeros((48, 64), dtype=bool)
    values[5:9, 5:9] = True
    return values


@needs_libraries
@pytest.mark.parametrize(("name", "options"), [("m.png", {}), ("m.tif", {}), ("m.tif", {"tiffinfo": {262: 0}})])
def test_a_mask_of_one_bit_marks_what_it_shows(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    """In a TIFF in which zero is white the library turns the values over, in either depth."""
    import numpy

    values = _one_bit_mask()
    read = read_mask(save(tmp_path / name, values, **options), values.shape)
    gray = read_mask(save(tmp_path / name, values.astype(numpy.uint8) * 255, **options), values.shape)
    assert (read.marked == gray.marked).all() and read.marked.any()


def _two_pages(path: Path) -> None:
    from PIL import Image

    page = Image.fromarray(_one_bit_mask())
    page.save(path, format="TIFF", save_all=True, append_images=[page])


def _without_its_end(path: Path) -> None:
    save(path, _one_bit_mask())
    path.write_bytes(path.read_bytes()[:-6])


def _transparent(path: Path) -> None:
    save(path, _one_bit_mask(), transparency=0)


@needs_libraries
@pytest.mark.parametrize(
    ("make", "said"),
    [(_two_pages, "2 pages"), (_without_its_end, "damaged or truncated"), (_transparent, "transparent")],
)
def test_a_mask_of_one_bit_is_checked_like_any_image(tmp_path: Path, make: Any, said: str) -> None:
    make(tmp_path / "m.png")
    with pytest.raises(InputError, match=said):
        read_mask(tmp_path / "m.png", (48, 64))


@needs_libraries
def test_the_labels_of_a_mask_that_are_marked_can_be_named(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((48, 64), dtype=numpy.uint8)
    values[5:9], values[9:12], values[12:20] = 20, 21, 7
    path = save(tmp_path / "m.png", values)
    with pytest.raises(InputError, match=r"not binary: 4 values.*--mask-labels"):
        read_mask(path, values.shape)
    mask = read_mask(path, values.shape, (20, 21, 99))
    assert (mask.marked == ((values == 20) | (values == 21))).all()
    assert mask.provenance["labels"] == [20, 21, 99]
    with pytest.raises(InputError, match=r"no pixel is marked with a label of 5,6; it has 0, 7, 20, 21"):
        read_mask(path, values.shape, (5, 6))
    sixteen = read_mask(save(tmp_path / "m.png", values.astype(numpy.uint16) * 100), values.shape, (2000,))
    assert (sixteen.marked == (values == 20)).all()
