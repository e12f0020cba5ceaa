"""Both archives are the release: each is named, has its own anchors and its own number of files."""

from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from spinefairbench.demo.synthetic_readers import PER_REVIEWER_FILES
from tests.conftest import Run, Tampering
from tests.releases import pass_for_release

VARIANTS = ("anonymous", "public")


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_bundle_with_the_anchors_of_either_archive_is_the_release(
    variant: str, run: Run, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_for_release(tampering, monkeypatch, variant)
    done = run("release-identity", "--artifacts", tampering.root, "--format", "json")
    assert (done.status, done.json["bundle"]) == (0, "release")
    assert done.json["summary"] == {"applicable": True, "variant": variant}
    assert done.json["notes"] == [f"this is the {variant} variant of the release"]
    rows = done.json["results"]
    assert len(rows) == 7 + 8 + 7
    assert all(row.keys() == {"path", "expected", "actual"} and row["expected"] == row["actual"] for row in rows)
    assert (
        f"release ({variant} variant; all seven anchors agree)" in run("radiologist", "--artifacts", tampering.root).out
    )


def test_the_archives_were_published_to_differ_in_three_anchors() -> None:
    anonymous, public = (published("release")["variants"][name]["anchors"] for name in VARIANTS)
    assert {path for path in anonymous if anonymous[path] != public[path]} == {
        layout.SHA256SUMS, layout.RELEASE_MANIFEST, layout.CANONICAL_DEFINITIONS,
    }  # fmt: skip
    assert anonymous.keys() == public.keys()


def test_a_mixture_of_both_archives_is_said_to_be_one(
    run: Run, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_for_release(tampering, monkeypatch, "public")
    variants = published("release")["variants"]
    here = dict(variants["public"]["anchors"])
    foreign = here | {layout.RELEASE_MANIFEST: "0" * 64}
    monkeypatch.setitem(variants["public"], "anchors", foreign)
    others = {layout.SHA256SUMS: "1" * 64, layout.CANONICAL_DEFINITIONS: "2" * 64}
    monkeypatch.setitem(variants["anonymous"], "anchors", here | others)
    done = run("release-identity", "--artifacts", tampering.root, "--format", "json")
    assert (done.status, done.json["bundle"], done.json["summary"]["variant"]) == (1, "other", None)
    mixed = next(said for said in done.json["problems"] if "mixed" in said)
    assert f"of the anonymous variant: {layout.RELEASE_MANIFEST}" in mixed
    assert f"of the public variant: {layout.SHA256SUMS}, {layout.CANONICAL_DEFINITIONS}" in mixed


@pytest.mark.parametrize(
    "path", [layout.SOURCE_METADATA, layout.QC_METADATA, PER_REVIEWER_FILES[1], layout.READER_EXCLUSIONS]
)
def test_a_frozen_file_that_changed_is_named_with_both_hashes(
    path: str, run: Run, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_for_release(tampering, monkeypatch)
    tampering.text(path, lambda text: text + " ")
    done = run("release-identity", "--artifacts", tampering.root, "--format", "json")
    row: dict[str, Any] = next(row for row in done.json["results"] if row["path"] == path)
    assert (done.status, done.json["bundle"]) == (1, "release")
    assert done.json["problems"] == [f"{path}: SHA-256 is {row['actual']}; the release has {row['expected']}"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_archive_has_its_own_number_of_files(
    variant: str, run: Run, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [published("release")["variants"][name]["manifest_entries"] for name in VARIANTS] == [91_844, 91_845]
    pass_for_release(tampering, monkeypatch, variant)
    assert "files listed" not in run("checksums", "--artifacts", tampering.root).err
    monkeypatch.setitem(published("counts"), "reader_manifest_entries", 13)
    assert "files listed is 12; the published value is 13" in run("checksums", "--artifacts", tampering.root).err
    own = published("release")["variants"][variant]
    monkeypatch.setitem(own, "manifest_entries", own["manifest_entries"] + 1)
    done = run("checksums", "--artifacts", tampering.root)
    assert (
        f"files listed is {own['manifest_entries'] - 1}; the published value is {own['manifest_entries']}" in done.err
    )


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_prompts_of_either_archive_are_the_published_ones(
    variant: str, run: Run, tampering: Tampering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registries of the archives differ elsewhere, so only the prompts that were published are compared."""
    pass_for_release(tampering, monkeypatch, variant)
    shown = run("inspect", "--artifacts", tampering.root, "--format", "json").json["results"]
    prompts = {row["name"]: row for row in shown if row["kind"] == "prompt"}
    hashes = published("frozen_prompt_sha256")
    assert {name for name, row in prompts.items() if row["expected"] is not None} == hashes.keys()
    for name in hashes:
        monkeypatch.setitem(hashes, name, prompts[name]["value"])
    tampering.json(layout.CANONICAL_DEFINITIONS, lambda v: v["prompt_registry"].update(stage1="another"))
    again = run("inspect", "--artifacts", tampering.root, "--format", "json").json["results"]
    assert {row["status"] for row in again if row["kind"] == "prompt"} == {"ok", "not compared"}


def test_a_demo_bundle_is_no_variant(run: Run, demo: Any) -> None:
    done = run("release-identity", "--artifacts", demo, "--format", "json")
    assert (done.status, done.json["summary"]) == (0, {"applicable": False, "variant": None})
