"""Opening a bundle: which folder is one, which kind it is, and what is said of any other."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle, is_dataset_alone, looks_like_bundle, open_bundle
from spinefairbench.bundle.published import published
from spinefairbench.errors import BundleError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "here" / layout.DATASET).mkdir(parents=True)
    return tmp_path / "here"


def test_a_folder_with_a_dataset_or_results_is_a_bundle(root: Path, tmp_path: Path) -> None:
    assert looks_like_bundle(root) and open_bundle(root).root == root
    (tmp_path / "other" / "artifacts" / "Results").mkdir(parents=True)
    assert looks_like_bundle(tmp_path / "other")
    assert not looks_like_bundle(tmp_path)


@pytest.mark.parametrize(("added", "alone"), [(None, True), ("artifacts", False), (layout.SHA256SUMS, False)])
def test_a_dataset_alone_has_neither_results_nor_a_manifest(added: str | None, alone: bool, root: Path) -> None:
    if added is not None:
        (root / added).mkdir()
    assert is_dataset_alone(root) is alone


def test_no_dataset_is_no_dataset_alone(tmp_path: Path) -> None:
    assert not is_dataset_alone(tmp_path)


def _said(path: Path) -> str:
    with pytest.raises(BundleError) as error:
        open_bundle(path)
    [problem] = error.value.problems
    return str(problem)


@pytest.mark.parametrize("wrong", ["dataset", "dataset/images", "artifacts"])
def test_the_folder_that_was_probably_meant_is_named(wrong: str, root: Path, tmp_path: Path) -> None:
    (root / wrong).mkdir(parents=True, exist_ok=True)
    assert _said(root / wrong) == f"{root / wrong}: this is not the bundle root; it is probably {root}"
    root.rename(tmp_path / "artifacts")
    meant = tmp_path / "artifacts"
    assert _said(tmp_path) == f"{tmp_path}: this is not the bundle root; it is probably {meant}"


def test_a_folder_that_is_none_and_one_that_is_no_bundle_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    empty = tmp_path / "a" / "b" / "c"
    assert _said(empty / "none") == f"{empty / 'none'}: no such folder; expected the root of an artifact bundle"
    assert _said(empty) == (
        f"{empty}: not a bundle; expected a folder that holds {layout.DATASET}/ and artifacts/Results/"
    )


def _written(root: Path, name: str, text: str) -> Bundle:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")
    return Bundle(root)


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        ("json", '{"a": 1,}', "x.json: "),
        ("json_object", "[]", "x.json: expected a JSON object"),
        ("json_list", "{}", "x.json: expected a JSON list"),
    ],
)
def test_a_file_of_another_kind_is_named(read: str, text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError) as error:
        getattr(_written(tmp_path, "x.json", text), read)("x.json")
    assert str(error.value.problems[0]).startswith(said)


def test_values_are_read(tmp_path: Path) -> None:
    bundle = _written(tmp_path, "x.json", '{"a": {"b": ["c", "d"]}}')
    assert bundle.json_object("x.json") == {"a": {"b": ["c", "d"]}}
    assert bundle.strings("x.json", "a", "b") == ["c", "d"]
    assert _written(tmp_path, "y.json", "[1]").json_list("y.json") == [1]


@pytest.mark.parametrize("marker", ["{}", '{"synthetic": 1}', '{"synthetic": false}'])
def test_a_marker_that_does_not_say_synthetic_is_refused(marker: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match='expected "synthetic": true'):
        _ = _written(tmp_path, layout.DEMO_MARKER, marker).kind


def test_a_marked_bundle_is_a_demo_and_held_to_nothing_published(tmp_path: Path) -> None:
    bundle = _written(tmp_path, layout.DEMO_MARKER, '{"synthetic": true}')
    assert (bundle.kind, bundle.variant, bundle.held_to_release) == ("demo", None, False)


def _variant(root: Path, monkeypatch: pytest.MonkeyPatch, variant: str) -> list[str]:
    """Write made-up anchors and have them published as those of one variant; their paths."""
    anchors: dict[str, Any] = published("release")["variants"][variant]["anchors"]
    for path in anchors:
        _written(root, path, json.dumps([variant, path]))
        monkeypatch.setitem(anchors, path, hashlib.sha256((root / path).read_bytes()).hexdigest())
    return list(anchors)


@pytest.mark.parametrize("variant", ["anonymous", "public"])
def test_with_every_anchor_of_a_variant_it_is_the_release(
    variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = _variant(tmp_path, monkeypatch, variant)
    bundle = Bundle(tmp_path)
    assert (bundle.kind, bundle.variant, bundle.nearest_variant) == ("release", variant, variant)
    assert bundle.held_to_release and bundle.anchors_of(variant) == len(paths)
    (tmp_path / paths[0]).write_text("other", encoding="utf-8")
    other = Bundle(tmp_path)
    assert (other.kind, other.variant, other.nearest_variant) == ("other", None, variant)
    assert other.held_to_release and other.anchors_of(variant) == len(paths) - 1
    (tmp_path / paths[0]).unlink()
    assert Bundle(tmp_path).anchors[paths[0]] is None
