"""dataset: rows, images, source lists and counts against one another, and links that are not followed."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from tests.conftest import Run, Tampering


def _problems(run: Run, root: object) -> list[str]:
    found: list[str] = run("dataset", "--artifacts", root, "--format", "json").json["problems"]
    return found


def _rows(root: Path, name: str = layout.QC_METADATA) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / name).read_text().splitlines()]


def test_counts_are_those_of_the_files(run: Run, demo: Path) -> None:
    done = run("dataset", "--artifacts", demo, "--format", "json").json
    rows = _rows(demo)
    sources = {row["source_id"] for row in rows}
    with_passed = {row["source_id"] for row in rows if row["passed_qc"]}
    images = list((demo / layout.COUNTERFACTUAL_IMAGES).rglob("*.png"))
    assert done["results"] == [
        {
            "released_pngs": len(images),
            "qc_passed_rows": sum(row["passed_qc"] for row in rows),
            "attempted_qc_rows": len(rows),
            "source_rows": len(json.loads((demo / layout.SOURCE_METADATA).read_text())),
            "raw_source_pngs": 0,
        }
    ]
    counts = {key: value for key, value in done["summary"].items() if key.endswith(("sources", "pair"))}
    assert counts == {
        "attempted_sources": len(sources),
        "sources_with_qc_passed_pair": len(with_passed),
        "failed_qc_only_sources": len(sources - with_passed),
    }
    assert "image contents: only their sizes were compared (`checksums` establishes contents)" in done["not_checked"]


def test_images_of_a_control_arm_are_no_dataset_of_edits(run: Run, demo: Path, tmp_path: Path) -> None:
    root = tmp_path / "artifacts"
    shutil.copytree(demo, root)
    path = root / layout.RELEASE_MANIFEST
    manifest = json.loads(path.read_text())
    for generator, said in (
        ({"arm": "null"}, "the images are of the control arm 'null': made with the prompts of no edit"),
        ({"arm": ["x"]}, "the images are of the control arm ['x']: made with the prompts of no edit"),
        ({"arm": "edit"}, None), ({}, None), ("by hand", None),
    ):  # fmt: skip
        path.write_text(json.dumps({**manifest, "generator": generator}))
        expected = [] if said is None else [f"{layout.RELEASE_MANIFEST}: {said}"]
        assert _problems(run, root) == expected


@pytest.mark.skipif(os.name != "posix", reason="links as on POSIX")
def test_a_dataset_that_is_a_link_out_of_the_bundle_is_not_followed(run: Run, demo: Path, tmp_path: Path) -> None:
    root, outside = tmp_path / "artifacts", tmp_path / "elsewhere"
    shutil.copytree(demo, root)
    (root / layout.DATASET).rename(outside)
    (root / layout.DATASET).symlink_to(outside)
    done = run("dataset", "--artifacts", root)
    assert done.status == 2
    assert "OK" not in done.out
    for name in (layout.QC_METADATA, layout.QC_PASSED, layout.PAIRS):
        assert f"{name}: a link on this path leaves the folder" in done.err.splitlines()


@pytest.mark.skipif(os.name != "posix", reason="links as on POSIX")
def test_a_folder_of_images_that_is_a_link_is_named_and_its_images_missed(run: Run, tampering: Tampering) -> None:
    source = min(path for path in (tampering.root / layout.COUNTERFACTUAL_IMAGES).iterdir() if path.is_dir())
    kept = tampering.root / "kept"
    source.rename(kept)
    source.symlink_to(kept)

    def put_back() -> None:
        source.unlink()
        kept.rename(source)

    tampering.at_end(put_back)
    relative = source.relative_to(tampering.root).as_posix()
    found = _problems(run, tampering.root)
    assert f"{relative}: is a link; expected plain files and folders below {layout.DATASET}/" in found
    assert [each for each in found if each.startswith(f"{relative}/")] == [
        f"{relative}/{path.name}: missing" for path in sorted(kept.iterdir())
    ]


def _first_passed_gets(tampering: Tampering, **fields: object) -> str:
    """Change the first passed row in both lists; its pair."""
    pair = next(row["pair_id"] for row in _rows(tampering.root) if row["passed_qc"])
    for name in (layout.QC_METADATA, layout.QC_PASSED):
        rows = [row | (fields if row["pair_id"] == pair else {}) for row in _rows(tampering.root, name)]
        tampering.path(name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(pair)


@pytest.mark.parametrize("size", [True, "12", 1.5, None])
def test_a_size_that_is_no_whole_number_is_named(size: object, run: Run, tampering: Tampering) -> None:
    pair = _first_passed_gets(tampering, counterfactual_image_size_bytes=size)
    said = f"counterfactual_image_size_bytes: expected a whole number, found {size!r}"
    assert f"{layout.QC_METADATA}: {pair}: {said}" in _problems(run, tampering.root)


def test_a_size_and_a_path_that_are_others_are_named(run: Run, tampering: Tampering) -> None:
    pair = _first_passed_gets(tampering, counterfactual_image_size_bytes=7, counterfactual_image_path="x.png")
    source, _, edit = pair.rpartition("__")
    image = layout.image_path(source, edit)
    size = (tampering.root / image).stat().st_size
    found = _problems(run, tampering.root)
    assert f"{layout.QC_METADATA}: {pair}: counterfactual_image_path is 'x.png'; expected {image!r}" in found
    assert f"{image}: {size} bytes; {layout.QC_METADATA} says 7" in found


def test_an_image_of_a_pair_that_did_not_pass_and_any_other_png_are_told_apart(run: Run, tampering: Tampering) -> None:
    failed = next(row for row in _rows(tampering.root) if not row["passed_qc"])
    image = layout.image_path(failed["source_id"], failed["edit_label"])
    (tampering.root / image).parent.mkdir(parents=True, exist_ok=True)
    for name in (image, f"{layout.COUNTERFACTUAL_IMAGES}/young_male.png", f"{layout.DATASET}/x/y.PNG"):
        (tampering.root / name).parent.mkdir(parents=True, exist_ok=True)
        tampering.path(name).write_bytes(b"x")
    found = _problems(run, tampering.root)
    assert f"{image}: an edited image of no QC-passed pair" in found
    assert f"{layout.COUNTERFACTUAL_IMAGES}/young_male.png: must not be here: no pair's edited image" in found
    assert f"{layout.DATASET}/x/y.PNG: must not be here: no pair's edited image" in found
    assert any(
        each.startswith(f"{layout.RELEASE_MANIFEST}: source_radiographs") and "the count is 2" in each for each in found
    )


def test_a_passed_row_must_be_the_attempted_one(run: Run, tampering: Tampering) -> None:
    first, second, *rest = _rows(tampering.root, layout.QC_PASSED)
    rows = [first | {"lpips": 0.123, "more": None}, *rest]
    tampering.path(layout.QC_PASSED).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    found = _problems(run, tampering.root)
    place = layout.QC_PASSED
    assert f"{place}: {first['pair_id']} differs from its row in {layout.QC_METADATA}: lpips" in found
    assert f"{place}: {second['pair_id']} passed in {layout.QC_METADATA}, but is missing here" in found


def test_a_null_value_that_only_one_row_has_is_told(run: Run, tampering: Tampering) -> None:
    first, *rest = _rows(tampering.root, layout.QC_PASSED)
    rows = [first | {"more": None}, *rest]
    tampering.path(layout.QC_PASSED).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    said = f"{first['pair_id']} differs from its row in {layout.QC_METADATA}: a null value"
    assert f"{layout.QC_PASSED}: {said}" in _problems(run, tampering.root)


def test_a_dataset_alone_is_checked_against_its_own_manifest(run: Run, demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / layout.DATASET, tmp_path / "alone" / layout.DATASET)
    done = run("dataset", "--artifacts", tmp_path / "alone", "--format", "json")
    said = "the published counts: this is a dataset alone and no release; it was checked against its own manifest"
    assert said in done.json["not_checked"]
    assert done.json["problems"] == []


def test_every_source_without_an_attempted_row_is_named(run: Run, tampering: Tampering) -> None:
    strangers = [
        {"source_id": "buu_x", "counterfactual_images": {}},
        {"source_id": "buu_y", "counterfactual_images": {}},
    ]
    tampering.json(layout.SOURCE_METADATA, lambda rows: [*strangers, *rows])
    found = _problems(run, tampering.root)
    for row in strangers:
        assert any(f"the source {row['source_id']} has no row in {layout.QC_METADATA}" in each for each in found)


@pytest.mark.parametrize("entry", [None, {"source_id": 1}, []])
def test_an_entry_that_is_no_source_is_named_and_the_rest_checked(
    entry: object, run: Run, tampering: Tampering
) -> None:
    tampering.json(layout.PAIRS, lambda rows: [*rows[:-1], entry])
    last = json.loads((tampering.root / layout.PAIRS).read_text())
    found = _problems(run, tampering.root)
    assert f"{layout.PAIRS}: [{len(last) - 1}]: expected an object with a source_id" in found
    assert any(each.startswith(f"{layout.PAIRS}: the source ") and "is missing" in each for each in found)
