"""Radiographs and masks are found, named and matched by their names; what is ambiguous is refused."""

from pathlib import Path

import pytest

from spinefairbench.generator import found_sources
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.found_sources import FoundSource, _match_masks
from spinefairbench.generator.source_images import read_source


@pytest.mark.parametrize("name", ["a__b.png", ".png", "-a.png", "a..png", "é.png", "a b.png", "a" * 200 + ".png"])
def test_unsafe_names_are_no_source_ids(name: str) -> None:
    with pytest.raises(InputError, match="source id"):
        found_sources._named_sources([Path(name)])


@pytest.mark.parametrize("pair", [("a.png", "a.tif"), ("A.png", "a.png")])
def test_names_that_differ_by_suffix_or_case_alone_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="same source id"):
        found_sources._named_sources([Path(name) for name in pair])


def test_sources_are_named_by_their_stem_and_sorted() -> None:
    named = found_sources._named_sources([Path("vindr_b.png"), Path("buu_1-M.0.tif")])
    assert list(named) == ["buu_1-M.0", "vindr_b"]


def test_input_folders_pass_over_other_files_by_name_and_empty_ones_are_errors_when_they_are_read(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match="has no file"):
        found_sources._input_files(tmp_path, "--input")
    for name in ("b.PNG", "a.dcm", "notes.txt", ".hidden.png"):
        (tmp_path / name).write_bytes(b"x")
    found, warnings = found_sources._input_files(tmp_path, "--input")
    assert [path.name for path in found] == ["a.dcm", "b.PNG"]
    assert len(warnings) == 1 and "notes.txt" in warnings[0]
    (tmp_path / "c.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"c\.png: is empty"):
        read_source(FoundSource("c", tmp_path / "c.png", None), InferenceConfig())
    with pytest.raises(InputError, match="does not exist"):
        found_sources._input_files(tmp_path / "absent", "--input")


def test_a_link_to_nothing_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
    found, _ = found_sources._input_files(tmp_path, "--input")
    assert [path.name for path in found] == ["a.png", "b.png"]
    with pytest.raises(InputError, match=r"b\.png: is a broken link"):
        read_source(FoundSource("b", found[1], None), InferenceConfig())


def test_masks_are_matched_by_name() -> None:
    sources = {"a": Path("a.png"), "b": Path("b.dcm")}
    matched = _match_masks(sources, [Path("b.tif"), Path("a.png"), Path("c.png")], single=False)
    assert matched == {"a": Path("a.png"), "b": Path("b.tif")}
    assert _match_masks(sources, [Path("a.png")], single=False) == {"a": Path("a.png")}
    with pytest.raises(InputError, match="have the same name"):
        _match_masks(sources, [Path("a.png"), Path("a.tif"), Path("b.png")], single=False)
    assert _match_masks({"a": Path("a.png")}, [Path("any.png")], single=True) == {"a": Path("any.png")}
