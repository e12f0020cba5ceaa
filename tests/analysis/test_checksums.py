"""Several manifests at once; an edited checkout is told from a damaged release."""

import hashlib
from pathlib import Path

import pytest

from spinefairbench.analysis.checksums import ChecksumRow, ManifestRequest, checksums
from tests.conftest import Run

EDITED = "this checkout was edited since its last commit: 2 of its 3 files are missing or changed"


@pytest.fixture
def code(tmp_path: Path) -> ManifestRequest:
    """A manifest of three files, of which one has changed and one is missing since."""
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(tmp_path.iterdir())]
    (tmp_path / "SHA256SUMS.txt").write_text("".join(lines), encoding="utf-8")
    (tmp_path / "b.py").write_text("changed", encoding="utf-8")
    (tmp_path / "c.py").unlink()
    return ManifestRequest(tmp_path / "SHA256SUMS.txt", "code", "release", own_code=True)


def test_a_release_that_differs_from_its_manifest_is_damaged(code: ManifestRequest) -> None:
    for edits_fail in (True, False):
        result = checksums([code], edits_fail=edits_fail)
        assert result.rows == (ChecksumRow("code", 3, 1, 1),)
        assert result.problems == (
            "code: missing: c.py",
            "code: changed: b.py",
            "code: this release is damaged: 2 of its 3 files are missing or changed",
        )


@pytest.mark.parametrize("git", ["folder", "file"])
def test_a_checkout_that_differs_was_edited(code: ManifestRequest, git: str) -> None:
    """A worktree's `.git` is a file."""
    mark = code.path.parent / ".git"
    if git == "folder":
        mark.mkdir()
    else:
        mark.write_text("gitdir: elsewhere\n", encoding="utf-8")
    result = checksums([code])
    assert result.problems == ("code: missing: c.py", "code: changed: b.py", f"code: {EDITED}")
    lenient = checksums([code], edits_fail=False)
    assert lenient.rows == result.rows
    assert lenient.problems == lenient.errors == ()
    assert f"code: {EDITED}" in lenient.not_checked


def test_a_bundle_is_damaged_even_in_a_checkout(code: ManifestRequest) -> None:
    (code.path.parent / ".git").mkdir()
    bundle = ManifestRequest(code.path, "bundle", "bundle")
    problems = checksums([bundle], edits_fail=False).problems
    assert problems[-1] == "bundle: this bundle is damaged: 2 of its 3 files are missing or changed"


def test_of_a_manifest_that_a_user_names_only_the_files_are_told(code: ManifestRequest) -> None:
    result = checksums([ManifestRequest(code.path, "mine")])
    assert result.problems == ("mine: missing: c.py", "mine: changed: b.py")


def test_a_manifest_that_holds_says_nothing(code: ManifestRequest) -> None:
    (code.path.parent / ".git").mkdir()
    (code.path.parent / "b.py").write_text("b.py", encoding="utf-8")
    (code.path.parent / "c.py").write_text("c.py", encoding="utf-8")
    result = checksums([code], list_unlisted=True)
    assert (result.problems, result.errors, result.not_checked) == ((), (), ())


def test_all_names_an_edited_checkout_and_holds_while_checksums_fails(
    code: ManifestRequest, demo: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code.path.parent / ".git").mkdir()
    monkeypatch.setattr("spinefairbench.analysis.checksums.CODE_ROOT", code.path.parent)
    asked = run("checksums", "--artifacts", demo)
    assert asked.status == 1
    assert f"code: SHA256SUMS.txt: {EDITED}" in asked.err
    everything = run("all", "--artifacts", demo)
    assert everything.status == 0, everything.err
    assert f"checksums: code: SHA256SUMS.txt: {EDITED}" in everything.out
    (code.path.parent / ".git").rmdir()
    damaged = run("all", "--artifacts", demo)
    assert damaged.status == 1
    assert "checksums: code: SHA256SUMS.txt: this release is damaged" in damaged.err


def test_standard_input_is_no_manifest(run: Run) -> None:
    ran = run("checksums", "-")
    said = "manifest -: the files that a manifest lists lie beside it; expected a file, not standard input"
    assert (ran.status, ran.err.strip()) == (2, said)
