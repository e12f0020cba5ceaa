"""Radiographs and masks are found, named and matched; what is ambiguous is refused."""

from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import source_images
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.source_images import FoundSource, _mask_warnings, _match_masks, _read_mask

from .conftest import needs_libraries, save


@pytest.mark.parametrize("name", ["a__b.png", ".png", "-a.png", "a..png", "é.png", "a b.png", "a" * 200 + ".png"])
def test_unsafe_names_are_no_source_ids(name: str) -> None:
    with pytest.raises(InputError, match="source id"):
        source_images._named_sources([Path(name)])


@pytest.mark.parametrize("pair", [("a.png", "a.tif"), ("A.png", "a.png")])
def test_names_that_differ_by_suffix_or_case_alone_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="same source id"):
        source_images._named_sources([Path(name) for name in pair])


def test_sources_are_named_by_their_stem_and_sorted() -> None:
    named = source_images._named_sources([Path("vindr_b.png"), Path("buu_1-M.0.tif")])
    assert list(named) == ["buu_1-M.0", "vindr_b"]


def test_input_folders_pass_over_other_files_by_name_and_empty_ones_are_errors_when_they_are_read(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match="has no file"):
        source_images._input_files(tmp_path, "--input")
    for name in ("b.PNG", "a.dcm", "notes.txt", ".hidden.png"):
        (tmp_path / name).write_bytes(b"x")
    found, warnings = source_images._input_files(tmp_path, "--input")
    assert [path.name for path in found] == ["a.dcm", "b.PNG"]
    assert len(warnings) == 1 and "notes.txt" in warnings[0]
    (tmp_path / "c.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"c\.png: is empty"):
        source_images.read_source(FoundSource("c", tmp_path / "c.png", None), InferenceConfig())
    with pytest.raises(InputError, match="does not exist"):
        source_images._input_files(tmp_path / "absent", "--input")


def test_a_link_to_nothing_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
    found, _ = source_images._input_files(tmp_path, "--input")
    assert [path.name for path in found] == ["a.png", "b.png"]
    with pytest.raises(InputError, match=r"b\.png: is a broken link"):
        source_images.read_source(FoundSource("b", found[1], None), InferenceConfig())


@needs_libraries
def test_masks_must_have_the_sources_size_two_values_and_something_marked(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((48, 64), dtype=numpy.uint8)
    with pytest.raises(InputError, match="empty"):
        _read_mask(save(tmp_path / "m.png", values), values.shape)
    values[5:9, 5:9] = 1
    mask = _read_mask(save(tmp_path / "m.png", values), values.shape)
    assert not _mask_warnings(mask, InferenceConfig()) and mask.marked.mean() == 16 / (48 * 64)
    one_bit = _read_mask(save(tmp_path / "m.png", values.astype(bool)), values.shape)
    assert one_bit.marked.mean() == mask.marked.mean()
    with pytest.raises(InputError, match="64x48 pixels, the source has 48x64"):
        _read_mask(tmp_path / "m.png", (64, 48))
    values[6, 6] = 2
    with pytest.raises(InputError, match="not binary"):
        _read_mask(save(tmp_path / "m.png", values), values.shape)
    full = _read_mask(save(tmp_path / "m.png", values * 0 + 255), values.shape)
    assert _mask_warnings(full, InferenceConfig()) == ["mask-full: m.png marks every pixel"]


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
    read = _read_mask(save(tmp_path / name, values, **options), values.shape)
    gray = _read_mask(save(tmp_path / name, values.astype(numpy.uint8) * 255, **options), values.shape)
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
        _read_mask(tmp_path / "m.png", (48, 64))


@needs_libraries
def test_masks_are_matched_by_name() -> None:
    sources = {"a": Path("a.png"), "b": Path("b.dcm")}
    matched = _match_masks(sources, [Path("b.tif"), Path("a.png"), Path("c.png")], single=False)
    assert matched == {"a": Path("a.png"), "b": Path("b.tif")}
    assert _match_masks(sources, [Path("a.png")], single=False) == {"a": Path("a.png")}
    with pytest.raises(InputError, match="have the same name"):
        _match_masks(sources, [Path("a.png"), Path("a.tif"), Path("b.png")], single=False)
    assert _match_masks({"a": Path("a.png")}, [Path("any.png")], single=True) == {"a": Path("any.png")}


@needs_libraries
def test_the_labels_of_a_mask_that_are_marked_can_be_named(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((48, 64), dtype=numpy.uint8)
    values[5:9], values[9:12], values[12:20] = 20, 21, 7
    path = save(tmp_path / "m.png", values)
    with pytest.raises(InputError, match=r"not binary: 4 values.*--mask-labels"):
        _read_mask(path, values.shape)
    mask = _read_mask(path, values.shape, (20, 21, 99))
    assert (mask.marked == ((values == 20) | (values == 21))).all()
    assert mask.provenance["labels"] == [20, 21, 99]
    with pytest.raises(InputError, match=r"no pixel is marked with a label of 5,6; it has 0, 7, 20, 21"):
        _read_mask(path, values.shape, (5, 6))
    sixteen = _read_mask(save(tmp_path / "m.png", values.astype(numpy.uint16) * 100), values.shape, (2000,))
    assert (sixteen.marked == (values == 20)).all()


@needs_libraries
def test_a_mask_that_is_turned_otherwise_than_its_radiograph_is_told(tmp_path: Path) -> None:
    import numpy
    from PIL import Image

    exif = Image.Exif()
    exif[274] = 3
    values = numpy.arange(48 * 64, dtype=numpy.uint16).reshape(48, 64)
    source = save(tmp_path / "a.png", values, exif=exif)
    mask = save(tmp_path / "m.png", values > 9)
    _, warnings = source_images.read_source(FoundSource("a", source, mask), InferenceConfig())
    assert warnings == [
        "mask-orientation: the orientation tags of a.png and m.png differ; each was turned as its own says"
    ]
